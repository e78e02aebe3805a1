import { type Llm, llm } from '@do/llm'
import { createProvider } from '@do/provider'
import { apiOrigin, type WorkersAiRest } from './client.ts'
import { llmDriver } from './llm.ts'
import type { WorkersAiBinding, WorkersAiBindingOptions, WorkersAiOptions, WorkersAiRestOptions } from './options.ts'

export type { WorkersAiRest } from './client.ts'
export type {
  GatewayFacts,
  GatewayOptions,
  WorkersAiBinding,
  WorkersAiBindingOptions,
  WorkersAiOptions,
  WorkersAiRestOptions,
} from './options.ts'

/**
 * Cloudflare Workers AI: the binding inside a Worker, the REST API anywhere else. https://developers.cloudflare.com/workers-ai/
 * @throws ProviderError `credential_missing`, `invalid_provider_name`.
 */
export function workersAiLlm<Binding extends WorkersAiBinding>(
  options: WorkersAiBindingOptions<Binding>,
): Llm & { readonly client: Promise<Binding> }
export function workersAiLlm(options: WorkersAiRestOptions): Llm & { readonly client: Promise<WorkersAiRest> }
export function workersAiLlm(options: WorkersAiOptions): Llm & { readonly client: Promise<never> } {
  return createProvider(llm, llmDriver(options), { ...options, defaultBaseUrl: apiOrigin }) as never
}
