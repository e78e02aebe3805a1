import type { Client } from '@adyen/api-library'
import type { AdyenOptions } from './client.ts'

type HttpClient = Client['httpClient']

/** What Adyen says of an error: in the older shape or in that of RFC 7807. */
interface ErrorBody {
  readonly errorCode?: unknown
  readonly pspReference?: unknown
  readonly requestId?: unknown
  readonly invalidFields?: readonly { readonly name?: unknown }[]
}

/** An answer that is no success. Never the vendor's words: they may quote the request. */
export class AdyenError extends Error {
  readonly status: number
  readonly body: ErrorBody

  constructor(status: number, body: ErrorBody) {
    super(`Adyen answered ${status}.`)
    this.name = 'AdyenError'
    this.status = status
    this.body = body
  }
}

/**
 * The SDK's HTTP over `fetch`. Its own runs on Node's `https`, which cannot be pointed elsewhere, and which hangs in workerd when a
 * connection fails. Nothing is repeated.
 */
export function httpClient(transport: typeof fetch, { apiKey, balancePlatform }: AdyenOptions): HttpClient {
  const keyFor = (url: string) =>
    url.startsWith('https://kyc-')
      ? (balancePlatform?.legalEntityApiKey ?? apiKey)
      : url.startsWith('https://balanceplatform-')
        ? (balancePlatform?.apiKey ?? apiKey)
        : apiKey
  return {
    async request(endpoint, json, _config, _needsKey, options = {}) {
      const { method = 'POST', params, idempotencyKey } = options
      const query = params ? `?${new URLSearchParams(params as Record<string, string>)}` : ''
      const response = await transport(endpoint + query, {
        method,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-api-key': keyFor(endpoint),
          ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
        },
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: String(json) }),
      })
      const text = await response.text()
      if (!response.ok) throw new AdyenError(response.status, legible(text) ?? {})
      // Unread text the SDK would pass on as if it were the answer, with a warning that quotes it.
      if (text !== '' && legible(text) === undefined) throw new Error('The answer is no JSON object.')
      return text
    },
  }
}

function legible(text: string): ErrorBody | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
