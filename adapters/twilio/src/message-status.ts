import type { DeliveryFailure, MessageStatus } from '@do/sms'

/** https://www.twilio.com/docs/messaging/api/message-resource#message-status-values */
const statuses: Readonly<Record<string, MessageStatus>> = {
  accepted: 'queued',
  scheduled: 'scheduled',
  queued: 'queued',
  sending: 'sending',
  sent: 'sent',
  partially_delivered: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'canceled',
  receiving: 'received',
  received: 'received',
}

/** A status that is not known yet says nothing final. */
export const statusOf = (status: string): MessageStatus => statuses[status] ?? 'queued'

/** https://www.twilio.com/docs/api/errors, 30001 and following: found out only after the message was taken on. */
const failures: Readonly<Record<string, DeliveryFailure>> = {
  21610: 'opted_out',
  21211: 'invalid_recipient',
  21614: 'landline',
  30002: 'no_credit',
  30003: 'unreachable',
  30004: 'blocked',
  30005: 'invalid_recipient',
  30006: 'landline',
  30007: 'filtered',
  30017: 'unreachable',
  30018: 'blocked',
  30024: 'blocked',
  30032: 'blocked',
  30033: 'blocked',
  30034: 'blocked',
  30035: 'blocked',
  30036: 'expired',
  30450: 'blocked',
}

/** Why a message failed; undefined for one that did not. */
export function failureOf(status: string, code: string | number | null | undefined): DeliveryFailure | undefined {
  if (status !== 'undelivered' && status !== 'failed') return undefined
  return failures[code ?? ''] ?? 'unknown'
}
