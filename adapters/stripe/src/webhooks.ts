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
  if (!(await matches(secrets, signed, signatures))) throw webhookError('webhook_signature')
  try {
    const event = JSON.parse(request.text) as StripeEvent
    if (typeof event.id !== 'string' || typeof event.type !== 'string') throw new Error('no event')
    return event
  } catch {
    throw webhookError('webhook_malformed')
  }
}

/** By any of the secrets, any of the signatures: while a secret is rolled, Stripe signs with both. */
async function matches(secrets: readonly string[], signed: Uint8Array<ArrayBuffer>, signatures: readonly string[]) {
  for (const secret of secrets) {
    const expected = toHex(await hmac('SHA-256', secret, signed))
    if (signatures.some((signature) => sameText(expected, signature))) return true
  }
  return false
}
