import type { Ledger } from '@do/ledger'
import type { Payment, Payments, PaymentsEvent, Resolved } from '@do/payments'
import { type Chart, chartOf, openChart } from './chart.ts'
import type { Setting } from './posting.ts'
import { type ReconcileOptions, reconcile } from './reconcile.ts'
import { compare, type Reconciliation, type ReportOptions } from './report.ts'
import { book } from './things.ts'

export interface BooksOptions {
  /** The provider instance, the first part of every handle: `stripe`. */
  readonly provider: string
  /** The connected account whose books these are. Default: one's own. */
  readonly account?: string
  /** Accounts by other names. */
  readonly chart?: Partial<Chart>
  /** The account that a payment's revenue goes to. Default: the chart's `sales`. It must be the same for the same payment. */
  readonly revenue?: (payment: Payment) => string
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number
}

/** The books of one provider instance in a ledger. */
export interface Books {
  readonly chart: Chart
  /**
   * Books a thing as it is now (`payments.resolve(event)`, or what a command answered). Hearing of it again, late or in another
   * order changes nothing. Answers how many entries were new.
   */
  record(thing: Resolved, at?: string): number
  /** Resolves each event and records it. Events of other providers and unknown ones are left out. */
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
  const { provider } = options
  const chart = chartOf(provider, options.chart)
  const setting: Setting = {
    ledger,
    chart,
    provider,
    account: options.account,
    revenue: options.revenue ?? (() => chart.sales),
    now: options.now ?? Date.now,
  }
  openChart(ledger, chart)
  const mine = (id: string) => id.startsWith(`${provider}:`)
  const record = (thing: Resolved, at?: string) => (mine(thing.value.id) ? book(setting, thing, at) : 0)
  return {
    chart,
    record,
    receive: async (payments, events, call = {}) => {
      let entries = 0
      for (const event of events) {
        if (event.type === 'unknown' || event.type === 'account.deauthorized') continue
        entries += record(await payments.resolve(event, call), event.at)
      }
      return entries
    },
    reconcile: (payments, run = {}) => reconcile(setting, payments, run),
    compare: (run = {}) => compare(setting, run),
  }
}
