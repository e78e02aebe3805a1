import type { UnknownEvent } from '@do/provider'
import { consentIn, type DeliveryFailure, type MessageStatus, type SmsEvent } from '@do/sms'
import { failures } from './errors.ts'
import { type PlivoWebhook, part } from './webhooks.ts'
import { e164, instant } from './wire.ts'

const statuses: Readonly<Record<string, MessageStatus>> = {
  queued: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  // WhatsApp only, but whoever has read it has got it.
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  rejected: 'failed',
  received: 'received',
}

/** A state that Plivo adds some day is on its way, not at an end. */
export const statusOf = (state: string | undefined): MessageStatus => statuses[state ?? ''] ?? 'sending'

/** Empty and "000" are no failure. */
export function failureOf(code: string): { failure?: DeliveryFailure; vendorCode?: string } {
  return /^0*$/.test(code) ? {} : { failure: failures[code] ?? 'unknown', vendorCode: code }
}

const intents: Readonly<Record<string, 'stop' | 'start'>> = { optout: 'stop', optin: 'start' }

export function readSmsEvents(
  { params, query }: PlivoWebhook,
  handle: (id: string) => string,
): readonly (SmsEvent | UnknownEvent)[] {
  const raw = Object.fromEntries(params)
  const id = params.get('MessageUUID')
  if (!id)
    return [
      { type: 'unknown', eventId: `${params.get('EventName') ?? params.get('CallUUID') ?? 'plivo'}:${signature(params)}`, raw },
    ]
  const state = params.get('Status')
  if (state === null) return [received(params, id, handle, raw)]
  const at = instant(params.get('DeliveryReportTime') || params.get('SentTime') || params.get('QueuedTime'))
  const reference = query.get('do_ref')
  const [to, from] = [params.get('To'), params.get('From')]
  return [
    {
      type: 'message.status',
      eventId: `${id}:${state}`,
      message: handle(id),
      status: statusOf(state),
      ...failureOf(params.get('ErrorCode') ?? ''),
      ...(to ? { to: e164(to) } : {}),
      ...(from ? { from: e164(from) } : {}),
      ...(at === undefined ? {} : { at }),
      ...(reference === null ? {} : { reference }),
      raw,
    },
  ]
}

function received(params: URLSearchParams, id: string, handle: (id: string) => string, raw: unknown): SmsEvent {
  const body = params.get('Text') ?? params.get('Body') ?? ''
  const consent = intents[params.get('MessageIntent') ?? ''] ?? consentIn(body)
  const media = [...params.keys()]
    .filter((name) => /^Media\d+$/.test(name))
    .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)))
  return {
    type: 'message.received',
    eventId: `${id}:received`,
    message: handle(id),
    from: e164(part(params, 'From')),
    to: e164(part(params, 'To')),
    body,
    ...(media.length > 0 ? { media: media.map((name) => part(params, name)) } : {}),
    ...(consent === undefined ? {} : { consent }),
    raw,
  }
}

/** The facts in order, shortened: the same for a repeated delivery. */
export function signature(params: URLSearchParams): string {
  let hash = 0x811c9dc5
  for (const character of [...params]
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join('&')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  return hash.toString(16)
}
