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
  transactionType,
  transferStatus,
} from './status.ts'

/** Kept by the vendor with the thing and given back: at most 20 keys of 40 characters, values of 500. */
export const metadata = z
  .record(z.string().check(z.minLength(1), z.maxLength(40)), z.string().check(z.maxLength(500)))
  .check(z.refine((given: Record<string, string>) => Object.keys(given).length <= 20, { error: 'must have at most 20 keys' }))

const raw = z.optional(z.unknown())

/** What the payer has to do next: follow a link, or go on in the vendor's own client library. */
export const action = z.union([
  z.object({ type: z.literal('redirect'), url: z.string() }),
  z.object({ type: z.literal('client'), clientSecret: z.string() }),
])

export const payment = z.object({
  id: fields.handle,
  status: paymentStatus,
  /** What the payer shall pay. */
  amount: fields.money,
  /** What has been captured; absent is zero. */
  captured: z.optional(fields.money),
  /** What has been refunded, pending refunds counted; absent is zero. */
  refunded: z.optional(fields.money),
  action: z.optional(action),
  /** Why the last try failed. */
  failure: z.optional(declineReason),
  /** The vendor's own code for the failure. */
  vendorCode: z.optional(z.string()),
  customer: z.optional(fields.handle),
  /** The part of a connected account, where it was divided. */
  split: z.optional(z.object({ account: fields.handle, fee: z.optional(fields.money) })),
  method: z.optional(fields.handle),
  /** Of the card, where it is one. */
  card: z.optional(z.object({ brand: z.optional(z.string()), last4: z.optional(z.string()) })),
  /** The merchant's own number for it (an order). */
  reference: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
  /** Until when an authorised amount can be captured. */
  captureBefore: z.optional(fields.instant),
  createdAt: z.optional(fields.instant),
  raw,
})

/** As a capture or cancellation leaves it. A vendor that cannot be asked for a payment (no `read-payments`) does not say its amount. */
export const changedPayment = z.extend(payment, { amount: z.optional(fields.money) })

export const refund = z.object({
  id: fields.handle,
  payment: fields.handle,
  status: refundStatus,
  amount: fields.money,
  vendorCode: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
  createdAt: z.optional(fields.instant),
  raw,
})

export const customer = z.object({
  id: fields.handle,
  name: z.optional(z.string()),
  email: z.optional(z.string()),
  phone: z.optional(z.string()),
  reference: z.optional(z.string()),
  /** Charged when a subscription or an invoice names no method. */
  defaultMethod: z.optional(fields.handle),
  metadata: z.optional(z.record(z.string(), z.string())),
  deleted: z.optional(z.boolean()),
  createdAt: z.optional(fields.instant),
  raw,
})

export const method = z.object({
  id: fields.handle,
  customer: z.optional(fields.handle),
  type: z.string(),
  card: z.optional(
    z.object({
      brand: z.optional(z.string()),
      last4: z.optional(z.string()),
      expiry: z.optional(z.object({ month: z.int(), year: z.int() })),
    }),
  ),
  raw,
})

export const checkout = z.object({
  id: fields.handle,
  /** Where the payer goes. Absent once it is complete or expired. */
  url: z.optional(z.string()),
  status: checkoutStatus,
  amount: z.optional(fields.money),
  payment: z.optional(fields.handle),
  subscription: z.optional(fields.handle),
  reference: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
  expiresAt: z.optional(fields.instant),
  createdAt: z.optional(fields.instant),
  raw,
})

export const product = z.object({
  id: fields.handle,
  name: z.string(),
  description: z.optional(z.string()),
  active: z.boolean(),
  metadata: z.optional(z.record(z.string(), z.string())),
  raw,
})

export const interval = z.object({
  unit: z.enum(['day', 'week', 'month', 'year']),
  count: z._default(z.int().check(z.gte(1), z.lte(365)), 1),
})

export const price = z.object({
  id: fields.handle,
  product: fields.handle,
  amount: fields.money,
  /** Absent for a price paid once. */
  interval: z.optional(interval),
  active: z.boolean(),
  raw,
})

