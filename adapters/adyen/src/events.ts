import type { DisputeStatus, PaymentStatus, PaymentsEvent, RefundStatus } from '@do/payments'
import type { DriverContext } from '@do/provider'
import { amountOf } from './money.ts'
import { failureOf } from './payments.ts'
import { defined, instant, isReference, own } from './values.ts'
import type { Item } from './webhooks.ts'

type Context = Pick<DriverContext, 'handle'>

const succeeded = ({ success }: Item) => String(success) === 'true'

/** In Adyen's examples metadata are an object, on the wire often one member each. */
const kept = ({ additionalData }: Item, name: string): string | undefined => {
  const inside = (additionalData?.metadata as Record<string, unknown> | undefined)?.[name] ?? additionalData?.[`metadata.${name}`]
  return typeof inside === 'string' ? inside : undefined
}

function referenceIn(item: Item): string | undefined {
  const reference = kept(item, own.reference) ?? item.merchantReference
  return isReference(reference) ? reference : undefined
}

/** Repeated deliveries have the same code and reference; a dispute goes on under one reference, by its status. */
const eventId = (item: Item, what = '') =>
  [item.eventCode, item.pspReference, String(item.success), item.additionalData?.disputeStatus, what].filter(Boolean).join('.')

function common(item: Item) {
  return defined({
    eventId: eventId(item),
    at: instant(item.eventDate),
    reference: referenceIn(item),
    amount: amountOf(item.amount),
    vendorCode: !succeeded(item) && item.reason ? item.reason : undefined,
    raw: item,
  })
}

/** Whether Adyen captures by itself: what we asked for, or what the account's own setting made of it. */
const captured = (item: Item) =>
  kept(item, own.reference) === undefined ? item.additionalData?.captureDelayHours === '0' : kept(item, own.capture) !== 'manual'

function payment(item: Item, psp: string, status: PaymentStatus | undefined, { handle }: Context): PaymentsEvent[] {
  const failed = status === 'failed' ? failureOf(item.reason) : {}
  return [defined({ type: 'payment.updated' as const, ...common(item), payment: handle(psp), status, ...failed })]
}

function refund(item: Item, status: RefundStatus, { handle }: Context): PaymentsEvent[] {
  const of = item.originalReference ? handle(item.originalReference) : undefined
  return [defined({ type: 'refund.updated' as const, ...common(item), refund: handle(item.pspReference), payment: of, status })]
}

/** https://docs.adyen.com/risk-management/disputes-api/dispute-notifications */
const disputeStates: Readonly<Record<string, DisputeStatus>> = {
  // Of a request for information, which takes no money, whatever becomes of it.
  Unresponded: 'warning',
  Responded: 'warning',
  Undefended: 'needs_response',
  Pending: 'under_review',
  Won: 'won',
  Lost: 'lost',
  Expired: 'lost',
  Accepted: 'accepted',
}

/** Where the status is not told (Brazil). */
const disputeEvents: Readonly<Record<string, DisputeStatus | undefined>> = {
  REQUEST_FOR_INFORMATION: 'warning',
  NOTIFICATION_OF_CHARGEBACK: 'needs_response',
  CHARGEBACK: 'needs_response',
  INFORMATION_SUPPLIED: 'under_review',
  CHARGEBACK_REVERSED: 'under_review',
  ISSUER_COMMENTS: undefined,
  ISSUER_RESPONSE_TIMEFRAME_EXPIRED: 'won',
  SECOND_CHARGEBACK: 'lost',
  DISPUTE_DEFENSE_PERIOD_ENDED: 'lost',
  PREARBITRATION_OPEN: 'under_review',
  PREARBITRATION_ACCEPTED: 'lost',
  PREARBITRATION_DECLINED: 'under_review',
  PREARBITRATION_ISSUER_WITHDRAWN: 'won',
  PREARBITRATION_WON: 'won',
  PREARBITRATION_LOST: 'lost',
  SCHEME_ARBITRATION: 'under_review',
  SCHEME_ARBITRATION_WON: 'won',
  SCHEME_ARBITRATION_LOST: 'lost',
}

function dispute(item: Item, { handle }: Context): PaymentsEvent[] {
  const of = item.originalReference ? handle(item.originalReference) : undefined
  const question = item.eventCode === 'REQUEST_FOR_INFORMATION'
  const status = question
    ? 'warning'
    : (disputeStates[String(item.additionalData?.disputeStatus)] ?? disputeEvents[item.eventCode])
  return [defined({ type: 'dispute.updated' as const, ...common(item), dispute: handle(item.pspReference), payment: of, status })]
}

function authorisation(item: Item, context: Context): PaymentsEvent[] {
  const status = !succeeded(item) ? 'failed' : captured(item) ? 'captured' : 'authorized'
  const events = payment(item, item.pspReference, status, context)
  const link = item.additionalData?.paymentLinkId
  if (typeof link !== 'string' || !succeeded(item)) return events
  const { vendorCode: _, ...rest } = common(item)
  return [
    ...events,
    { type: 'checkout.updated', ...rest, eventId: eventId(item, 'checkout'), checkout: context.handle(link), status: 'complete' },
  ]
}

/** What an item of a standard webhook tells. https://docs.adyen.com/development-resources/webhooks/webhook-types */
export function eventsOf(item: Item, merchantAccount: string, context: Context): readonly PaymentsEvent[] {
  const { eventCode, pspReference } = item
  // A company's webhook tells of all its shops: another one's is genuine, and not ours.
  if (item.merchantAccountCode !== merchantAccount) return [{ type: 'unknown', eventId: eventId(item), raw: item }]
  const original = item.originalReference || pspReference
  const done = succeeded(item)
  if (Object.hasOwn(disputeEvents, eventCode)) return dispute(item, context)
  switch (eventCode) {
    case 'AUTHORISATION':
      return authorisation(item, context)
    case 'CAPTURE':
      // Refused: the money is reserved still, or the payment had ended before.
      return payment(item, original, done ? 'captured' : undefined, context)
    case 'CAPTURE_FAILED':
      return payment(item, original, 'failed', context)
    case 'CANCELLATION':
    case 'TECHNICAL_CANCEL':
      return payment(item, original, done ? 'canceled' : undefined, context)
    case 'CANCEL_OR_REFUND':
      return item.additionalData?.['modification.action'] === 'refund'
        ? refund(item, done ? 'succeeded' : 'failed', context)
        : payment(item, original, done ? 'canceled' : undefined, context)
    case 'EXPIRE':
    case 'OFFER_CLOSED':
      return payment(item, original, 'expired', context)
    case 'REFUND':
    case 'REFUND_WITH_DATA':
      return refund(item, done ? 'succeeded' : 'failed', context)
    case 'REFUND_FAILED':
    case 'REFUNDED_REVERSED':
      return refund(item, 'failed', context)
    case 'POSTPONED_REFUND':
      return refund(item, 'pending', context)
    case 'AUTHORISATION_ADJUSTMENT':
      return payment(item, original, undefined, context)
    default:
      return [{ type: 'unknown', eventId: eventId(item), raw: item }]
  }
}
