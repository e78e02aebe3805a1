import * as z from 'zod/mini'

/**
 * How far a payment has come. `captured`, `canceled`, `failed` and `expired` are final for the charge itself; refunds and
 * disputes are things of their own.
 */
export const paymentStatus = z.enum([
  'created',
  'requires_action',
  'processing',
  'authorized',
  'partially_captured',
  'captured',
  'canceled',
  'failed',
  'expired',
])

export const refundStatus = z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled'])
/** `paid` may still become `failed`: a bank sends money back days later. */
export const payoutStatus = z.enum(['pending', 'in_transit', 'paid', 'failed', 'canceled'])
export const transferStatus = z.enum(['pending', 'succeeded', 'failed', 'reversed', 'partially_reversed'])
export const disputeStatus = z.enum(['warning', 'needs_response', 'under_review', 'won', 'lost', 'accepted', 'prevented'])
export const subscriptionStatus = z.enum([
  'incomplete',
  'trialing',
  'active',
  'past_due',
  'paused',
  'unpaid',
  'canceled',
  'ended',
])
export const invoiceStatus = z.enum(['draft', 'open', 'paid', 'void', 'uncollectible'])
export const accountStatus = z.enum(['pending', 'restricted', 'enabled', 'rejected'])
export const checkoutStatus = z.enum(['open', 'complete', 'expired'])

/** Why a charge was declined or failed, in the suite's own words, whatever the vendor calls it. */
export const declineReason = z.enum([
  'insufficient_funds',
  'card_declined',
  'expired_card',
  'incorrect_number',
  'incorrect_cvc',
  'authentication_required',
  'authentication_failed',
  'fraud_suspected',
  'lost_or_stolen',
  'limit_exceeded',
  'not_supported',
  'processing_error',
  'canceled_by_payer',
  'unknown',
])

/** What a line of the provider's own ledger is about. */
export const transactionType = z.enum([
  'charge',
  'refund',
  'refund_failure',
  'dispute',
  'dispute_reversal',
  'fee',
  'application_fee',
  'application_fee_refund',
  'transfer',
  'transfer_reversal',
  'payout',
  'payout_failure',
  'exchange',
  'adjustment',
  'other',
])

export type PaymentStatus = z.output<typeof paymentStatus>
export type RefundStatus = z.output<typeof refundStatus>
export type PayoutStatus = z.output<typeof payoutStatus>
export type TransferStatus = z.output<typeof transferStatus>
export type DisputeStatus = z.output<typeof disputeStatus>
export type SubscriptionStatus = z.output<typeof subscriptionStatus>
export type InvoiceStatus = z.output<typeof invoiceStatus>
export type AccountStatus = z.output<typeof accountStatus>
export type CheckoutStatus = z.output<typeof checkoutStatus>
export type DeclineReason = z.output<typeof declineReason>
export type TransactionType = z.output<typeof transactionType>
