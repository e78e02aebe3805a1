import { type DriverContext, hmac, sameText, toBase64, type WebhookRequest, webhookError } from '@do/provider'
import type { SquareOptions } from './client.ts'

/** An event as Square sends it. https://developer.squareup.com/docs/webhooks/overview */
export interface SquareEvent {
  readonly type: string
  readonly event_id: string
  readonly created_at?: string
  readonly merchant_id?: string
  readonly data?: { readonly type?: string; readonly id?: string; readonly object?: Readonly<Record<string, unknown>> }
}

const header = 'x-square-hmacsha256-signature'
const encoder = new TextEncoder()

export const recognises = (headers: Headers) => headers.has(header)

/**
 * Verifies HMAC-SHA256 over the subscription's URL and the raw body. No time is signed, so an old one cannot be told:
 * events are known again by `eventId`. https://developer.squareup.com/docs/webhooks/step3validate
 * @throws ProviderError `webhook_signature` or `webhook_malformed`.
 */
export async function verified(request: WebhookRequest, options: SquareOptions): Promise<SquareEvent> {
  const signature = request.headers.get(header) ?? ''
  // Letter by letter as the subscription has it, which a parsed URL may not be any more.
  const url = encoder.encode(options.webhookUrl ?? request.url)
  const signed = new Uint8Array(url.length + request.body.length)
  signed.set(url)
  signed.set(request.body, url.length)
  const { webhookSignatureKey: given } = options
  const keys = (typeof given === 'string' ? [given] : (given ?? [])).filter((key) => key !== '')
  const expected = await Promise.all(keys.map(async (key) => toBase64(await hmac('SHA-256', key, signed))))
  if (!expected.some((one) => sameText(one, signature))) throw webhookError('webhook_signature')
  try {
    const event = JSON.parse(request.text, exact) as SquareEvent
    if (typeof event.event_id !== 'string' || typeof event.type !== 'string') throw new Error('no event')
    return event
  } catch {
    throw webhookError('webhook_malformed')
  }
}

/** Amounts with all their digits, where the runtime gives them. */
const exact = ((key: string, value: unknown, context?: { readonly source?: string }) =>
  key === 'amount' && Number.isInteger(value) ? BigInt(context?.source ?? (value as number)) : value) as (
  key: string,
  value: unknown,
) => unknown

export type EventContext = Pick<DriverContext, 'handle'>
