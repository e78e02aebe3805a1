import { checkTimestamp, type DriverContext, verifyEd25519, type WebhookRequest, webhookError } from '@do/provider'
import type { TelnyxOptions } from './client.ts'

/** An event as Telnyx sends it, before anything is known of its kind. */
export interface TelnyxEvent<Payload = Readonly<Record<string, unknown>>> {
  readonly id: string
  readonly event_type: string
  readonly occurred_at?: string
  readonly payload: Payload
}

export const recognises = (headers: Headers) => headers.has('telnyx-signature-ed25519') || headers.has('telnyx-timestamp')

const encoder = new TextEncoder()

/**
 * Verifies Ed25519 over `<timestamp>|<raw body>`, then reads the event.
 * https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks
 * @throws ProviderError `webhook_signature`, `webhook_expired` (300 s) or `webhook_malformed`.
 */
export async function verified(
  request: WebhookRequest,
  { clock }: Pick<DriverContext, 'clock'>,
  options: TelnyxOptions,
): Promise<TelnyxEvent> {
  const signature = request.headers.get('telnyx-signature-ed25519')
  const timestamp = request.headers.get('telnyx-timestamp')
  if (signature === null) throw webhookError('webhook_signature')
  checkTimestamp(timestamp, clock)
  const head = encoder.encode(`${timestamp}|`)
  const signed = new Uint8Array(head.length + request.body.length)
  signed.set(head)
  signed.set(request.body, head.length)
  const keys = typeof options.publicKey === 'string' ? [options.publicKey] : (options.publicKey ?? [])
  const checks = await Promise.all(keys.map((key) => verifyEd25519(key, signature, signed)))
  if (!checks.includes(true)) throw webhookError('webhook_signature')
  try {
    const { data } = JSON.parse(request.text) as { data: TelnyxEvent }
    if (typeof data.id !== 'string' || typeof data.event_type !== 'string') throw new Error('no event')
    return { ...data, payload: data.payload ?? {} }
  } catch {
    throw webhookError('webhook_malformed')
  }
}
