import { type Llm, llm } from '@do/llm'
import { createProvider } from '@do/provider'
import type { GoogleGenAI } from '@google/genai/web'
import { vendorOrigin } from './client.ts'
import { type GoogleLlmOptions, llmDriver } from './llm.ts'

export type { GoogleOptions } from './client.ts'
export type { GoogleLlmOptions } from './llm.ts'

/** The vendor's own SDK object, for what the interface does not have. */
interface WithClient {
  readonly client: Promise<GoogleGenAI>
}

/**
 * Gemini through Google's Gemini API: text, tools, JSON, thinking, embeddings, images, speech, transcription.
 * https://ai.google.dev/api
 * @throws ProviderError `credential_missing` or `invalid_provider_name`.
 */
export const googleLlm = (options: GoogleLlmOptions): Llm & WithClient =>
  createProvider(llm, llmDriver(options), { ...options, defaultBaseUrl: vendorOrigin })
