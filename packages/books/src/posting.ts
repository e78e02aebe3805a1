import type { EntryInput, Ledger, Line } from '@do/ledger'
import type { Chart } from './chart.ts'
import { dayOf } from './lines.ts'

/** What books are kept of, and where. */
export interface Setting {
  readonly ledger: Ledger
  readonly chart: Chart
  /** The provider instance: the first part of every handle. */
  readonly provider: string
  /** The connected account whose books these are; without it the platform's own. */
  readonly account: string | undefined
  /** Account that a payment's revenue goes to. */
  readonly revenue: (payment: import('@do/payments').Payment) => string
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Who says so: what we did and were told (`payments`), or the provider's own ledger (`provider`). */
export type Origin = 'payments' | 'provider'

interface Posting {
  /** Unique for what happened: posting it again changes nothing. */
  readonly key: string
  readonly date: string
  readonly description: string
  readonly lines: readonly Line[]
  /** What it is about: the handle that the clearing account matches by. */
  readonly item: string
  readonly origin: Origin
}

/** Posts once. Answers whether it was new. */
export function post({ ledger }: Setting, { key, item, origin, ...entry }: Posting): boolean {
  if (entry.lines.length === 0 || isPosted(ledger, key)) return false
  const input: EntryInput = { ...entry, date: openDay(ledger, entry.date), metadata: { item, origin } }
  ledger.post(input, { key })
  return true
}

/** What one hears of too late for its period goes into the first day that is still open. */
function openDay(ledger: Ledger, date: string): string {
  const locked = ledger.periods.locked()
  return locked === undefined || date > locked ? date : dayOf(Date.parse(locked) + 86_400_000)
}

export const isPosted = (ledger: Ledger, key: string): boolean => ledger.outcome(key).state === 'applied'
