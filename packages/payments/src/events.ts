import { fields } from '@do/provider'
import * as z from 'zod/mini'
import {
  accountStatus,
  checkoutStatus,
  declineReason,
  disputeStatus,
  invoiceStatus,
  paymentStatus,
  payoutStatus,
  refundStatus,
  subscriptionStatus,
  transferStatus,
} from './status.ts'

const common = {
  eventId: z.string(),
  /** When it happened, by the vendor's clock. Events come late, twice and in any order: order them by nothing; `resolve` instead. */
  at: z.optional(fields.instant),
  /** The connected account it is of; absent for one's own. */
  account: z.optional(fields.handle),
  /** Our reference of the intent that made it, where the vendor gave it back. */
  reference: z.optional(z.string()),
  /** As the event says, which may be old news by now. */
  amount: z.optional(fields.money),
  vendorCode: z.optional(z.string()),
  raw: z.optional(z.unknown()),
}

/**
 * What became of a thing. Each event names it by its handle; `resolve(event)` reads it as it is now. `status` is absent where
 * the vendor only says that something changed.
 */
export const event = z.union([
  z.object({
    type: z.literal('payment.updated'),
    ...common,
    payment: fields.handle,
    status: z.optional(paymentStatus),
    failure: z.optional(declineReason),
  }),
  z.object({
    type: z.literal('refund.updated'),
    ...common,
    refund: fields.handle,
    payment: z.optional(fields.handle),
    status: z.optional(refundStatus),
  }),
  z.object({
    type: z.literal('dispute.updated'),
    ...common,
    dispute: fields.handle,
    payment: z.optional(fields.handle),
    status: z.optional(disputeStatus),
  }),
  z.object({ type: z.literal('checkout.updated'), ...common, checkout: fields.handle, status: z.optional(checkoutStatus) }),
  z.object({
    type: z.literal('subscription.updated'),
    ...common,
    subscription: fields.handle,
    status: z.optional(subscriptionStatus),
  }),
  z.object({ type: z.literal('invoice.updated'), ...common, invoice: fields.handle, status: z.optional(invoiceStatus) }),
  z.object({ type: z.literal('transfer.updated'), ...common, transfer: fields.handle, status: z.optional(transferStatus) }),
  z.object({ type: z.literal('payout.updated'), ...common, payout: fields.handle, status: z.optional(payoutStatus) }),
  z.object({ type: z.literal('account.updated'), ...common, connected: fields.handle, status: z.optional(accountStatus) }),
  /** The vendor took the access to a connected account away. */
  z.object({ type: z.literal('account.deauthorized'), ...common, connected: fields.handle }),
  z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
])

export type PaymentsEvent = z.output<typeof event>
