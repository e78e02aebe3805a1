import { attemptRecord, nextRequest, noteStray } from './engine/attempt.ts'
import { refuse } from './errors.ts'

export interface TransportOptions {
  /** The vendor's own origin(s), as its SDK knows them. */
  readonly vendorOrigins: readonly string[]
  /** Where to go instead. Its path, if any, is put in front. */
  readonly baseUrl?: string | undefined
  readonly fetch?: typeof fetch | undefined
}

/** Codes (Node, undici) that prove that no byte of the request was sent. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/**
 * The one way out to a vendor: a `fetch` for the vendor's SDK. It notes what each attempt sent and got, sends no more
 * mutating requests than the attempt may, and tells a connection that was refused from one that broke.
 */
export function createTransport(options: TransportOptions): typeof fetch {
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))
  const { vendorOrigins } = options
  const base = options.baseUrl?.replace(/\/$/, '')
  return async (input, init) => {
    const target = base === undefined ? input : redirected(input, vendorOrigins, base)
    const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
    const record = attemptRecord()
    const changing = method !== 'GET' && method !== 'HEAD'
    if (record === undefined && changing) noteStray()
    if (record !== undefined) {
      // An attempt that is over was judged by what it had sent: nothing may follow.
      record.signal.throwIfAborted()
      if (changing && record.mutated >= record.mutations) {
        throw refuse('sdk_retry_blocked', "The vendor's SDK tried to repeat a request by itself. Nothing was sent again.", {
          fault: 'provider',
        })
      }
      nextRequest(record, changing)
    }
    try {
      const response = await send(target, withSignal(init, record?.signal))
      if (record !== undefined) {
        record.status = response.status
        record.headers = response.headers
      }
      return response
    } catch (error) {
      if (record !== undefined) record.network = provablyUnsent(error) ? 'refused' : 'broken'
      throw error
    }
  }
}

/**
 * Within an attempt its own signal rules: it already stands for the caller's signal and for both deadlines. (An SDK's signal
 * only knows the SDK's longer time-out, and joining the two costs more than the rest of this function.)
 */
function withSignal(init: RequestInit | undefined, signal: AbortSignal | undefined): RequestInit | undefined {
  return signal === undefined ? init : { ...init, signal }
}

type Target = Parameters<typeof fetch>[0]

function redirected(input: Target, vendorOrigins: readonly string[], base: string): Target {
  const text = input instanceof Request ? input.url : input.toString()
  const origin = vendorOrigins.find((candidate) => text.startsWith(candidate))
  if (origin === undefined) return input
  const url = base + text.slice(origin.length)
  return input instanceof Request ? new Request(url, input) : url
}

function provablyUnsent(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code, syscall } = at as { code?: unknown; syscall?: unknown }
    // A live connection reports a lost route under the same codes, when the request may have arrived long ago.
    if (syscall === 'read' || syscall === 'write') return false
    if (typeof code === 'string') return neverSent.has(code)
    // Happy eyeballs: refused only when every address refused.
    if (at instanceof AggregateError && at.errors.length > 0) return at.errors.every(provablyUnsent)
    // workerd has no codes; this is its wording for a refused connection.
    if (/connection refused/i.test(at.message)) return true
  }
  return false
}
