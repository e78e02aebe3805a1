import type { PaymentsEvent } from '@do/payments'
import type { Square } from 'square'
import { defined, instant } from './client.ts'
import { disputeStatus } from './disputes.ts'
import { declineOf } from './errors.ts'
import { invoiceStatus } from './invoices.ts'
import { fromSquare } from './money.ts'
import { unpack } from './note.ts'
import { failureOf, paymentStatus, referenceOf, refundStatus } from './payment-map.ts'
import { payoutStatus } from './payouts.ts'
import { subscriptionStatus } from './subscriptions.ts'
import type { EventContext, SquareEvent } from './webhooks.ts'

/** Names as the SDK has them: `card_details` is `cardDetails`. */
function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      camel(inner),
    ]),
  )
}

/** What became of a thing is worth knowing even where the amount cannot be told (Square also knows BTC). */
function told(money: Square.Money | undefined) {
  try {
    return fromSquare(money)
  } catch {
    return undefined
  }
}

/** The kinds of which Square sends the thing as it was. */
export function eventOf(event: SquareEvent, { handle }: EventContext): PaymentsEvent {
  const { type, event_id: eventId, created_at, data } = event
  const unknown: PaymentsEvent = { type: 'unknown', eventId, raw: event }
  const kind = type.split('.')[0] ?? ''
  // Square's description of disputes has `object` where its examples have `dispute`.
  const thing = camel(data?.object?.[kind] ?? data?.object?.object)
  const id = (thing as { id?: string } | undefined)?.id ?? data?.id
  if (typeof id !== 'string' || id === '') return unknown
  const common = (money?: Square.Money, reference?: string | undefined) => ({
    eventId,
    ...defined({ at: instant(created_at), amount: told(money), reference }),
    raw: event,
  })
  if (kind === 'invoice') {
    const invoice = thing as Square.Invoice | undefined
    const status = type === 'invoice.deleted' ? 'void' : invoice === undefined ? undefined : invoiceStatus(invoice)
    return { type: 'invoice.updated', ...common(), invoice: handle(id), ...defined({ status }) }
  }
  if (thing === undefined) return unknown
  switch (kind) {
    case 'payment': {
      const payment = thing as Square.Payment
      const status = paymentStatus(payment)
      const vendorCode = status === 'failed' ? failureOf(payment) : undefined
      const failure = status === 'failed' ? (declineOf(vendorCode) as never) : undefined
      return {
        type: 'payment.updated',
        ...common(payment.totalMoney, referenceOf(payment)),
        payment: handle(id),
        status,
        ...defined({ vendorCode, failure }),
      }
    }
    case 'refund': {
      const refund = thing as Square.PaymentRefund
      const payment = refund.paymentId ? handle(refund.paymentId) : undefined
      return {
        type: 'refund.updated',
        ...common(refund.amountMoney, unpack(refund.reason).do),
        refund: handle(id),
        status: refundStatus(refund),
        ...defined({ payment }),
      }
    }
    case 'dispute': {
      const dispute = thing as Square.Dispute
      const payment = dispute.disputedPayment?.paymentId ? handle(dispute.disputedPayment.paymentId) : undefined
      return {
        type: 'dispute.updated',
        ...common(dispute.amountMoney),
        dispute: handle(id),
        status: disputeStatus(dispute),
        ...defined({ payment }),
      }
    }
    case 'payout': {
      const payout = thing as Square.Payout
      return { type: 'payout.updated', ...common(payout.amountMoney), payout: handle(id), status: payoutStatus(payout) }
    }
    case 'subscription': {
      // Without its planned changes, which `resolve` reads.
      const status = subscriptionStatus(thing as Square.Subscription)
      return { type: 'subscription.updated', ...common(), subscription: handle(id), ...(status === 'active' ? {} : { status }) }
    }
  }
  return unknown
}
