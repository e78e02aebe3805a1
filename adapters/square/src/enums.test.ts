import { Square } from 'square'
import { describe, expect, it } from 'vitest'
import { within } from './client.ts'
import { disputeStatus } from './disputes.ts'
import { eventOf } from './events.ts'
import { invoiceStatus } from './invoices.ts'
import { paymentStatus, refundStatus } from './payment-map.ts'
import { payoutStatus } from './payouts.ts'
import { subscriptionStatus } from './subscriptions.ts'

type Table<Value extends string> = Readonly<Record<Value, string>>

const disputes: Table<Square.DisputeState> = {
  INQUIRY_EVIDENCE_REQUIRED: 'warning',
  INQUIRY_PROCESSING: 'warning',
  INQUIRY_CLOSED: 'prevented',
  EVIDENCE_REQUIRED: 'needs_response',
  PROCESSING: 'under_review',
  WON: 'won',
  LOST: 'lost',
  ACCEPTED: 'accepted',
}
const subscriptions: Table<Square.SubscriptionStatus> = {
  PENDING: 'trialing',
  ACTIVE: 'active',
  CANCELED: 'canceled',
  DEACTIVATED: 'unpaid',
  PAUSED: 'paused',
  COMPLETED: 'ended',
}
const invoices: Table<Square.InvoiceStatus> = {
  DRAFT: 'draft',
  UNPAID: 'open',
  SCHEDULED: 'open',
  PARTIALLY_PAID: 'open',
  PAYMENT_PENDING: 'open',
  PAID: 'paid',
  PARTIALLY_REFUNDED: 'paid',
  REFUNDED: 'paid',
  CANCELED: 'void',
  FAILED: 'uncollectible',
}
const payouts: Table<Square.PayoutStatus> = { SENT: 'in_transit', PAID: 'paid', FAILED: 'failed' }

describe('every state that the SDK knows has a word', () => {
  it.each(Object.values(Square.DisputeState))('dispute %s', (state) => expect(disputeStatus({ state })).toBe(disputes[state]))
  it.each(Object.values(Square.SubscriptionStatus))('subscription %s', (status) =>
    expect(subscriptionStatus({ status })).toBe(subscriptions[status]),
  )
  it.each(Object.values(Square.InvoiceStatus))('invoice %s', (status) => expect(invoiceStatus({ status })).toBe(invoices[status]))
  it.each(Object.values(Square.PayoutStatus))('payout %s', (status) => expect(payoutStatus({ status })).toBe(payouts[status]))
  // Mere text in the SDK; the values are those of its comments.
  it.each([
    ['APPROVED', 'authorized'],
    ['PENDING', 'processing'],
    ['COMPLETED', 'captured'],
    ['CANCELED', 'canceled'],
    ['FAILED', 'failed'],
    ['NEW_AT_SQUARE', 'processing'],
  ])('payment %s: %s', (status, word) => expect(paymentStatus({ status })).toBe(word))
  it.each([
    ['PENDING', 'pending'],
    ['COMPLETED', 'succeeded'],
    ['REJECTED', 'failed'],
    ['FAILED', 'failed'],
    ['NEW_AT_SQUARE', 'pending'],
  ])('refund %s: %s', (status, word) => expect(refundStatus({ status })).toBe(word))
})

it('compares instants, not their texts', () => {
  const since = '2026-01-01T00:00:00Z'
  expect(within({ since })({ createdAt: '2026-01-01T00:00:00.123Z' })).toBe(true)
  expect(within({ since })({ createdAt: '2025-12-31T23:59:59.999Z' })).toBe(false)
  expect(within({ until: since })({ createdAt: '2026-01-01T00:00:00.123Z' })).toBe(false)
  expect(within({ until: since })({ createdAt: '2026-01-01T00:00:00.000Z' })).toBe(true)
})

it('tells of a payment whose amount it cannot tell', () => {
  const payment = { id: 'P1', status: 'COMPLETED', total_money: { amount: 5n, currency: 'BTC' } }
  const event = { type: 'payment.updated', event_id: 'e1', data: { id: 'P1', object: { payment } } }
  const told = eventOf(event, { handle: (id) => `square:${id}` })
  expect(told).toMatchObject({ type: 'payment.updated', eventId: 'e1', payment: 'square:P1', status: 'captured' })
  expect('amount' in told).toBe(false)
})
