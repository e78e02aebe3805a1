import type { DriverContext, UnknownEvent } from '@do/provider'
import { consentIn, type SmsEvent } from '@do/sms'
import { defined, instant, referenceIn } from './client.ts'
import { failureOf, type MessagePayload, statusOf } from './message-map.ts'
import type { TelnyxEvent } from './webhooks.ts'

const own: Readonly<Record<string, 'stop' | 'start'>> = { STOP: 'stop', START: 'start' }

export function smsEvent(event: TelnyxEvent, { handle }: Pick<DriverContext, 'handle'>): SmsEvent | UnknownEvent {
  const payload = event.payload as unknown as MessagePayload
  const unknown = { type: 'unknown' as const, eventId: event.id, raw: event }
  if (typeof payload.id !== 'string') return unknown
  const target = payload.to?.[0]
  const facts = { eventId: event.id, message: handle(payload.id), at: instant(event.occurred_at), raw: event }
  switch (event.event_type) {
    case 'message.sent':
    case 'message.finalized':
      return defined({
        type: 'message.status' as const,
        ...facts,
        status: statusOf(target?.status, 'sent'),
        ...failureOf(target?.status, payload.errors?.[0]?.code),
        to: target?.phone_number,
        from: payload.from?.phone_number,
        reference: referenceIn(payload.webhook_url),
      })
    case 'message.received': {
      const media = (payload.media ?? []).flatMap(({ url }) => (url === undefined ? [] : [url]))
      const body = payload.text ?? ''
      return defined({
        type: 'message.received' as const,
        ...facts,
        from: payload.from?.phone_number ?? '',
        to: target?.phone_number ?? '',
        body,
        media: media.length > 0 ? media : undefined,
        // What Telnyx itself understood counts: it is what blocks further messages.
        consent: own[payload.autoresponse_type?.toUpperCase() ?? ''] ?? consentIn(body),
      })
    }
    default:
      return unknown
  }
}
