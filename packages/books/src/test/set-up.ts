import { DatabaseSync } from 'node:sqlite'
import { memoryPayments, memoryPaymentsTwin } from '@do/conformance/reference'
import { openLedger } from '@do/ledger'
import { nodeSqlite } from '@do/ledger/node'
import type { BalanceTransaction, Dispute, Payment, Payments, PaymentsEvent, Payout, Refund, Transfer } from '@do/payments'
import { testClock } from '@do/provider'
import { type BooksOptions, openBooks } from '../index.ts'

export const eur = (amount: bigint) => ({ amount, currency: 'EUR' })
export const day = 86_400_000

/** Books in memory, without any provider. `today` is what their clock says. */
export function newBooks(options: Partial<BooksOptions> = {}, today = '2026-03-20T12:00:00Z') {
  const clock = { now: Date.parse(today) }
  const sql = nodeSqlite(new DatabaseSync(':memory:'))
  const ledger = openLedger(sql, { now: () => clock.now })
  const books = openBooks(ledger, { provider: 'acme', now: () => clock.now, ...options })
  /** What stands on every account, by currency, without those at zero. */
  const standing = () =>
    Object.fromEntries(
      ledger
        .balances()
        .filter(({ account, posted }) => posted !== 0n && isLeaf(account))
        .map(({ account, currency, posted }) => [`${account} ${currency}`, posted]),
    )
  const isLeaf = (name: string) => !ledger.accounts.list().some((other) => other.name.startsWith(`${name}:`))
  return { clock, sql, ledger, books, standing }
}

const at = '2026-03-10T10:00:00Z'
export const payment = (more: Partial<Payment> = {}): Payment => ({
  ...{ id: 'acme:pay_1', status: 'captured', amount: eur(10_000n), captured: eur(10_000n), createdAt: at },
  ...more,
})
export const refund = (more: Partial<Refund> = {}): Refund => ({
  ...{ id: 'acme:re_1', payment: 'acme:pay_1', status: 'succeeded', amount: eur(2_500n), createdAt: at },
  ...more,
})
export const dispute = (more: Partial<Dispute> = {}): Dispute => ({
  ...{ id: 'acme:dp_1', payment: 'acme:pay_1', status: 'needs_response', amount: eur(10_000n), createdAt: at },
  ...more,
})
export const transfer = (more: Partial<Transfer> = {}): Transfer => ({
  ...{ id: 'acme:tr_1', account: 'acme:acct_1', amount: eur(9_000n), status: 'succeeded', createdAt: at },
  ...more,
})
export const payout = (more: Partial<Payout> = {}): Payout => ({
  ...{ id: 'acme:po_1', amount: eur(5_000n), status: 'in_transit', createdAt: at, arrivesAt: '2026-03-12T00:00:00Z' },
  ...more,
})

/** A line of the provider's ledger that changes its balance by `amount` - `fee`. */
export function movement(type: BalanceTransaction['type'], amount: bigint, more: Partial<BalanceTransaction> = {}, fee = 0n) {
  const { currency } = more.amount ?? eur(0n)
  const money = (value: bigint) => ({ amount: value, currency })
  return {
    ...{ id: `acme:txn_${type}`, type, createdAt: at },
    ...{ amount: money(amount), fee: money(fee), net: money(amount - fee) },
    ...more,
  } as BalanceTransaction
}

/** A provider that says what it is told to: its ledger, its balance and its things. */
export function scripted(script: {
  readonly movements: readonly BalanceTransaction[]
  readonly things?: readonly { readonly id: string }[]
  readonly pageSize?: number
}) {
  const { movements, things = [], pageSize = 2 } = script
  const asked: string[] = []
  const get = async (id: string) => {
    asked.push(id)
    const thing = things.find((one) => one.id === id)
    if (thing === undefined) throw Object.assign(new Error('It is not there.'), { code: 'not_found' })
    return thing
  }
  const page = async (cursor = 'acme:') => {
    asked.push(cursor)
    const start = Number(cursor.slice('acme:'.length))
    const items = movements.slice(start, start + pageSize)
    return start + pageSize < movements.length ? { items, cursor: `acme:${start + pageSize}` } : { items }
  }
  const balance = async () => ({ provider: 'acme', available: movements.map(({ net }) => net), pending: [] })
  const face = { get }
  const provider = {
    ...{ payments: face, refunds: face, disputes: face, transfers: face, payouts: face },
    balance: { get: balance, transactions: () => ({ page }) },
  } as unknown as Payments
  return { provider, asked }
}

/** The reference vendor with everything that can happen, books, and what the vendor's webhooks told. */
export function newShop(seed = 1) {
  const twin = memoryPaymentsTwin({ clock: testClock(Date.parse('2026-03-01T00:00:00Z')), seed })
  const provider = memoryPayments({ ...twin.credentials, fetch: twin.fetch, clock: twin.clock })
  const events: PaymentsEvent[] = []
  twin.connect(async (request) => {
    events.push(...(await provider.receive(request)))
    return new Response(null, { status: 200 })
  })
  const now = () => twin.clock.now()
  const sql = nodeSqlite(new DatabaseSync(':memory:'))
  const ledger = openLedger(sql, { now })
  const books = openBooks(ledger, { provider: 'memory', now })
  const pay = (amount: bigint, method: string = twin.methods.ok, more: object = {}) =>
    provider.payments.create({ amount: eur(amount), method: `memory:${method}`, ...more })
  return { twin, provider, events, sql, ledger, books, pay }
}

export type Shop = ReturnType<typeof newShop>
export const own = (handle: string) => handle.slice(handle.indexOf(':') + 1)
