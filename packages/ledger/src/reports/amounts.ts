import type { Day, Instant, Ledger } from '../types.ts'
import { type BookAccount, movements } from './books.ts'
import { addDays, type Span } from './calendar.ts'
import { type Rates, ratesOf, rounded, worth } from './valuation.ts'

/** How a report shows accounts and money. */
export interface Presentation {
  /** A row for each account (`flat`, the default), or parents with the sum of what is below them (`tree`). */
  readonly accounts?: 'flat' | 'tree'
  /** Accounts below this level are added to their parent: 1 is the root. */
  readonly depth?: number
  /** Also rows that are zero in every column. */
  readonly zeros?: boolean
  /** One currency for all: every amount at the price of the last day of its column (or of `pricesOf`). */
  readonly currency?: string
  /** One day whose prices count for all columns. */
  readonly pricesOf?: Day
  /** As the books were known when this entry had been posted, or at this instant. Reads lines instead of daily sums. */
  readonly known?: number | Instant
}

/** Amounts by currency, one for each span. */
export type Amounts = ReadonlyMap<string, readonly bigint[]>

export interface AccountAmounts {
  readonly account: BookAccount
  readonly currency: string
  readonly debit: readonly bigint[]
  readonly credit: readonly bigint[]
}

/** What every account moved within each span; a span without beginning reaches back to the first entry. */
export function amountsIn(ledger: Ledger, spans: readonly Span[], { known, zeros = false }: Presentation): AccountAmounts[] {
  const days = new Set<Day>()
  for (const { from, to } of spans) {
    days.add(to)
    if (from !== undefined) days.add(addDays(from, -1))
  }
  const through = [...days].sort()
  const place = new Map(through.map((day, index) => [day, index]))
  const ends = spans.map(
    ({ from, to }) => [place.get(to) ?? 0, from === undefined ? -1 : (place.get(addDays(from, -1)) ?? 0)] as const,
  )
  const within = (sums: readonly bigint[]): bigint[] => {
    let total = 0n
    const running = sums.map((sum) => (total += sum))
    return ends.map(([last, before]) => (running[last] ?? 0n) - (running[before] ?? 0n))
  }
  const all = movements(ledger, through, known).map(({ account, currency, debit, credit }) => ({
    account,
    currency,
    debit: within(debit),
    credit: within(credit),
  }))
  // What moved only outside the spans has no place in the report.
  return all.filter(({ debit, credit }) => zeros || [...debit, ...credit].some((amount) => amount !== 0n))
}

/** Turns amounts into what is shown: as they are, or worth how much in the currency of presentation. */
export type Show = (amounts: Amounts) => Amounts

/** `days` are those whose prices count, one for each span. */
export function showing(
  ledger: Ledger,
  { currency, pricesOf }: Presentation,
  currencies: Iterable<string>,
  days: readonly Day[],
): Show {
  if (currency === undefined) return (amounts) => amounts
  const all = [...new Set([...currencies])]
  const byDay = new Map<Day, Rates>()
  const rates = days.map((day) => {
    const priced = pricesOf ?? day
    const known = byDay.get(priced) ?? ratesOf(ledger, all, currency, priced)
    byDay.set(priced, known)
    return known
  })
  const valued = (amounts: Amounts) =>
    rates.map((rate, index) => rounded(worth(new Map([...amounts].map(([code, values]) => [code, values[index] ?? 0n])), rate)))
  return (amounts) => (amounts.size === 0 ? amounts : new Map([[currency, valued(amounts)]]))
}

/** Sums, currency by currency. */
export function added(all: Iterable<Amounts>): Amounts {
  const sums = new Map<string, bigint[]>()
  for (const amounts of all) {
    for (const [currency, values] of amounts) {
      const sum = sums.get(currency)
      if (sum === undefined) sums.set(currency, [...values])
      else for (const [index, value] of values.entries()) sum[index] = (sum[index] ?? 0n) + value
    }
  }
  return sums
}

export function negated(amounts: Amounts): Amounts {
  return new Map([...amounts].map(([currency, values]) => [currency, values.map((value) => -value)]))
}
