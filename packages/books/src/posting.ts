import type { Entry, EntryInput, Ledger, Line } from '@do/ledger'
import type { Payment } from '@do/payments'
import type { Chart } from './chart.ts'
import { dayAfter, dayOf } from './days.ts'

/** What books are kept of, and where. */
export interface Setting {
  readonly ledger: Ledger
  readonly chart: Chart
  /** The provider instance: the first part of every handle. */
  readonly provider: string
  /** The connected account whose books these are; without it the platform's own. */
  readonly account: string | undefined
  /** Account that a payment's revenue goes to. */
  readonly revenue: (payment: Payment) => string
  /** Whose days are booked. Default UTC. */
  readonly timeZone: string | undefined
  /** Epoch milliseconds. */
  readonly now: () => number
}

/**
 * Who says so. What we did and were told is about a `thing`; a line of the provider's own ledger is a `movement`, and says of
 * which type. `item` is the handle that the clearing account matches by; `payment` is behind it, where it is not the item.
 */
export type Source = { readonly item: string; readonly payment?: string } & (
  | { readonly thing: string }
  | { readonly movement: string }
)

export interface Posting {
  /** Unique for what happened: posting it again changes nothing. */
  readonly key: string
  readonly date: string
  readonly description: string
  readonly lines: readonly Line[]
  readonly source: Source
}

/** Posts what is not posted yet, all or nothing. Answers how many entries were new. */
export function post({ ledger }: Setting, postings: readonly Posting[]): number {
  const fresh = new Map<string, EntryInput>()
  const locked = ledger.periods.locked()
  for (const { key, source, date, ...entry } of postings) {
    if (entry.lines.length === 0 || isPosted(ledger, key)) continue
    // What one hears of too late for its period goes into the first day that is still open.
    const open = locked === undefined || date > locked ? date : dayAfter(locked)
    fresh.set(key, { ...entry, date: open, metadata: { ...source } })
  }
  // What the books refused once (a closed account) is tried again: it happened, and has to be booked when they allow it.
  const [only] = fresh
  if (fresh.size === 1 && only !== undefined) ledger.post(only[1], { key: only[0], retryRefused: true })
  else if (fresh.size > 1) {
    const entries = [...fresh].map(([key, entry]) => ({ key, entry }))
    ledger.postAll(entries, { retryRefused: true })
  }
  return fresh.size
}

const isPosted = (ledger: Ledger, key: string): boolean => ledger.outcome(key).state === 'applied'

/** All that was booked of an item, in order. */
export const entriesOf = ({ ledger }: Setting, item: string): Entry[] => ledger.entries({ metadata: { item } })

/** What was booked of a thing from what we did and were told: the words that end the keys, in order. */
export const stepsOf = (entries: readonly Entry[]): string[] =>
  entries.flatMap(({ key, metadata }) =>
    metadata?.thing === undefined || key === undefined ? [] : [key.slice(key.lastIndexOf('/') + 1)],
  )

/** What stands on an account because of an item: debits less credits. */
export function standing({ ledger }: Setting, account: string, item: string, currency: string): bigint {
  const found = ledger.items(account, { item }).find((one) => one.currency === currency)
  return found === undefined ? 0n : found.debit - found.credit
}

/** The day of an instant in these books, and never one that has not come yet. */
export const past = ({ timeZone, now }: Setting, instant?: string | number): string =>
  dayOf(Math.min(new Date(instant ?? now()).getTime(), now()), timeZone)
