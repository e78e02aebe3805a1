import type { PaymentsEvent } from '@do/payments'
import type { DriverContext } from '@do/provider'
import type { Stripe } from 'stripe'
import { checkoutStatus } from './checkout.ts'
import { declineReason, failureCode } from './errors.ts'
import { ownReference } from './metadata.ts'
import { moneyOf } from './money.ts'
import { isRelease } from './refunds.ts'
import { type Scope, scopeOf } from './scope.ts'
import { defined, idOf, instant } from './shape.ts'
import {
  accountStatus,
  disputeStatus,
  invoiceStatus,
  paymentStatus,
  payoutStatus,
  refundStatus,
  subscriptionStatus,
  transferStatus,
} from './status.ts'
import type { StripeEvent } from './webhooks.ts'

type Facts = Readonly<Record<string, unknown>>

const optional = (scope: Scope, thing: string | { id: string } | null | undefined) => {
  const id = idOf(thing)
  return id === undefined ? undefined : scope.handle(id)
}
/** What became of a thing is worth knowing even where the amount cannot be told. */
function money(amount: unknown, currency: unknown) {
  try {
    return moneyOf(amount as number, currency as string)
  } catch {
    return undefined
  }
}

/**
 * What each kind of object says. The kind of event matters little: it names when the object was as it is in the event.
 * https://docs.stripe.com/api/events/types
 */
const kinds: { readonly [object: string]: (object: never, scope: Scope) => Facts & { readonly type: string } } = {
  payment_intent: (intent: Stripe.PaymentIntent, { handle }) => {
    const status = paymentStatus(intent)
    const error = status === 'failed' ? intent.last_payment_error : null
    return {
      type: 'payment.updated',
      payment: handle(intent.id),
      status,
      amount: money(intent.amount, intent.currency),
      failure: error ? declineReason(error) : undefined,
      vendorCode: error ? failureCode(error) : undefined,
    }
  },
  // A charge says what became of a part of a payment; how the payment is, the payment says.
  charge: (charge: Stripe.Charge, scope) => ({
    type: 'payment.updated',
    payment: optional(scope, charge.payment_intent),
    amount: money(charge.amount, charge.currency),
    vendorCode: charge.failure_code ?? undefined,
  }),
  refund: (refund: Stripe.Refund, scope) =>
    isRelease(refund)
      ? { type: 'payment.updated', payment: optional(scope, refund.payment_intent) }
      : {
          type: 'refund.updated',
          refund: scope.handle(refund.id),
          payment: optional(scope, refund.payment_intent),
          status: refundStatus(refund.status),
          amount: money(refund.amount, refund.currency),
          vendorCode: refund.failure_reason,
        },
  dispute: (dispute: Stripe.Dispute, scope) => ({
    type: 'dispute.updated',
    dispute: scope.handle(dispute.id),
    payment: optional(scope, dispute.payment_intent),
    status: disputeStatus(dispute.status),
    amount: money(dispute.amount, dispute.currency),
    vendorCode: dispute.reason,
  }),
  'checkout.session': (session: Stripe.Checkout.Session, { handle }) => ({
    type: 'checkout.updated',
    checkout: handle(session.id),
    status: checkoutStatus(session.status),
    amount: money(session.amount_total, session.currency),
  }),
  subscription: (subscription: Stripe.Subscription, { handle }) => ({
    type: 'subscription.updated',
    subscription: handle(subscription.id),
    status: subscriptionStatus(subscription),
  }),
  invoice: (invoice: Stripe.Invoice, { handle }) => ({
    type: 'invoice.updated',
    invoice: handle(invoice.id),
    status: invoiceStatus(invoice.status),
    amount: money(invoice.total, invoice.currency),
  }),
  transfer: (transfer: Stripe.Transfer, { handle }) => ({
    type: 'transfer.updated',
    transfer: handle(transfer.id),
    status: transferStatus(transfer),
    amount: money(transfer.amount, transfer.currency),
  }),
  payout: (payout: Stripe.Payout, { handle }) => ({
    type: 'payout.updated',
    payout: handle(payout.id),
    status: payoutStatus(payout.status),
    amount: money(payout.amount, payout.currency),
    vendorCode: payout.failure_code ?? undefined,
  }),
  account: (account: Stripe.Account, { platform }) => ({
    type: 'account.updated',
    connected: platform(account.id),
    status: accountStatus(account),
  }),
}

/** Normalises an event; one about a thing that this interface does not have is passed on as it is. */
export function eventOf(event: StripeEvent, context: Pick<DriverContext, 'handle'>): PaymentsEvent {
  const unknown = { type: 'unknown', eventId: event.id, raw: event } as const
  const object = event.data?.object
  const scope = scopeOf(context, event.account)
  const common = {
    eventId: event.id,
    at: instant(event.created),
    account: event.account === undefined ? undefined : scope.platform(event.account),
    raw: event,
  }
  if (event.type === 'account.application.deauthorized' && event.account !== undefined)
    return defined({ type: 'account.deauthorized' as const, ...common, connected: scope.platform(event.account) })
  const kind = typeof object?.object === 'string' && Object.hasOwn(kinds, object.object) ? kinds[object.object] : undefined
  // An invoice that is only foreseen has no id yet.
  if (kind === undefined || typeof object?.id !== 'string') return unknown
  const facts = kind(object as never, scope)
  // A charge that no payment was made for (a seller's part, an old integration) is none of this interface's.
  if (facts.type === 'payment.updated' && facts.payment === undefined) return unknown
  // A draft that is deleted is sent as it last was.
  const gone = event.type === 'invoice.deleted' ? { status: 'void' } : {}
  return defined({ ...common, reference: ownReference(object), ...facts, ...gone }) as PaymentsEvent
}
