import {
  type Account,
  type Balance,
  type BalanceTransaction,
  type Checkout,
  type Customer,
  type DeclineReason,
  type Dispute,
  fromVendorMinor,
  type Invoice,
  type Payment,
  type PaymentMethod,
  type PaymentStatus,
  type Payout,
  type Price,
  type Product,
  type Refund,
  type Subscription,
  type Transfer,
  type VendorMoney,
} from '@do/payments'
import type { Money } from '@do/provider'

/** How the vendor writes amounts: ISK with two digits, KWD in steps of ten. */
export const vendorMoney: VendorMoney = { exponents: { ISK: 2 }, steps: { KWD: 10n, ISK: 100n } }

export type Raw = Readonly<Record<string, any>>
type Named = (id: string) => string

const ids = /^(pay|re|cus|pm|co|prod|price|sub|inv|acct|tr|po|dp|txn)_[0-9a-z_]{2,20}$/

/** An answer without the vendor's id is not the vendor's answer. */
export function idOf(id: unknown): string {
  if (typeof id === 'string' && ids.test(id)) return id
  throw new Error('The answer has no id of the vendor.')
}

export const amountOf = ({ value, currency }: { value: string; currency: string }): Money =>
  fromVendorMinor(BigInt(value), currency, vendorMoney)

const statuses: Readonly<Record<string, PaymentStatus>> = {
  new: 'created',
  waiting: 'requires_action',
  processing: 'processing',
  authorized: 'authorized',
  partly_captured: 'partially_captured',
  captured: 'captured',
  canceled: 'canceled',
  failed: 'failed',
  expired: 'expired',
}

const failures: Readonly<Record<string, DeclineReason>> = {
  card_refused: 'card_declined',
  no_money: 'insufficient_funds',
  authentication_refused: 'authentication_failed',
  bank_refused: 'processing_error',
}

export const statusOf = (word: string): PaymentStatus | undefined => statuses[word]
export const failureOf = (word: string | undefined): DeclineReason | undefined =>
  word === undefined ? undefined : (failures[word] ?? 'unknown')

/** What every thing has: handle, times, the merchant's own data. */
const common = (raw: Raw, handle: Named) => ({
  id: handle(idOf(raw.id)),
  reference: raw.reference,
  metadata: raw.metadata,
  createdAt: raw.created_at,
  raw,
})
const named = (id: unknown, handle: Named) => (id === undefined ? undefined : handle(idOf(id)))

export const payment = (raw: Raw, handle: Named): Payment => ({
  ...common(raw, handle),
  status: statuses[raw.status] as PaymentStatus,
  amount: amountOf(raw.amount),
  captured: amountOf(raw.captured),
  refunded: amountOf(raw.refunded),
  action: raw.action === undefined ? undefined : { type: 'redirect', url: raw.action.url },
  failure: failureOf(raw.failure),
  vendorCode: raw.failure,
  customer: named(raw.customer, handle),
  method: named(raw.method, handle),
  captureBefore: raw.capture_before,
})

export const refund = (raw: Raw, handle: Named): Refund => ({
  ...common(raw, handle),
  payment: handle(idOf(raw.payment)),
  status: raw.status,
  amount: amountOf(raw.amount),
})

export const customer = (raw: Raw, handle: Named): Customer => ({
  ...common(raw, handle),
  ...{ name: raw.name, email: raw.email, phone: raw.phone },
  defaultMethod: named(raw.default_method, handle),
})

export const method = (raw: Raw, handle: Named): PaymentMethod => ({
  ...{ id: handle(idOf(raw.id)), type: raw.type, raw },
  customer: named(raw.customer, handle),
})

export const checkout = (raw: Raw, handle: Named): Checkout => ({
  ...common(raw, handle),
  ...{ url: raw.url, status: raw.status, amount: amountOf(raw.amount), expiresAt: raw.expires_at },
  payment: named(raw.payment, handle),
  subscription: named(raw.subscription, handle),
})

export const product = (raw: Raw, handle: Named): Product => ({
  ...{ id: handle(idOf(raw.id)), name: raw.name, description: raw.description, active: raw.active, metadata: raw.metadata, raw },
})

export const price = (raw: Raw, handle: Named): Price => ({
  ...{ id: handle(idOf(raw.id)), product: handle(idOf(raw.product)), amount: amountOf(raw.amount) },
  ...{ interval: raw.interval, active: raw.active, raw },
})

export const subscription = (raw: Raw, handle: Named): Subscription => ({
  ...common(raw, handle),
  ...{ customer: handle(idOf(raw.customer)), price: handle(idOf(raw.price)), quantity: raw.quantity, status: raw.status },
  ...{ currentPeriod: raw.period, trialEndsAt: raw.trial_ends_at, cancelAt: raw.cancel_at },
  latestInvoice: named(raw.latest_invoice, handle),
})

export const invoice = (raw: Raw, handle: Named): Invoice => ({
  ...{ id: handle(idOf(raw.id)), number: raw.number, customer: handle(idOf(raw.customer)), status: raw.status, url: raw.url },
  ...{ total: amountOf(raw.total), due: amountOf(raw.due), paid: amountOf(raw.paid), attempts: raw.attempts },
  ...{ dueAt: raw.due_at, nextAttemptAt: raw.next_attempt_at, metadata: raw.metadata, createdAt: raw.created_at, raw },
  subscription: named(raw.subscription, handle),
  payment: named(raw.payment, handle),
})

export const account = (raw: Raw, handle: Named): Account => ({
  ...common(raw, handle),
  ...{ status: raw.status, chargesEnabled: raw.charges, payoutsEnabled: raw.payouts },
  ...{ disabledReason: raw.reason, country: raw.country, email: raw.email },
  requirements: raw.requirements.map(({ code, state, due_at: dueAt }: Raw) => ({ code, state, dueAt })),
})

export const transfer = (raw: Raw, handle: Named): Transfer => ({
  ...common(raw, handle),
  ...{ account: handle(idOf(raw.account)), amount: amountOf(raw.amount), reversed: amountOf(raw.reversed), status: raw.status },
  payment: named(raw.payment, handle),
})

export const payout = (raw: Raw, handle: Named): Payout => ({
  ...common(raw, handle),
  ...{ amount: amountOf(raw.amount), status: raw.status, arrivesAt: raw.arrives_at, vendorCode: raw.failure },
  ...{ account: named(raw.account, handle), reconciled: raw.reconciled },
})

export const balance = (raw: Raw, handle: Named, provider: string): Balance => ({
  ...{ provider, account: named(raw.account, handle), raw },
  ...{ available: raw.available.map(amountOf), pending: raw.pending.map(amountOf) },
})

export const transaction = (raw: Raw, handle: Named): BalanceTransaction => ({
  ...{ id: handle(idOf(raw.id)), type: raw.type, vendorType: raw.type, raw },
  ...{ amount: amountOf(raw.amount), fee: amountOf(raw.fee), net: amountOf(raw.net) },
  ...{ source: named(raw.source, handle), payment: named(raw.payment, handle), payout: named(raw.payout, handle) },
  ...{ availableAt: raw.available_at, createdAt: raw.created_at },
})

export const dispute = (raw: Raw, handle: Named): Dispute => ({
  ...{ id: handle(idOf(raw.id)), payment: handle(idOf(raw.payment)), amount: amountOf(raw.amount) },
  ...{ status: disputeStatus(raw.status), reason: raw.reason, respondBy: raw.respond_by, createdAt: raw.created_at, raw },
})

export const disputeStatus = (word: string): Dispute['status'] => (word === 'inquiry' ? 'warning' : (word as Dispute['status']))
