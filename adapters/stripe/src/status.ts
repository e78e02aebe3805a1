import type {
  AccountStatus,
  DisputeStatus,
  InvoiceStatus,
  PaymentStatus,
  PayoutStatus,
  RefundStatus,
  SubscriptionStatus,
  TransactionType,
  TransferStatus,
} from '@do/payments'
import type { Stripe } from 'stripe'

type Table<Word> = Readonly<Record<string, Word>>

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
export function paymentStatus(intent: Stripe.PaymentIntent): PaymentStatus {
  switch (intent.status) {
    case 'requires_action':
      return 'requires_action'
    case 'processing':
      return 'processing'
    case 'requires_capture':
      return intent.amount_received > 0 ? 'partially_captured' : 'authorized'
    case 'succeeded':
      return 'captured'
    case 'canceled':
      // Of several captures only the last was called off.
      if (intent.amount_received > 0) return 'captured'
      // What nobody captures in time Stripe cancels by itself.
      return intent.cancellation_reason === 'automatic' || intent.cancellation_reason === 'expired' ? 'expired' : 'canceled'
    case 'requires_payment_method':
      return intent.last_payment_error ? 'failed' : 'created'
    case 'requires_confirmation':
      return 'created'
    // A state that Stripe has made since: neither nothing yet, to be tried again, nor anything that is settled.
    default:
      return 'processing'
  }
}

const refunds: Table<RefundStatus> = {
  pending: 'pending',
  requires_action: 'requires_action',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
}
export const refundStatus = (status: string | null): RefundStatus => refunds[status ?? ''] ?? 'pending'

const payouts: Table<PayoutStatus> = {
  pending: 'pending',
  in_transit: 'in_transit',
  paid: 'paid',
  failed: 'failed',
  canceled: 'canceled',
}
export const payoutStatus = (status: string): PayoutStatus => payouts[status] ?? 'pending'

export const transferStatus = ({ reversed, amount_reversed }: Stripe.Transfer): TransferStatus =>
  reversed ? 'reversed' : amount_reversed > 0 ? 'partially_reversed' : 'succeeded'

/** A closed inquiry, like a prevented dispute, took no money. https://docs.stripe.com/disputes/how-disputes-work */
const disputes: Table<DisputeStatus> = {
  warning_needs_response: 'warning',
  warning_under_review: 'warning',
  warning_closed: 'prevented',
  needs_response: 'needs_response',
  appeal_needs_response: 'needs_response',
  under_review: 'under_review',
  appeal_under_review: 'under_review',
  won: 'won',
  lost: 'lost',
  prevented: 'prevented',
}
export const disputeStatus = (status: string): DisputeStatus => disputes[status] ?? 'under_review'

const subscriptions: Table<SubscriptionStatus> = {
  incomplete: 'incomplete',
  incomplete_expired: 'ended',
  trialing: 'trialing',
  active: 'active',
  past_due: 'past_due',
  paused: 'paused',
  unpaid: 'unpaid',
  canceled: 'canceled',
}
export function subscriptionStatus({ status, pause_collection }: Stripe.Subscription): SubscriptionStatus {
  // What is paused by hand stays `active` at Stripe; it only collects nothing.
  if (pause_collection && (status === 'active' || status === 'trialing')) return 'paused'
  return subscriptions[status] ?? 'incomplete'
}

const invoices: Table<InvoiceStatus> = {
  draft: 'draft',
  open: 'open',
  paid: 'paid',
  void: 'void',
  uncollectible: 'uncollectible',
}
export const invoiceStatus = (status: string | null): InvoiceStatus => invoices[status ?? ''] ?? 'draft'

export function accountStatus(account: Stripe.Account): AccountStatus {
  const reason = account.requirements?.disabled_reason ?? ''
  if (reason.startsWith('rejected.')) return 'rejected'
  if (account.charges_enabled && account.payouts_enabled) return 'enabled'
  if (!account.details_submitted || reason === 'requirements.pending_verification' || reason === 'under_review') return 'pending'
  return 'restricted'
}

/** https://docs.stripe.com/reports/balance-transaction-types */
const types: Table<TransactionType> = {
  charge: 'charge',
  payment: 'charge',
  refund: 'refund',
  payment_refund: 'refund',
  payment_reversal: 'refund',
  refund_failure: 'refund_failure',
  payment_failure_refund: 'refund',
  application_fee: 'application_fee',
  application_fee_refund: 'application_fee_refund',
  transfer: 'transfer',
  transfer_cancel: 'transfer_reversal',
  transfer_failure: 'transfer_reversal',
  transfer_refund: 'transfer_reversal',
  payout: 'payout',
  payout_cancel: 'payout_failure',
  payout_failure: 'payout_failure',
  stripe_fee: 'fee',
  stripe_fx_fee: 'fee',
  tax_fee: 'fee',
}

/** The categories that say more than the type does: disputes are adjustments. */
const categories: Table<TransactionType> = {
  dispute: 'dispute',
  dispute_reversal: 'dispute_reversal',
  fee: 'fee',
  network_cost: 'fee',
  currency_conversion: 'exchange',
  partial_capture_reversal: 'refund',
  charge_failure: 'refund',
  platform_earning: 'application_fee',
  platform_earning_refund: 'application_fee_refund',
  transfer_reversal: 'transfer_reversal',
  payout_reversal: 'payout_failure',
  refund_failure: 'refund_failure',
  connect_reserved_funds: 'adjustment',
}

export const transactionType = ({ type, reporting_category }: Stripe.BalanceTransaction): TransactionType =>
  categories[reporting_category] ?? types[type] ?? (type === 'adjustment' ? 'adjustment' : 'other')
