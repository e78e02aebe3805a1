import type { Ledger } from '../types.ts'
import { added, negated, type Presentation } from './amounts.ts'
import { type Coverage, planFlows } from './columns.ts'
import { frameOf, ofType } from './frame.ts'
import type { Report } from './report.ts'
import { blockOf, exponentsOf, notesOn, roundingRows, totalRows } from './rows.ts'

/**
 * What was earned and spent within a period (income statement): revenue, expenses, net income.
 * In a currency of presentation a period's amounts are taken at the price of its last day.
 *
 * @throws LedgerError `invalid_date`; `price_missing` when there is no price for the currency of presentation.
 */
export function profitAndLoss(ledger: Ledger, options: Coverage & Presentation & { readonly from: string }): Report {
  const plan = planFlows(options)
  const frame = frameOf(ledger, plan.spans, options, plan.cells)
  const { style } = frame
  const revenue = blockOf(
    { key: 'revenue', title: 'Revenue', total: 'Total revenue', accounts: frame.accounts('credit', ofType('revenue')) },
    style,
  )
  const expenses = blockOf(
    { key: 'expenses', title: 'Expenses', total: 'Total expenses', accounts: frame.accounts('debit', ofType('expense')) },
    style,
  )
  const net = style.show(added([revenue.exact, negated(expenses.exact)]))
  const body = {
    sections: [revenue.section, expenses.section],
    summary: [
      ...roundingRows([revenue.shown, negated(expenses.shown)], net, plan.cells),
      ...totalRows('Net income', net, plan.cells),
    ],
  }
  return {
    name: 'profit-and-loss',
    title: 'Profit and loss',
    subtitle: `${options.from} to ${options.to}`,
    headings: ['Account'],
    columns: plan.columns,
    ...body,
    exponents: exponentsOf(ledger, body),
    notes: notesOn(options),
  }
}
