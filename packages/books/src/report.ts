import type { Entry } from '@do/ledger'
import type { Money } from '@do/provider'
import { dayOf, daysBetween } from './days.ts'
import { entriesOf, type Setting } from './posting.ts'

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
  /** What is not matched, oldest first; with `matched: true` the matched ones too. */
  readonly items: readonly ReconciledItem[]
  /** The provider's own balance beside that of the books, by currency. None where the provider does not tell its balance. */
  readonly balances: readonly { readonly currency: string; readonly provider: bigint; readonly books: bigint }[]
}

export interface ReportOptions {
  /** Days after which something that only we know of is missing. Default 7. */
  readonly settleDays?: number
  /** So many items are listed, the oldest first. Default 1,000; the counts are of all. */
  readonly limit?: number
  /** List the matched ones too. */
  readonly matched?: boolean
}

/** Compares item by item what the clearing account has from both sides. What came to zero is counted, and not read. */
export function compare(setting: Setting, options: ReportOptions = {}): Pick<Reconciliation, 'counts' | 'items'> {
  const { ledger, chart, timeZone, now } = setting
  const { settleDays = 7, limit = 1_000, matched = false } = options
  const today = dayOf(now(), timeZone)
  const settled = ledger.countItems(chart.clearing).settled
  const counts = { matched: settled, waiting: 0, missing_at_provider: 0, missing_in_books: 0, different: 0, unmapped: 0 }
  const items: ReconciledItem[] = []
  const add = (found: ReconciledItem) => {
    counts[found.finding] += 1
    items.push(found)
  }
  for (const { item, currency, from } of ledger.items(chart.clearing, { open: true })) {
    const ageDays = Math.max(0, daysBetween(from, today))
    const { known, amounts } = sidesOf(entriesOf(setting, item), chart.clearing, currency)
    add({ ...amounts, finding: judge(known, ageDays > settleDays), item, currency, ageDays })
  }
  for (const { item, currency, debit, credit, from } of ledger.items(chart.suspense, { open: true })) {
    const ageDays = Math.max(0, daysBetween(from, today))
    add({ finding: 'unmapped', item, currency, booked: 0n, provided: credit - debit, ageDays })
  }
  if (matched) {
    for (const { item, currency, debit, credit, from } of ledger.items(chart.clearing)) {
      if (debit !== credit) continue
      const { amounts } = sidesOf(entriesOf(setting, item), chart.clearing, currency)
      items.push({ ...amounts, finding: 'matched', item, currency, ageDays: Math.max(0, daysBetween(from, today)) })
      if (items.length >= limit * 2) break
    }
  }
  return { counts, items: items.sort((a, b) => b.ageDays - a.ageDays).slice(0, limit) }
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
    const side = metadata?.movement === undefined ? 'payments' : 'provider'
    for (const line of lines) {
      if (line.account !== clearing) continue
      // Also in another currency: an amount that was exchanged where we did not expect it is different, not unknown.
      known[side] = true
      if (line.currency === currency) sums[side] += line.side === 'debit' ? line.amount : -line.amount
    }
  }
  return { known, amounts: { booked: sums.payments, provided: -sums.provider } }
}

/** What the books say stands at the provider, by currency. */
function balancesAtProvider({ ledger, chart }: Setting): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const account of [chart.available, chart.pending])
    for (const { account: name, currency, posted } of ledger.balances(account))
      if (name === account) sums.set(currency, (sums.get(currency) ?? 0n) + posted)
  return sums
}

export function compareBalances(setting: Setting, provider: readonly Money[] | undefined): Reconciliation['balances'] {
  if (provider === undefined) return []
  const books = balancesAtProvider(setting)
  const theirs = new Map<string, bigint>()
  for (const { amount, currency } of provider) theirs.set(currency, (theirs.get(currency) ?? 0n) + amount)
  return [...new Set([...books.keys(), ...theirs.keys()])]
    .sort()
    .map((currency) => ({ currency, provider: theirs.get(currency) ?? 0n, books: books.get(currency) ?? 0n }))
}
