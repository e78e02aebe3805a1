import type { Anthropic } from '@anthropic-ai/sdk'
import { type Llm, llm } from '@do/llm'
import { createProvider } from '@do/provider'
import { type AnthropicOptions, vendorOrigin } from './client.ts'
import { anthropicDriver } from './driver.ts'

export type { AnthropicOptions } from './client.ts'

/** The vendor's own SDK object, for what the interface does not have. */
interface WithClient {
  readonly client: Promise<Anthropic>
}

/**
 * Language models of Anthropic. https://platform.claude.com/docs/en/api/messages
 * @throws ProviderError `invalid_provider_name` or `invalid_option`.
 */
export const anthropicLlm = (options: AnthropicOptions): Llm & WithClient =>
  createProvider(llm, anthropicDriver(options), { ...options, defaultBaseUrl: vendorOrigin })
