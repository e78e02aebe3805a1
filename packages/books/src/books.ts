import type { Ledger } from '@do/ledger'
import { type Payment, type Payments, type PaymentsEvent, type Resolved, subjectOf } from '@do/payments'
import { type Chart, chartOf, openChart } from './chart.ts'
import { dayOf } from './days.ts'
import type { Setting } from './posting.ts'
import { type ReconcileOptions, reconcile } from './reconcile.ts'
import { compare, type Reconciliation, type ReportOptions } from './report.ts'
import { book, movesMoney, type RecordOptions } from './things.ts'
import { toldBy } from './told.ts'

export interface BooksOptions {
  /** The provider instance, the first part of every handle: `stripe`. */
  readonly provider: string
  /** The connected account whose books these are. Default: one's own. */
  readonly account?: string
  /** Accounts by other names. */
  readonly chart?: Partial<Chart>
  /** The account that a payment's revenue goes to. Default: the chart's `sales`. It must be the same for the same payment. */
  readonly revenue?: (payment: Payment) => string
  /** Whose days are booked: an IANA name, `Europe/Berlin`. Default UTC. It stays as it was chosen. */
  readonly timeZone?: string
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number
}

/** The books of one provider instance in a ledger. */
export interface Books {
  readonly chart: Chart
  /**
   * Books a thing as it is now (`payments.resolve(event)`, or what a command answered). Hearing of it again, late or in another
   * order changes nothing. Things of other providers and of other accounts are left out. Answers how many entries were new.
   */
  record(thing: Resolved, options?: RecordOptions): number
  /**
   * Resolves each verified event and records it; of a vendor that cannot be asked, what the event itself says. Events of other
   * providers, of other accounts and unknown ones are left out.
   */
  receive(payments: Payments, events: readonly PaymentsEvent[], options?: { readonly signal?: AbortSignal }): Promise<number>
  /**
   * Reads the provider's own ledger and compares. Cut off anywhere it goes on; run twice it changes nothing.
   * @throws ProviderError `unsupported` where the provider has no balance transactions.
   */
  reconcile(payments: Payments, options?: ReconcileOptions): Promise<Reconciliation>
  /** The comparison alone, of what is in the books by now. */
  compare(options?: ReportOptions): Pick<Reconciliation, 'counts' | 'items'>
}

/** Opens the books of a provider in a ledger, and the accounts they need. */
export function openBooks(ledger: Ledger, options: BooksOptions): Books {
  const { provider, account, timeZone } = options
  const chart = chartOf(provider, account, options.chart)
  const { revenue = () => chart.sales, now = Date.now } = options
  // A time zone that nobody knows is told now, before anything is booked.
  dayOf(0, timeZone)
  const setting: Setting = { ledger, chart, provider, account, revenue, timeZone, now }
  openChart(ledger, chart)
  return {
    chart,
    record: (thing, how) => book(setting, thing, how),
    receive: async (payments, events, call = {}) => {
      let entries = 0
      for (const event of events) {
        if (event.type === 'unknown' || event.account !== account) continue
        const subject = subjectOf(event)
        if (subject === undefined || !movesMoney(subject.type) || !subject.id.startsWith(`${provider}:`)) continue
        const thing = await resolved(payments, event, call)
        if (thing !== undefined) entries += book(setting, thing, { at: event.at, account: event.account })
      }
      return entries
    },
    reconcile: (payments, run = {}) => reconcile(setting, payments, run),
    compare: (run = {}) => compare(setting, run),
  }
}

async function resolved(payments: Payments, event: PaymentsEvent, call: { readonly signal?: AbortSignal }) {
  try {
    return await payments.resolve(event, call)
  } catch (error) {
    if ((error as { code?: string }).code !== 'unsupported') throw error
    return toldBy(event)
  }
}
