import { type Llm, llm } from '@do/llm'
import { createProvider } from '@do/provider'
import type { OpenAI } from 'openai'
import { vendorOrigin } from './client.ts'
import { compatibleDriver, openaiDriver } from './llm.ts'
import type { OpenaiCompatibleOptions, OpenaiOptions } from './options.ts'

export type { Api, OpenaiCompatibleOptions, OpenaiOptions, ThinkingLevel } from './options.ts'

/** The vendor's own SDK object, for what the interface does not have. */
interface WithClient {
  readonly client: Promise<OpenAI>
}

/**
 * OpenAI's models. https://developers.openai.com/api/reference
 * @throws ProviderError `credential_missing`, `invalid_provider_name` or `invalid_option`.
 */
export const openaiLlm = (options: OpenaiOptions): Llm & WithClient =>
  createProvider(llm, openaiDriver(options), { ...options, defaultBaseUrl: vendorOrigin })

/**
 * Any server that speaks OpenAI's language: OpenRouter, Groq, Ollama, vLLM, DeepSeek, one of your own.
 * @throws ProviderError `invalid_provider_name` or `invalid_option`.
 */
export const openaiCompatibleLlm = (options: OpenaiCompatibleOptions): Llm & WithClient =>
  createProvider(llm, compatibleDriver(options), { ...options, defaultBaseUrl: options.baseUrl })
