import { fields } from '@do/provider'
import * as z from 'zod/mini'
import { interval, metadata } from './things.ts'

/** One provider among several, by its instance name, where the input itself does not say. */
const provider = z.optional(z.string().check(z.regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a provider instance')))
const text = (most: number) => z.string().check(z.minLength(1), z.maxLength(most))
const email = z.string().check(z.regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address'))
/** The merchant's own number for it (an order, an invoice). */
const reference = z.optional(text(100))
const quantity = z._default(z.int().check(z.gte(1), z.lte(1_000_000)), 1)

/** A method of one provider, or the same card as several providers know it: each takes its own. */
const method = z.union([fields.handle, z.array(fields.handle).check(z.minLength(1), z.maxLength(10))], {
  error: 'must be the handle of a payment method, such as "stripe:pm_1…", or a list of such handles',
})

/** A part of a payment for a connected account. */
const split = z.object({
  account: fields.handle,
  /** What the platform keeps. The rest goes to the account. */
  fee: z.optional(fields.amount),
})

export const createPayment = z
  .object({
    amount: fields.amount,
    /** With a method the payment is confirmed at once; without one it waits for `confirm` or for the vendor's client library. */
    method: z.optional(method),
    customer: z.optional(fields.handle),
    /** `manual` authorises only; `capture` takes the money. */
    capture: z._default(z.enum(['automatic', 'manual']), 'automatic'),
    /** Where the payer comes back to after a redirect or 3-D Secure. */
    returnUrl: z.optional(fields.url),
    /** The payer is not there: a renewal, a later charge. */
    offSession: z.optional(z.boolean()),
    /** Keep the method with the customer for later charges. */
    saveMethod: z.optional(z.boolean()),
    description: z.optional(text(500)),
    /** What the card statement shows. */
    statementDescriptor: z.optional(z.string().check(z.regex(/^[A-Za-z0-9 .\-*]{5,22}$/, 'must have 5 to 22 plain characters'))),
    split: z.optional(split),
    reference,
    metadata: z.optional(metadata),
    provider,
  })
  .check(
    z.refine((given) => given.split?.fee === undefined || given.split.fee.currency === given.amount.currency, {
      path: ['split', 'fee', 'currency'],
      error: 'must be the currency of the payment',
    }),
    z.refine((given) => given.split?.fee === undefined || given.split.fee.amount <= given.amount.amount, {
      path: ['split', 'fee', 'amount'],
      error: 'must not be more than the payment',
    }),
    z.refine((given) => !given.saveMethod || given.customer !== undefined, {
      path: ['customer'],
      error: 'is needed to keep the method',
    }),
  )

export const confirmPayment = z.object({
  id: fields.handle,
  method: z.optional(fields.handle),
  returnUrl: z.optional(fields.url),
  /** What the vendor's redirect or client library brought back, as it is (query parameters, a result token). */
  result: z.optional(z.record(z.string(), z.string())),
})

export const capturePayment = z.object({
  id: fields.handle,
  /** Default: all that is authorised. */
  amount: z.optional(fields.amount),
  /** The rest is let go. `false` leaves it for further captures (where the provider declares `multi-capture`). */
  final: z._default(z.boolean(), true),
})

export const createRefund = z.object({
  payment: fields.handle,
  /** Default: all that has not been refunded yet. */
  amount: z.optional(fields.amount),
  reason: z.optional(z.enum(['duplicate', 'fraudulent', 'requested_by_customer'])),
  /** Take the connected account's part back too. */
  reverseTransfer: z.optional(z.boolean()),
  /** Give the platform's fee back too. */
  refundFee: z.optional(z.boolean()),
  metadata: z.optional(metadata),
})

const person = {
  name: z.optional(text(200)),
  email: z.optional(email),
  phone: z.optional(fields.e164),
  reference,
  metadata: z.optional(metadata),
}
export const createCustomer = z.object({ ...person, provider })
export const updateCustomer = z.object({ id: fields.handle, ...person, defaultMethod: z.optional(fields.handle) })
export const attachMethod = z.object({ id: fields.handle, customer: fields.handle })

const line = z.union(
  [
    z.object({ price: fields.handle, quantity }),
    z.object({ name: text(250), amount: fields.amount, quantity, interval: z.optional(interval) }),
  ],
  { error: 'must have a price, or a name and an amount' },
)

export const createCheckout = z
  .object({
    lines: z.array(line).check(z.minLength(1), z.maxLength(100)),
    mode: z._default(z.enum(['payment', 'subscription']), 'payment'),
    successUrl: fields.url,
    cancelUrl: z.optional(fields.url),
    customer: z.optional(fields.handle),
    expiresAt: z.optional(fields.instant),
    reference,
    metadata: z.optional(metadata),
    provider,
  })
  .check(
    z.refine((given) => new Set(given.lines.flatMap((one) => ('amount' in one ? [one.amount.currency] : []))).size <= 1, {
      path: ['lines'],
      error: 'must all have one currency',
    }),
  )

export const createProduct = z.object({
  name: text(250),
  description: z.optional(text(1000)),
  metadata: z.optional(metadata),
  provider,
})
export const updateProduct = z.object({
  id: fields.handle,
  name: z.optional(text(250)),
  description: z.optional(text(1000)),
  active: z.optional(z.boolean()),
  metadata: z.optional(metadata),
})
export const createPrice = z.object({
  product: fields.handle,
  amount: fields.amount,
  interval: z.optional(interval),
  metadata: z.optional(metadata),
})
export const updatePrice = z.object({ id: fields.handle, active: z.boolean() })

export const createSubscription = z.object({
  customer: fields.handle,
  price: fields.handle,
  quantity,
  /** Default: the customer's. */
  method: z.optional(fields.handle),
  trialDays: z.optional(z.int().check(z.gte(1), z.lte(730))),
  reference,
  metadata: z.optional(metadata),
})
export const changeSubscription = z
  .object({
    id: fields.handle,
    price: z.optional(fields.handle),
    quantity: z.optional(z.int().check(z.gte(1), z.lte(1_000_000))),
    method: z.optional(fields.handle),
    /** What to do with the rest of the period: charge or credit the difference now, at the next invoice, or never. */
    proration: z._default(z.enum(['now', 'next_invoice', 'none']), 'next_invoice'),
  })
  .check(
    z.refine((given) => given.price !== undefined || given.quantity !== undefined || given.method !== undefined, {
      error: 'must change something: price, quantity or method',
    }),
  )
export const pauseSubscription = z.object({ id: fields.handle, resumeAt: z.optional(fields.instant) })
export const cancelSubscription = z.object({ id: fields.handle, at: z._default(z.enum(['now', 'period_end']), 'now') })

export const createInvoice = z.object({
  customer: fields.handle,
  lines: z.array(z.object({ name: text(250), amount: fields.amount, quantity })).check(z.minLength(1), z.maxLength(100)),
  /** Days until it is due; 0 collects it at once from the customer's method. */
  dueDays: z._default(z.int().check(z.gte(0), z.lte(365)), 30),
  description: z.optional(text(500)),
  reference,
  metadata: z.optional(metadata),
})
export const payInvoice = z.object({ id: fields.handle, method: z.optional(fields.handle) })

export const createAccount = z.object({
  country: fields.country,
  email: z.optional(email),
  type: z._default(z.enum(['individual', 'company']), 'company'),
  name: z.optional(text(200)),
  reference,
  metadata: z.optional(metadata),
  provider,
})
export const onboardingLink = z.object({
  account: fields.handle,
  returnUrl: fields.url,
  /** Where the vendor sends the person when the link has expired: make a new one there. */
  refreshUrl: fields.url,
})
export const onboarding = z.object({ account: fields.handle, url: z.string(), expiresAt: z.optional(fields.instant) })

export const createTransfer = z.object({
  account: fields.handle,
  amount: fields.amount,
  /** The payment whose money it is. Without it the money comes from the available balance. */
  payment: z.optional(fields.handle),
  reference,
  metadata: z.optional(metadata),
})
export const reverseTransfer = z.object({ id: fields.handle, amount: z.optional(fields.amount), metadata: z.optional(metadata) })
export const createPayout = z.object({
  amount: fields.amount,
  /** From a connected account's balance. Default: one's own. */
  account: z.optional(fields.handle),
  speed: z._default(z.enum(['standard', 'instant']), 'standard'),
  reference,
  metadata: z.optional(metadata),
  provider,
})

export const readBalance = z.object({ account: z.optional(fields.handle), provider })

export const evidence = z.object({
  id: fields.handle,
  /** Stated whole: a second submission before `submit` replaces the first. */
  evidence: z.object({
    explanation: z.optional(text(20_000)),
    customerName: z.optional(text(200)),
    customerEmail: z.optional(email),
    productDescription: z.optional(text(20_000)),
    shippingTracking: z.optional(text(200)),
    shippedAt: z.optional(fields.instant),
    refundPolicy: z.optional(text(20_000)),
  }),
  /** Hand it in, which can be done once. `false` only keeps it. */
  submit: z._default(z.boolean(), true),
})

const period = { since: z.optional(fields.instant), until: z.optional(fields.instant), limit: z.optional(fields.limit) }
export const lists = {
  payments: z.object({ ...period, customer: z.optional(fields.handle) }),
  refunds: z.object({ ...period, payment: z.optional(fields.handle) }),
  customers: z.object({ ...period, email: z.optional(email) }),
  methods: z.object({ customer: fields.handle, limit: z.optional(fields.limit) }),
  products: z.object({ limit: z.optional(fields.limit), active: z.optional(z.boolean()) }),
  prices: z.object({ limit: z.optional(fields.limit), product: z.optional(fields.handle) }),
  subscriptions: z.object({ limit: z.optional(fields.limit), customer: z.optional(fields.handle) }),
  invoices: z.object({ ...period, customer: z.optional(fields.handle), subscription: z.optional(fields.handle) }),
  accounts: z.object({ ...period }),
  transfers: z.object({ ...period, account: z.optional(fields.handle) }),
  payouts: z.object({ ...period, account: z.optional(fields.handle) }),
  transactions: z.object({ ...period, account: z.optional(fields.handle), payout: z.optional(fields.handle) }),
  disputes: z.object({ ...period, payment: z.optional(fields.handle) }),
}
