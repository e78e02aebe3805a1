import type * as z from 'zod/mini'
import type * as inputs from './inputs.ts'
import type * as things from './things.ts'

export type { PaymentsEvent } from './events.ts'
export { fromVendorMinor, isoExponent, toVendorMinor, type VendorMoney } from './exponent.ts'
export { type Payments, payments } from './interface.ts'
export { type Outcome, outcomeOf } from './outcome.ts'
export { type Resolved, readSubject, type Subject, subjectOf } from './resolve.ts'
export { settleByEvent } from './settle.ts'
export type {
  AccountStatus,
  CheckoutStatus,
  DeclineReason,
  DisputeStatus,
  InvoiceStatus,
  PaymentStatus,
  PayoutStatus,
  RefundStatus,
  SubscriptionStatus,
  TransactionType,
  TransferStatus,
} from './status.ts'

export type Payment = z.output<typeof things.payment>
export type PaymentAction = z.output<typeof things.action>
export type Refund = z.output<typeof things.refund>
export type Customer = z.output<typeof things.customer>
export type PaymentMethod = z.output<typeof things.method>
export type Checkout = z.output<typeof things.checkout>
export type Product = z.output<typeof things.product>
export type Price = z.output<typeof things.price>
export type Subscription = z.output<typeof things.subscription>
export type Invoice = z.output<typeof things.invoice>
export type Account = z.output<typeof things.account>
export type Requirement = z.output<typeof things.requirement>
export type Transfer = z.output<typeof things.transfer>
export type Payout = z.output<typeof things.payout>
export type Balance = z.output<typeof things.balance>
export type BalanceTransaction = z.output<typeof things.transaction>
export type Dispute = z.output<typeof things.dispute>
export type CreatePaymentInput = z.input<typeof inputs.createPayment>
export type CreateCheckoutInput = z.input<typeof inputs.createCheckout>
export type CreateSubscriptionInput = z.input<typeof inputs.createSubscription>
