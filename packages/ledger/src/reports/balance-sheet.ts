import type { Ledger } from '../types.ts'
import { added, type Presentation } from './amounts.ts'
import { type Coverage, planBalances } from './columns.ts'
import { frameOf, ofType } from './frame.ts'
import type { Report } from './report.ts'
import { blockOf, exponentsOf, notesOn, roundingRows, totalRows } from './rows.ts'

/**
 * What is owned and owed at the end of a day, or of several periods side by side. What the business has earned since its first
 * entry stands in equity as retained earnings, so that assets = liabilities + equity, in every currency and every column.
 *
 * @throws LedgerError `invalid_date`; `price_missing` when there is no price for the currency of presentation.
 */
export function balanceSheet(ledger: Ledger, options: Coverage & Presentation): Report {
  const plan = planBalances(options)
  const frame = frameOf(ledger, plan.spans, options, plan.cells)
  const { style } = frame
  const earnings = added(frame.accounts('credit', ofType('revenue', 'expense')).values())
  const assets = blockOf(
    { key: 'assets', title: 'Assets', total: 'Total assets', accounts: frame.accounts('debit', ofType('asset')) },
    style,
  )
  const liabilities = blockOf(
    {
      key: 'liabilities',
      title: 'Liabilities',
      total: 'Total liabilities',
      accounts: frame.accounts('credit', ofType('liability')),
    },
    style,
  )
  const equity = blockOf(
    {
      key: 'equity',
      title: 'Equity',
      total: 'Total equity',
      accounts: frame.accounts('credit', ofType('equity')),
      computed: [['Retained earnings', earnings]],
    },
    style,
  )
  const together = style.show(added([liabilities.exact, equity.exact]))
  const body = {
    sections: [assets, liabilities, equity].map(({ section }) => section),
    summary: [
      ...roundingRows([liabilities.shown, equity.shown], together, plan.cells),
      ...totalRows('Total liabilities and equity', together, plan.cells),
    ],
  }
  return {
    name: 'balance-sheet',
    title: 'Balance sheet',
    subtitle: `${options.every === undefined ? '' : `${options.from ?? options.to} to `}${options.to}`,
    headings: ['Account'],
    columns: plan.columns,
    ...body,
    exponents: exponentsOf(ledger, body),
    notes: notesOn(options),
  }
}
