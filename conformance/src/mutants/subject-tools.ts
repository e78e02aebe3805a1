import { ProviderError } from '@do/provider'
import type { At } from '../check.ts'

type Made = { readonly id: string }

/** Changes the error of a call that fails. */
export async function caught(made: Promise<Made>, change: (error: ProviderError) => unknown): Promise<Made> {
  try {
    return await made
  } catch (error) {
    throw ProviderError.is(error) ? change(error) : error
  }
}

/** Tries three times, two seconds each, as many SDKs do unless told otherwise; each time under a new key. */
export function repeating({ fetch: send, clock }: At, path: RegExp): typeof fetch {
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input)
    if ((init.method ?? 'GET') === 'GET' || !path.test(new URL(url).pathname)) return send(input, init)
    for (let attempt = 1; ; attempt++) {
      const timeout = new AbortController()
      const cancel = clock.timer(2_000, () => timeout.abort(new Error('SDK time-out')))
      try {
        const headers = new Headers(init.headers)
        headers.set('idempotency-key', crypto.randomUUID())
        const response = await send(input, { ...init, headers, signal: timeout.signal })
        const text = await response.text()
        if (attempt === 3 || (response.ok && isJson(text))) return new Response(text, response)
      } catch (error) {
        if (attempt === 3) throw error
      } finally {
        cancel()
      }
    }
  }
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}
