import { checkTimestamp, type DriverContext, hmac, sameText, toHex, type WebhookRequest, webhookError } from '@do/provider'
import type { StripeOptions } from './client.ts'

/** An event as Stripe sends it, before anything is known of its kind. */
export interface StripeEvent {
  readonly id: string
  readonly type: string
  readonly created?: number
  /** The connected account it is of. */
  readonly account?: string
  readonly data?: { readonly object?: Readonly<Record<string, unknown>> }
}

export const recognises = (headers: Headers) => headers.has('stripe-signature')

const encoder = new TextEncoder()
const listOf = (secrets: string | readonly string[] = []): readonly string[] =>
  (typeof secrets === 'string' ? [secrets] : secrets).filter((secret) => secret !== '')

/**
 * Verifies HMAC-SHA256 over `<timestamp>.<raw body>` by the secret of either endpoint, then reads the event.
 * https://docs.stripe.com/webhooks#verify-manually
 * @throws ProviderError `webhook_signature`, `webhook_expired` (300 s) or `webhook_malformed`.
 */
export async function verified(
  request: WebhookRequest,
  { clock }: Pick<DriverContext, 'clock'>,
  { webhookSecrets = {} }: StripeOptions,
): Promise<StripeEvent> {
  const parts = (request.headers.get('stripe-signature') ?? '').split(',').map((part) => part.trim().split('='))
  const signatures = parts.flatMap(([scheme, value]) => (scheme === 'v1' && value ? [value] : []))
  if (signatures.length === 0) throw webhookError('webhook_signature')
  const timestamp = parts.find(([name]) => name === 't')?.[1]
  checkTimestamp(timestamp, clock)
  const head = encoder.encode(`${timestamp}.`)
  const signed = new Uint8Array(head.length + request.body.length)
  signed.set(head)
  signed.set(request.body, head.length)
  const secrets = [...listOf(webhookSecrets.platform), ...listOf(webhookSecrets.connected)]
  const expected = await Promise.all(secrets.map(async (secret) => toHex(await hmac('SHA-256', secret, signed))))
  // Every pair is compared, so that the time says nothing of which was right.
  const checks = expected.flatMap((one) => signatures.map((signature) => sameText(one, signature)))
  if (!checks.includes(true)) throw webhookError('webhook_signature')
  try {
    const event = JSON.parse(request.text) as StripeEvent
    if (typeof event.id !== 'string' || typeof event.type !== 'string') throw new Error('no event')
    return event
  } catch {
    throw webhookError('webhook_malformed')
  }
}
