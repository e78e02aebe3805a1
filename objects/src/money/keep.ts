import type { RecordOptions } from '@do/books'
import type { Query } from '@do/core/full'
import type { Account, Dispute, Payment, Payout, Refund, Resolved, Transfer } from '@do/payments'
import type { WireMoney } from '@do/provider'
import type { Tenant } from '../tenant/tenant.ts'
import { withStatus } from '../tenant/undertaking.ts'
import { booksFor } from './ledger.ts'
import type { MovementRecord, PaymentRecord, SellerRecord } from './records.ts'
import { wire } from './wire.ts'

/** Writes down a thing as it is now: its record and its entries in the books, in one transaction. */
export function keep(tenant: Tenant, thing: Resolved, told: RecordOptions = {}): void {
  tenant.transaction(() => {
    record(tenant, thing)
    booksFor(tenant, thing.value.id).record(thing, told)
  })
}

function record(tenant: Tenant, thing: Resolved): void {
  if (thing.type === 'payment') keepPayment(tenant, thing.value)
  else if (thing.type === 'refund') keepMovement(tenant, thing.value, { kind: 'refund', payment: thing.value.payment })
  else if (thing.type === 'transfer') keepMovement(tenant, thing.value, { kind: 'transfer', seller: thing.value.account })
  else if (thing.type === 'payout') keepMovement(tenant, thing.value, { kind: 'payout' })
  else if (thing.type === 'dispute') keepDispute(tenant, thing.value)
  else if (thing.type === 'account') keepSeller(tenant, thing.value)
}

/** Nobody knows it yet, and something of its kind is just being made: it may be that. */
export function isAwaited(tenant: Tenant, { type, value }: Resolved): boolean {
  const books = { payment: tenant.payments, refund: tenant.movements, transfer: tenant.movements, payout: tenant.movements }[
    type as 'payment'
  ]
  if (books === undefined || books.list({ where: { handle: value.id }, limit: 1 }).items.length > 0) return false
  const { amount, currency } = (value as Payment).amount
  const fits = ({ handle, amount: asked }: Pick<PaymentRecord, 'handle'> & { readonly amount?: WireMoney }) =>
    handle === undefined && (asked === undefined || (asked.currency === currency && asked.amount === amount.toString()))
  return ['pending', 'unknown'].some((status) =>
    books.list({ where: { status: status as 'pending' }, limit: 1_000 }).items.some(fits),
  )
}

/** What was learned of a thing before the answer of its own request was known is one with it. */
export function dropStrays(
  books: Pick<Tenant['payments'] | Tenant['movements'], 'delete'> & { list(query: Query): { readonly items: readonly Kept[] } },
  { $id, handle }: Kept,
): void {
  if (handle === undefined) return
  const same = books.list({ where: { handle }, limit: 10 }).items
  for (const stray of same) if (stray.$id !== $id && stray.key === undefined) books.delete(stray.$id)
}

type Kept = { readonly $id: string; readonly handle?: string; readonly key?: string }

const providerOf = (handle: string) => handle.slice(0, handle.indexOf(':'))

/** What a payment's record says of the payment. */
export function paymentFacts(payment: Payment): Partial<PaymentRecord> & Pick<PaymentRecord, 'status'> {
  const { captured, refunded, action, failure, reference } = payment
  return {
    handle: payment.id,
    provider: providerOf(payment.id),
    status: payment.status,
    ...(captured === undefined ? {} : { captured: captured.amount.toString() }),
    ...(refunded === undefined ? {} : { refunded: refunded.amount.toString() }),
    ...(action === undefined ? {} : { action }),
    ...(failure === undefined ? {} : { failure }),
    ...(reference === undefined ? {} : { reference }),
  }
}

function keepPayment(tenant: Tenant, payment: Payment): void {
  const known = tenant.payments.list({ where: { handle: payment.id }, limit: 1 }).items[0]
  const facts = paymentFacts(payment)
  if (known === undefined) {
    // Made elsewhere: on a checkout page, by a subscription, or by hand at the vendor.
    tenant.payments.insert({
      amount: wire(payment.amount),
      trail: [],
      history: [{ status: facts.status, at: tenant.now() }],
      ...facts,
    })
    return
  }
  const { action: _, ...rest } = { ...known, ...facts, ...withStatus(tenant, known, facts.status) }
  tenant.payments.upsert(known.$id, payment.action === undefined ? rest : { ...rest, action: payment.action })
}

export type Movement = Refund | Transfer | Payout

/** What the record of a movement says of it. */
export function movementFacts(movement: Movement): Partial<MovementRecord> & Pick<MovementRecord, 'status'> {
  return { handle: movement.id, provider: providerOf(movement.id), status: movement.status, amount: wire(movement.amount) }
}

function keepMovement(tenant: Tenant, movement: Movement, more: Pick<MovementRecord, 'kind' | 'payment' | 'seller'>): void {
  const known = tenant.movements.list({ where: { handle: movement.id }, limit: 1 }).items[0]
  const facts = movementFacts(movement)
  if (known === undefined)
    tenant.movements.insert({ ...more, trail: [], history: [{ status: facts.status, at: tenant.now() }], ...facts })
  else tenant.movements.update(known.$id, { ...facts, ...withStatus(tenant, known, facts.status) } as Partial<MovementRecord>)
}

function keepDispute(tenant: Tenant, { id: handle, payment, amount, status, reason, respondBy }: Dispute): void {
  const known = tenant.disputes.list({ where: { handle }, limit: 1 }).items[0]
  const facts = {
    handle,
    payment,
    amount: wire(amount),
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(respondBy === undefined ? {} : { respondBy }),
  }
  if (known?.status === status) return
  if (known === undefined) tenant.disputes.insert(facts)
  else tenant.disputes.update(known.$id, facts)
  tenant.note('runtime', `dispute.${status}`, handle)
}

/** What a seller's record says of the account. */
export function sellerFacts(account: Account): Partial<SellerRecord> & Pick<SellerRecord, 'status'> {
  const { status, chargesEnabled, payoutsEnabled, requirements, disabledReason } = account
  return {
    handle: account.id,
    provider: providerOf(account.id),
    status,
    chargesEnabled,
    payoutsEnabled,
    requirements,
    ...(disabledReason === undefined ? {} : { disabledReason }),
  }
}

function keepSeller(tenant: Tenant, account: Account): void {
  const known = tenant.sellers.list({ where: { handle: account.id }, limit: 1 }).items[0]
  const facts = sellerFacts(account)
  if (known === undefined) return
  if (known.status !== facts.status) tenant.note('runtime', `seller.${facts.status}`, account.id)
  const { disabledReason: _, ...rest } = { ...known, ...facts, ...withStatus(tenant, known, facts.status) }
  tenant.sellers.upsert(known.$id, facts.disabledReason === undefined ? rest : { ...rest, disabledReason: facts.disabledReason })
}
