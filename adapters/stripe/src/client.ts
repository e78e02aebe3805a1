import { type AdapterOptions, createTransport } from '@do/provider'
import type { Stripe } from 'stripe'

export const vendorOrigin = 'https://api.stripe.com'
/** The SDK's other hosts: file uploads and OAuth. */
const vendorOrigins = [vendorOrigin, 'https://files.stripe.com', 'https://connect.stripe.com']

export interface StripeOptions extends AdapterOptions {
  /** A secret or restricted key: `sk_…`, `rk_…`. */
  readonly apiKey: string
  /**
   * Signing secrets (`whsec_…`) of the webhook endpoints: one for the platform's own events, another for those of connected
   * accounts. Several of each while a secret is rolled. Without any, every webhook is refused.
   * https://docs.stripe.com/connect/webhooks
   */
  readonly webhookSecrets?: {
    readonly platform?: string | readonly string[]
    readonly connected?: string | readonly string[]
  }
  /**
   * What connected accounts are made like. Default: an Express dashboard, Stripe asks for what it has to know, the platform
   * pays fees and bears losses. https://docs.stripe.com/connect/accounts-v2/migrate-accounts-v1-types
   */
  readonly accounts?: {
    readonly dashboard?: 'express' | 'full' | 'none'
    readonly fees?: 'account' | 'application'
    readonly losses?: 'application' | 'stripe'
    readonly requirements?: 'application' | 'stripe'
  }
}

export type GetClient = () => Promise<Stripe>

/** The SDK's own object: constructed on first use, its retries and telemetry off. */
export function lazyClient({ apiKey, baseUrl, fetch }: StripeOptions): GetClient {
  let client: Promise<Stripe> | undefined
  const load = async () => {
    const { Stripe } = await import('stripe')
    const http = Stripe.createFetchHttpClient(withoutCodes(createTransport({ vendorOrigins, baseUrl, fetch })))
    return new Stripe(apiKey, { maxNetworkRetries: 0, telemetry: false, httpClient: insisting(http) })
  }
  return () => (client ??= load())
}

/** With its retries off, the SDK still repeats once after these two codes: so it does not get to see them. */
const withoutCodes =
  (send: typeof fetch): typeof fetch =>
  async (input, init) => {
    try {
      return await send(input, init)
    } catch (cause) {
      const { code } = cause as { code?: unknown }
      throw code === 'ECONNRESET' || code === 'EPIPE' ? new TypeError('The connection broke.', { cause }) : cause
    }
  }

/** JSON that is no object makes the SDK reject a promise that nobody holds, and never answer: it is no JSON of Stripe's. */
function insisting(http: Stripe.HttpClient): Stripe.HttpClient {
  const makeRequest = http.makeRequest.bind(http)
  http.makeRequest = async (...request) => {
    const response = await makeRequest(...request)
    const read = response.toJSON.bind(response)
    response.toJSON = async () => {
      const body: unknown = await read()
      if (typeof body !== 'object' || body === null) throw new Error('The answer is no JSON object.')
      return body
    }
    return response
  }
  return http
}
