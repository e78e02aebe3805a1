import type { DisputeStatus, InvoiceStatus, PaymentStatus, SubscriptionStatus } from '@do/payments'
import type { Stripe } from 'stripe'
import { describe, expect, it } from 'vitest'
import * as status from './status.ts'

/** Every value that the SDK names, without "and whatever else". A new one is an error of types here. */
type Named<Value> = Value extends string ? (string extends Value ? never : Value) : never
type Table<Value, Word> = Readonly<Record<Named<Value>, Word>>

const payments: Table<Stripe.PaymentIntent.Status, PaymentStatus> = {
  canceled: 'canceled',
  processing: 'processing',
  requires_action: 'requires_action',
  requires_capture: 'authorized',
  requires_confirmation: 'created',
  requires_payment_method: 'created',
  succeeded: 'captured',
}
const cancellations: Table<Stripe.PaymentIntent.CancellationReason, PaymentStatus> = {
  abandoned: 'canceled',
  automatic: 'expired',
  duplicate: 'canceled',
  expired: 'expired',
  failed_invoice: 'canceled',
  fraudulent: 'canceled',
  requested_by_customer: 'canceled',
  void_invoice: 'canceled',
}
const disputes: Table<Stripe.Dispute.Status, DisputeStatus> = {
  appeal_needs_response: 'needs_response',
  appeal_under_review: 'under_review',
  lost: 'lost',
  needs_response: 'needs_response',
  prevented: 'prevented',
  under_review: 'under_review',
  warning_closed: 'prevented',
  warning_needs_response: 'warning',
  warning_under_review: 'warning',
  won: 'won',
}
const subscriptions: Table<Stripe.Subscription.Status, SubscriptionStatus> = {
  active: 'active',
  canceled: 'canceled',
  incomplete: 'incomplete',
  incomplete_expired: 'ended',
  past_due: 'past_due',
  paused: 'paused',
  trialing: 'trialing',
  unpaid: 'unpaid',
}
const invoices: Table<Stripe.Invoice.Status, InvoiceStatus> = {
  draft: 'draft',
  open: 'open',
  paid: 'paid',
  uncollectible: 'uncollectible',
  void: 'void',
}

const intent = (more: object) =>
  status.paymentStatus({ amount_received: 0, last_payment_error: null, cancellation_reason: null, ...more } as never)

describe('every state that the SDK knows has a word', () => {
  it.each(Object.entries(payments))('payment %s: %s', (given, word) => expect(intent({ status: given })).toBe(word))
  it.each(Object.entries(cancellations))('payment canceled as %s: %s', (cancellation_reason, word) =>
    expect(intent({ status: 'canceled', cancellation_reason })).toBe(word),
  )
  it.each(Object.entries(disputes))('dispute %s: %s', (given, word) => expect(status.disputeStatus(given)).toBe(word))
  it.each(Object.entries(invoices))('invoice %s: %s', (given, word) => expect(status.invoiceStatus(given)).toBe(word))
  it.each(Object.entries(subscriptions))('subscription %s: %s', (given, word) =>
    expect(status.subscriptionStatus({ status: given, pause_collection: null } as never)).toBe(word),
  )
  // Mere text in the SDK; the values are those of its comments.
  it.each(['pending', 'in_transit', 'paid', 'failed', 'canceled'])('payout %s', (given) =>
    expect(status.payoutStatus(given)).toBe(given),
  )
  it.each(['pending', 'requires_action', 'succeeded', 'failed', 'canceled'])('refund %s', (given) =>
    expect(status.refundStatus(given)).toBe(given),
  )
})

describe('a state that the SDK does not know', () => {
  it('is one of waiting: never one that invites to pay again, to deliver or to book', () => {
    expect(intent({ status: 'new_at_stripe' })).toBe('processing')
    expect(status.payoutStatus('new_at_stripe')).toBe('pending')
    expect(status.refundStatus('new_at_stripe')).toBe('pending')
    expect(status.disputeStatus('new_at_stripe')).toBe('under_review')
  })
  it('of the balance is something else, whatever it is', () => {
    const type = (given: object) => status.transactionType({ reporting_category: 'other', type: 'other', ...given } as never)
    expect([type({ type: 'new_at_stripe' }), type({ type: 'topup' }), type({ type: 'adjustment' })]).toEqual([
      'other',
      'other',
      'adjustment',
    ])
  })
})
