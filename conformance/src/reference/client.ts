import { createTransport } from '@do/provider'

/** What the vendor says when it refuses. */
export class MemoryApiError extends Error {
  readonly status: number
  readonly code: string | undefined
  readonly field: string | undefined
  /** What the vendor kept although it refused. */
  readonly thing: string | undefined

  constructor(status: number, code: string | undefined, field: string | undefined, thing?: string) {
    super(`The vendor answered ${status}.`)
    this.name = 'MemoryApiError'
    this.status = status
    this.code = code
    this.field = field
    this.thing = thing
  }
}

export interface MemoryClientOptions {
  readonly apiKey: string
  readonly baseUrl?: string | undefined
  readonly fetch?: typeof fetch | undefined
}

export const origin = 'https://api.memory.example'

export interface MemoryRequest {
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: object
  readonly key?: string
  readonly signal?: AbortSignal
}

/** The invented vendor's SDK: one request for one call, never repeated by itself. */
export interface MemoryClient {
  request(method: string, path: string, more?: MemoryRequest): Promise<Record<string, unknown>>
}

export function memoryClient(options: MemoryClientOptions): MemoryClient {
  const send = createTransport({ vendorOrigins: [origin], baseUrl: options.baseUrl, fetch: options.fetch })
  return {
    async request(method, path, { query = {}, body, key, signal } = {}) {
      const url = new URL(`${origin}/v1${path}`)
      for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
      const response = await send(url.href, {
        method,
        headers: {
          authorization: `Bearer ${options.apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      })
      const text = await response.text()
      if (!response.ok) {
        const { code, field, thing } = errorIn(text)
        throw new MemoryApiError(response.status, code, field, thing)
      }
      return JSON.parse(text)
    },
  }
}

function errorIn(text: string): { code?: string; field?: string; thing?: string } {
  try {
    return (JSON.parse(text) as { error?: object }).error ?? {}
  } catch {
    return {}
  }
}
