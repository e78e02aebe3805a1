import type { Entry } from '@do/ledger'
import type { Money } from '@do/provider'
import { dayOf } from './lines.ts'
import type { Setting } from './posting.ts'

/**
 * `matched`: both sides say the same. `waiting`: we know of it, the provider's ledger does not yet, and it is young.
 * `missing_at_provider`: the same, but older than it should be. `missing_in_books`: the provider moved money for something that
 * nobody told us of. `different`: both know it, and the amounts differ. `unmapped`: a movement that nobody knows the meaning of.
 */
export type Finding = 'matched' | 'waiting' | 'missing_at_provider' | 'missing_in_books' | 'different' | 'unmapped'

export interface ReconciledItem {
  readonly finding: Finding
  /** The payment, refund, dispute, transfer or payout; for an unmapped movement the balance transaction. */
  readonly item: string
  readonly currency: string
  /** What the books expect at the provider because of it, and what the provider's ledger has. */
  readonly booked: bigint
  readonly provided: bigint
  /** Days since one first heard of it. */
  readonly ageDays: number
}

export interface Reconciliation {
  readonly provider: string
  readonly account?: string
  /** The day it was made. */
  readonly day: string
  /** Everything agrees: nothing missing, different or unmapped, and the balances are equal. */
  readonly ok: boolean
  readonly counts: Readonly<Record<Finding, number>>
  /** Everything that is not matched, oldest first; with `matched: true` the matched ones too. */
  readonly items: readonly ReconciledItem[]
  /** The provider's own balance beside that of the books, by currency. */
  readonly balances: readonly { readonly currency: string; readonly provider: bigint; readonly books: bigint }[]
}

export interface ReportOptions {
  /** Days after which something that only we know of is missing. Default 7. */
  readonly settleDays?: number
  readonly matched?: boolean
}

/** Compares item by item what the clearing account has from both sides. */
export function compare(setting: Setting, options: ReportOptions = {}): Pick<Reconciliation, 'counts' | 'items'> {
  const { ledger, chart } = setting
  const { settleDays = 7 } = options
  const today = dayOf(setting.now())
  const age = (from: string) => Math.round((Date.parse(today) - Date.parse(from)) / 86_400_000)
  const counts = { matched: 0, waiting: 0, missing_at_provider: 0, missing_in_books: 0, different: 0, unmapped: 0 }
  const items: ReconciledItem[] = []
  const add = (found: ReconciledItem) => {
    counts[found.finding] += 1
    if (found.finding !== 'matched' || options.matched) items.push(found)
  }
  for (const { item, currency, debit, credit, from } of ledger.items(chart.clearing)) {
    const ageDays = age(from)
    if (debit === credit) {
      add({ finding: 'matched', item, currency, booked: debit, provided: credit, ageDays })
      continue
    }
    const sides = sidesOf(ledger.entries({ metadata: { item } }), chart.clearing, currency)
    add({ ...sides.amounts, finding: judge(sides.known, ageDays > settleDays), item, currency, ageDays })
  }
  for (const { item, currency, debit, credit, from } of ledger.items(chart.suspense, { open: true }))
    add({ finding: 'unmapped', item, currency, booked: 0n, provided: credit - debit, ageDays: age(from) })
  return { counts, items: items.sort((a, b) => b.ageDays - a.ageDays) }
}

function judge({ payments, provider }: Known, old: boolean): Finding {
  if (payments && provider) return 'different'
  if (provider) return 'missing_in_books'
  return old ? 'missing_at_provider' : 'waiting'
}

interface Known {
  readonly payments: boolean
  readonly provider: boolean
}

/** What either side has said of one item: the payments' side debits clearing what the provider should credit. */
function sidesOf(entries: readonly Entry[], clearing: string, currency: string) {
  const sums = { payments: 0n, provider: 0n }
  const known = { payments: false, provider: false }
  for (const { lines, metadata } of entries) {
    const origin = metadata?.origin === 'provider' ? 'provider' : 'payments'
    for (const line of lines) {
      if (line.account !== clearing || line.currency !== currency) continue
      known[origin] = true
      sums[origin] += line.side === 'debit' ? line.amount : -line.amount
    }
  }
  return { known, amounts: { booked: sums.payments, provided: -sums.provider } }
}

/** What the books say stands at the provider today, by currency. */
export function balancesAtProvider({ ledger, chart }: Setting): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const account of [chart.available, chart.pending])
    for (const { account: name, currency, posted } of ledger.balances(account))
      if (name === account) sums.set(currency, (sums.get(currency) ?? 0n) + posted)
  return sums
}

export function compareBalances(setting: Setting, provider: readonly Money[]): Reconciliation['balances'] {
  const books = balancesAtProvider(setting)
  const theirs = new Map<string, bigint>()
  for (const { amount, currency } of provider) theirs.set(currency, (theirs.get(currency) ?? 0n) + amount)
  return [...new Set([...books.keys(), ...theirs.keys()])]
    .sort()
    .map((currency) => ({ currency, provider: theirs.get(currency) ?? 0n, books: books.get(currency) ?? 0n }))
}
