import type { Ledger } from '../types.ts'
import { type Amounts, amountsIn, type Presentation, showing } from './amounts.ts'
import { addDays, type Interval, onePeriod, periods, type Span } from './calendar.ts'
import type { Column, Report } from './report.ts'
import { blockOf, exponentsOf, notesOn } from './rows.ts'

/**
 * Every account: what stood before the period, what was debited and credited in it, what stands after it. Opening and closing are
 * debit minus credit, so that each adds up to zero; the debits add up to the credits, in every currency.
 *
 * @throws LedgerError `invalid_date`; `price_missing` when there is no price for the currency of presentation.
 */
export function trialBalance(
  ledger: Ledger,
  options: { readonly from: string; readonly to: string; readonly every?: Interval } & Presentation,
): Report {
  const { from, to, every } = options
  const main = every === undefined ? [onePeriod(from, to)] : periods(from, to, every)
  const ends = main.flatMap((period) => [period.to, period.to, period.to, period.to])
  const before = main.map((period): Span => ({ to: addDays(period.from, -1), title: 'before' }))
  const amounts = amountsIn(ledger, [...before, ...main], options)
  const show = showing(
    ledger,
    options,
    amounts.map(({ currency }) => currency),
    ends,
  )
  const accounts = new Map<string, Map<string, readonly bigint[]>>()
  for (const { account, currency, debit, credit } of amounts) {
    const values = main.flatMap((_, index) => {
      const at = (side: readonly bigint[], place: number) => side[place] ?? 0n
      const opening = at(debit, index) - at(credit, index)
      const [moreDebit, moreCredit] = [at(debit, main.length + index), at(credit, main.length + index)]
      return [opening, moreDebit, moreCredit, opening + moreDebit - moreCredit]
    })
    const known = accounts.get(account.name)
    if (known === undefined) accounts.set(account.name, new Map([[currency, values]]))
    else known.set(currency, values)
  }
  const columns = main.flatMap((period): Column[] =>
    (['opening', 'debit', 'credit', 'closing'] as const).map((role) => ({
      title: every === undefined ? titles[role] : `${period.title} ${titles[role]}`,
      kind: 'amount',
      role,
      from: period.from,
      to: period.to,
    })),
  )
  const style = { presentation: options, show, cells: (values: readonly bigint[]) => [...values] }
  const byAccount: ReadonlyMap<string, Amounts> = accounts
  const block = blockOf({ key: 'accounts', title: '', total: 'Total', accounts: byAccount }, style)
  const body = { sections: [block.section], summary: [] }
  return {
    name: 'trial-balance',
    title: 'Trial balance',
    subtitle: `${from} to ${to}`,
    headings: ['Account'],
    columns,
    ...body,
    exponents: exponentsOf(ledger, body),
    notes: notesOn(options),
  }
}

const titles = { opening: 'Opening', debit: 'Debit', credit: 'Credit', closing: 'Closing' } as const
