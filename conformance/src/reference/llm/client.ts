import { createTransport } from '@do/provider'
import { MemoryApiError, origin } from '../client.ts'

export interface MemoryLlmClientOptions {
  readonly apiKey: string
  readonly baseUrl?: string | undefined
  readonly fetch?: typeof fetch | undefined
}

/** The invented vendor's SDK: one request for one call, never repeated by itself. */
export interface MemoryLlmClient {
  /** @throws MemoryApiError where the vendor refuses. */
  ask(method: 'GET' | 'POST', path: string, body?: object, signal?: AbortSignal): Promise<Response>
}

export function memoryLlmClient(options: MemoryLlmClientOptions): MemoryLlmClient {
  const send = createTransport({ vendorOrigins: [origin], baseUrl: options.baseUrl, fetch: options.fetch })
  return {
    async ask(method, path, body, signal) {
      const response = await send(`${origin}/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${options.apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      })
      if (!response.ok) throw new MemoryApiError(response.status, codeIn(await response.text()), undefined)
      return response
    },
  }
}

function codeIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown } }
    return typeof error?.code === 'string' ? error.code : undefined
  } catch {
    return undefined
  }
}
