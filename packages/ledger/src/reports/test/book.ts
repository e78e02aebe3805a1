import { DatabaseSync } from 'node:sqlite'
import { openLedger } from '../../open.ts'
import { nodeSqlite } from '../../sql/node.ts'
import type { Day, Ledger, Line } from '../../types.ts'
import type { Report } from '../report.ts'

/** An empty book in memory. */
export const emptyBook = (): Ledger => openLedger(nodeSqlite(new DatabaseSync(':memory:')), { now: () => Date.UTC(2026, 0, 1) })

/** A small business in dollars, euros and yen, over two years. */
export function smallBook(): Ledger {
  const ledger = emptyBook()
  ledger.accounts.open({ name: 'Assets:Bank', type: 'asset', cash: true })
  ledger.accounts.open({ name: 'Assets:Receivable', type: 'asset' })
  ledger.accounts.open({ name: 'Assets:Stripe', type: 'asset', clearing: true })
  ledger.accounts.open({ name: 'Liabilities:Payable', type: 'liability' })
  ledger.accounts.open({ name: 'Equity:Capital', type: 'equity' })
  ledger.accounts.open({ name: 'Equity:Trading', type: 'equity' })
  ledger.accounts.open({ name: 'Revenue:Sales', type: 'revenue' })
  ledger.accounts.open({ name: 'Revenue:Sales:Services', type: 'revenue' })
  ledger.accounts.open({ name: 'Expenses:Rent', type: 'expense' })
  const post = (date: Day, description: string, ...lines: Line[]) => ledger.post({ date, description, lines })
  post('2025-01-10', 'Capital', dr('Assets:Bank', 100_000n), cr('Equity:Capital', 100_000n))
  post('2025-02-10', 'Sale', dr('Assets:Bank', 20_000n), cr('Revenue:Sales', 20_000n))
  post('2026-01-15', 'Sale', dr('Assets:Bank', 30_000n), cr('Revenue:Sales', 30_000n))
  post('2026-01-31', 'Rent', dr('Expenses:Rent', 8_000n), cr('Assets:Bank', 8_000n))
  post('2026-02-01', 'Service', dr('Assets:Receivable', 5_000n, 'EUR'), cr('Revenue:Sales:Services', 5_000n, 'EUR'))
  post('2026-02-28', 'Rent', dr('Expenses:Rent', 8_500n), cr('Assets:Bank', 8_500n))
  post('2026-03-01', 'Yen', dr('Assets:Bank', 3_333n, 'JPY'), cr('Revenue:Sales', 3_333n, 'JPY'))
  ledger.prices.set({ date: '2026-01-01', currency: 'EUR', in: 'USD', rate: '1.1' })
  ledger.prices.set({ date: '2026-03-15', currency: 'EUR', in: 'USD', rate: '1.2345' })
  // One dollar in yen: the inverse of what is asked for.
  ledger.prices.set({ date: '2026-01-01', currency: 'USD', in: 'JPY', rate: '150' })
  return ledger
}

export const dr = (account: string, amount: bigint, currency = 'USD', more: Partial<Line> = {}): Line => ({
  account,
  side: 'debit',
  amount,
  currency,
  ...more,
})
export const cr = (account: string, amount: bigint, currency = 'USD', more: Partial<Line> = {}): Line => ({
  account,
  side: 'credit',
  amount,
  currency,
  ...more,
})

/** The report as lines of text, as a reader would tell it. */
export const told = (report: Report): string[] =>
  [...report.sections.flatMap(({ rows, totals }) => [...rows, ...totals]), ...report.summary].map(
    ({ texts, currency, cells, depth }) =>
      `${'  '.repeat(depth)}${texts.join(' / ')} ${currency}: ${cells.map((cell) => cell ?? '-').join(' ')}`,
  )
