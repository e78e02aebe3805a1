import { accountNamed, type Chart, type ChartAccount, exponentOf } from './chart.ts'
import type { Checked } from './check.ts'
import { formatDay, parseDay } from './days.ts'
import { ledgerError } from './errors.ts'
import type { Line } from './types.ts'

/** A line whose account and currency have been found in the books. */
export interface ResolvedLine {
  readonly account: ChartAccount
  /** 1 debit, -1 credit. */
  readonly sign: 1 | -1
  readonly amount: bigint
  readonly currency: string
  readonly item: string | null
  readonly due: number | null
  readonly line: Line
}

/** @throws LedgerError `unknown_account`, `account_closed`, `unknown_currency`, `currency_not_allowed`. */
export function resolveLines(chart: Chart, { lines }: Pick<Checked, 'lines'>, at = ''): ResolvedLine[] {
  return lines.map((line, index) => {
    const { currency } = line
    const account = chart.byName.get(line.account) ?? accountNamed(chart, line.account, `${at}lines[${index}].account`)
    if (account.closed) {
      throw ledgerError('account_closed', `The account "${account.name}" is closed. Reopen it, or use another.`, {
        field: `${at}lines[${index}].account`,
      })
    }
    if (account.currencies === undefined ? !chart.exponents.has(currency) : !account.currencies.has(currency)) {
      exponentOf(chart, currency, `${at}lines[${index}].currency`)
      throw ledgerError('currency_not_allowed', `The account "${account.name}" does not take ${currency}.`, {
        field: `${at}lines[${index}].currency`,
      })
    }
    return {
      account,
      sign: line.side === 'debit' ? 1 : -1,
      amount: line.amount,
      currency,
      item: line.item ?? null,
      due: line.due === undefined ? null : parseDay(line.due),
      line,
    }
  })
}

/** @throws LedgerError `period_locked`. */
export function checkOpen(day: number, locked: number | null, at = ''): void {
  if (locked === null || day > locked) return
  throw ledgerError(
    'period_locked',
    `The books are locked up to ${formatDay(locked)}. Date it later, or unlock the period with a reason.`,
    { field: `${at}date` },
  )
}

/** The same line with another amount, as it is then posted. */
export function withAmount(resolved: ResolvedLine, amount: bigint): ResolvedLine {
  const { upTo: _, ...line } = resolved.line
  return { ...resolved, amount, line: { ...line, amount } }
}