export const subscription = z.object({
  id: fields.handle,
  customer: fields.handle,
  price: fields.handle,
  quantity: z.int(),
  status: subscriptionStatus,
  /** What has to be done before the first payment is through. */
  action: z.optional(action),
  currentPeriod: z.optional(z.object({ start: fields.instant, end: fields.instant })),
  trialEndsAt: z.optional(fields.instant),
  /** It ends by itself then. */
  cancelAt: z.optional(fields.instant),
  latestInvoice: z.optional(fields.handle),
  reference: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
  createdAt: z.optional(fields.instant),
  raw,
})

export const invoice = z.object({
  id: fields.handle,
  number: z.optional(z.string()),
  customer: fields.handle,
  subscription: z.optional(fields.handle),
  status: invoiceStatus,
  total: fields.money,
  due: fields.money,
  paid: fields.money,
  dueAt: z.optional(fields.instant),
  /** Tries to collect it so far, and the next one: dunning. */
  attempts: z.optional(z.int()),
  nextAttemptAt: z.optional(fields.instant),
  payment: z.optional(fields.handle),
  /** The page where the customer sees and pays it. */
  url: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
  createdAt: z.optional(fields.instant),
  raw,
})

/** One thing that the vendor wants to know before an account may go on. */
export const requirement = z.object({
  /** The vendor's own name of it. */
  code: z.string(),
  state: z.enum(['eventually_due', 'currently_due', 'past_due', 'pending_verification']),
  dueAt: z.optional(fields.instant),
})

export const account = z.object({
  id: fields.handle,
  status: accountStatus,
  chargesEnabled: z.boolean(),
  payoutsEnabled: z.boolean(),
  requirements: z.array(requirement),
  /** The vendor's reason when it is restricted or rejected. */
  disabledReason: z.optional(z.string()),
  country: z.optional(z.string()),
  email: z.optional(z.string()),
  reference: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
  createdAt: z.optional(fields.instant),
  raw,
})

export const transfer = z.object({
  id: fields.handle,
  /** Where the money goes. */
  account: fields.handle,
  amount: fields.money,
  reversed: z.optional(fields.money),
  status: transferStatus,
  /** The payment that it is a part of. */
  payment: z.optional(fields.handle),
  reference: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
  createdAt: z.optional(fields.instant),
  raw,
})

export const payout = z.object({
  id: fields.handle,
  amount: fields.money,
  status: payoutStatus,
  /** The connected account it is paid from; absent for one's own. */
  account: z.optional(fields.handle),
  /** When the bank should have it. */
  arrivesAt: z.optional(fields.instant),
  vendorCode: z.optional(z.string()),
  reference: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
  /** All its balance transactions can be listed now. */
  reconciled: z.optional(z.boolean()),
  createdAt: z.optional(fields.instant),
  raw,
})

export const balance = z.object({
  provider: z.string(),
  account: z.optional(fields.handle),
  /** Can be paid out or transferred now, by currency. */
  available: z.array(fields.money),
  /** On its way there. */
  pending: z.array(fields.money),
  /** Held back by the vendor. */
  reserved: z.optional(z.array(fields.money)),
  raw,
})

/** A line of the provider's own ledger. `net` is what it changed the balance by: `amount` - `fee`. */
export const transaction = z.object({
  id: fields.handle,
  type: transactionType,
  /** The vendor's own word. */
  vendorType: z.optional(z.string()),
  amount: fields.money,
  fee: fields.money,
  net: fields.money,
  /** What it is about: a payment, refund, dispute, transfer or payout. */
  source: z.optional(fields.handle),
  /** The payment behind it, where the vendor says. */
  payment: z.optional(fields.handle),
  payout: z.optional(fields.handle),
  /** Where the vendor exchanged: the amount before, and the exact rate as text. */
  exchanged: z.optional(z.object({ from: fields.money, rate: z.string() })),
  availableAt: z.optional(fields.instant),
  createdAt: fields.instant,
  raw,
})

export const dispute = z.object({
  id: fields.handle,
  payment: fields.handle,
  amount: fields.money,
  status: disputeStatus,
  /** The vendor's own word. */
  reason: z.optional(z.string()),
  respondBy: z.optional(fields.instant),
  createdAt: z.optional(fields.instant),
  raw,
})

/** As evidence or acceptance leaves it. A vendor that cannot be asked for a dispute (no `disputes`) does not say what it is about. */
export const changedDispute = z.extend(dispute, { payment: z.optional(fields.handle), amount: z.optional(fields.money) })
