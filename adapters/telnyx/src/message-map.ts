import type { DeliveryFailure, Message, MessageStatus } from '@do/sms'
import { defined, instant } from './client.ts'

/** A message as `POST /messages`, `GET /messages/{id}` and the webhooks show it; only what is read here. */
export interface MessagePayload {
  readonly id: string
  readonly direction?: string
  readonly from?: { readonly phone_number?: string }
  readonly to?: readonly { readonly phone_number?: string; readonly status?: string }[]
  readonly text?: string | null
  readonly media?: readonly { readonly url?: string }[]
  readonly parts?: number
  readonly cost?: { readonly amount?: string; readonly currency?: string } | null
  readonly errors?: readonly { readonly code?: string }[]
  readonly received_at?: string
  readonly webhook_url?: string | null
  /** Set on messages that Telnyx answered by itself: `STOP`, `START`, `HELP`. */
  readonly autoresponse_type?: string | null
}

/** A row of `GET /detail_records?filter[record_type]=messaging`: it has no text. */
export interface MessageRecord {
  readonly uuid?: string
  readonly direction?: string
  readonly cli?: string
  readonly cld?: string
  readonly status?: string
  readonly sent_at?: string
  readonly created_at?: string
  readonly parts?: number
  readonly cost?: string
  readonly currency?: string
  readonly errors?: readonly string[]
  readonly delivery_status_webhook_url?: string
}

const statuses: Readonly<Record<string, MessageStatus>> = {
  scheduled: 'scheduled',
  queued: 'queued',
  sending: 'sending',
  sent: 'sent',
  // The carrier gives no receipt: sent is all that is known.
  delivery_unconfirmed: 'sent',
  dlr_unconfirmed: 'sent',
  dlr_timeout: 'sent',
  delivered: 'delivered',
  delivery_failed: 'undelivered',
  failed: 'undelivered',
  sending_failed: 'failed',
  expired: 'failed',
  gw_reject: 'failed',
  gw_timeout: 'failed',
  cancelled: 'canceled',
  received: 'received',
  webhook_delivered: 'received',
}

/** https://developers.telnyx.com/docs/messaging/messages/error-codes */
const failures: Readonly<Record<string, DeliveryFailure>> = {
  20100: 'no_credit',
  40001: 'landline',
  40002: 'filtered',
  40003: 'blocked',
  40004: 'blocked',
  40005: 'expired',
  40006: 'unreachable',
  40008: 'unreachable',
  40012: 'invalid_recipient',
  40014: 'expired',
  40015: 'filtered',
  40017: 'filtered',
  40300: 'opted_out',
  40310: 'invalid_recipient',
  40322: 'filtered',
  40333: 'no_credit',
}

export function statusOf(word: string | undefined, otherwise: MessageStatus): MessageStatus {
  return (word === undefined ? undefined : statuses[word]) ?? otherwise
}

/** Why it was not delivered, for a status that says that it was not. */
export function failureOf(word: string | undefined, code: string | undefined): Pick<Message, 'failure' | 'vendorCode'> {
  const status = statusOf(word, 'queued')
  if (status !== 'undelivered' && status !== 'failed') return {}
  const failure: DeliveryFailure =
    (code === undefined ? undefined : failures[code]) ?? (word === 'expired' ? 'expired' : 'unknown')
  return code === undefined ? { failure } : { failure, vendorCode: code }
}

const none: { readonly [name: string]: undefined } = {}

/** `otherwise` is the status of a message whose own status is missing or new. */
export function messageOf(payload: MessagePayload, id: string, otherwise: MessageStatus = 'queued'): Message {
  const inbound = payload.direction === 'inbound'
  const target = payload.to?.[0]
  const media = payload.media?.flatMap(({ url }) => (url === undefined ? [] : [url]))
  const { failure, vendorCode } = inbound ? none : failureOf(target?.status, payload.errors?.[0]?.code)
  const { amount, currency } = payload.cost ?? none
  return defined({
    id,
    direction: inbound ? ('inbound' as const) : ('outbound' as const),
    to: target?.phone_number ?? '',
    from: payload.from?.phone_number,
    body: payload.text ?? '',
    media: media?.length === 0 ? undefined : media,
    status: inbound ? ('received' as const) : statusOf(target?.status, otherwise),
    failure,
    vendorCode,
    segments: payload.parts,
    price: amount === undefined || currency === undefined ? undefined : { decimal: amount, currency },
    createdAt: instant(payload.received_at),
    raw: payload,
  })
}

export function messageOfRecord(record: MessageRecord, id: string): Message {
  const inbound = record.direction === 'inbound'
  return defined({
    id,
    direction: inbound ? ('inbound' as const) : ('outbound' as const),
    to: record.cld ?? '',
    from: record.cli,
    status: inbound ? ('received' as const) : statusOf(record.status, record.sent_at === undefined ? 'queued' : 'sent'),
    ...(inbound ? {} : failureOf(record.status, record.errors?.[0])),
    segments: record.parts,
    price:
      record.cost === undefined || record.currency === undefined
        ? undefined
        : { decimal: record.cost, currency: record.currency },
    createdAt: instant(record.created_at),
    raw: record,
  })
}
