import type { Ledger } from '../types.ts'
import { type Amounts, added, negated, type Presentation } from './amounts.ts'
import { addDays, type Span } from './calendar.ts'
import { type Coverage, planFlows } from './columns.ts'
import { frameOf } from './frame.ts'
import type { Report } from './report.ts'
import { blockOf, exponentsOf, notesOn, rowsOf, totalRows } from './rows.ts'

/**
 * How the cash accounts (`cash: true`) moved within a period, from what they held before it to what they hold after it.
 * In a currency of presentation the changes are taken at the price of the period's last day, what was there before at the price
 * of the day before; what the prices themselves did has a row of its own.
 *
 * @throws LedgerError `invalid_date`; `price_missing` when there is no price for the currency of presentation.
 */
export function cashFlow(ledger: Ledger, options: Coverage & Presentation & { readonly from: string }): Report {
  const plan = planFlows(options)
  const count = plan.spans.length
  const opening = plan.spans.map(({ from, to }): Span => ({ to: addDays(from ?? to, -1), title: 'opening' }))
  const closing = plan.spans.map(({ to }): Span => ({ to, title: 'closing' }))
  const frame = frameOf(ledger, [...plan.spans, ...opening, ...closing], options, plan.cells)
  const { style } = frame
  const cash = blockOf(
    { key: 'cash', title: 'Cash', total: 'Net change in cash', accounts: frame.accounts('debit', ({ cash }) => cash) },
    style,
  )
  const part = (place: number): Amounts =>
    new Map([...cash.shown].map(([currency, values]) => [currency, values.slice(place * count, (place + 1) * count)]))
  const effect = added([part(2), negated(part(1)), negated(part(0))])
  const body = {
    sections: [cash.section],
    summary: [
      ...totalRows('Cash before', part(1), plan.cells),
      ...rowsOf({ kind: 'computed', texts: ['Effect of prices'], depth: 0 }, effect, plan.cells),
      ...totalRows('Cash after', part(2), plan.cells),
    ],
  }
  return {
    name: 'cash-flow',
    title: 'Cash flow',
    subtitle: `${options.from} to ${options.to}`,
    headings: ['Account'],
    columns: plan.columns,
    ...body,
    exponents: exponentsOf(ledger, body),
    notes: notesOn(options),
  }
}
