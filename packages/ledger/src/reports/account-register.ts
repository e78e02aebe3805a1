import { formatDay, parseDay } from '../days.ts'
import { ledgerError } from '../errors.ts'
import type { Day, Ledger } from '../types.ts'
import { accountsOf, movements } from './books.ts'
import { addDays, onePeriod } from './calendar.ts'
import type { Report, Row } from './report.ts'
import { exponentsOf } from './rows.ts'

export interface RegisterOptions {
  readonly account: string
  readonly from: Day
  readonly to: Day
  /** Also what is booked on the accounts below it. */
  readonly below?: boolean
}

interface RegisterLine {
  readonly sequence: number
  readonly day: number
  readonly description: string
  readonly currency: string
  readonly side: number
  readonly amount: string
  readonly others: string | null
}

/**
 * Every line of an account in a period with the balance after it, by day and then in the order of posting. The balance is on the
 * account's normal side: it is below zero when an asset is owed.
 *
 * @throws LedgerError `unknown_account`, `invalid_date`.
 */
export function accountRegister(ledger: Ledger, options: RegisterOptions): Report {
  const { account, below = false } = options
  const { from, to } = onePeriod(options.from, options.to)
  const ids = accountsOf(ledger).filter(({ name }) => name === account || (below && name.startsWith(`${account}:`)))
  const first = ids[0]
  if (first === undefined) throw ledgerError('unknown_account', `There is no account ${account}.`, { field: 'account' })
  const sign = first.type === 'asset' || first.type === 'expense' ? 1n : -1n
  const wanted = new Set(ids.map(({ id }) => id))
  const opening = new Map<string, bigint>()
  for (const { account: one, currency, debit, credit } of movements(ledger, [addDays(from, -1)])) {
    if (wanted.has(one.id)) opening.set(currency, (opening.get(currency) ?? 0n) + sign * ((debit[0] ?? 0n) - (credit[0] ?? 0n)))
  }
  const balances = new Map(opening)
  const rows = linesOf(ledger, [...wanted], from, to).map((line): Row => {
    const [debit, credit] = line.side === 1 ? [BigInt(line.amount), undefined] : [undefined, BigInt(line.amount)]
    const balance = (balances.get(line.currency) ?? 0n) + sign * ((debit ?? 0n) - (credit ?? 0n))
    balances.set(line.currency, balance)
    const texts = [formatDay(line.day), String(line.sequence), line.description, line.others ?? '']
    return { kind: 'entry', texts, account, depth: 0, currency: line.currency, cells: [debit, credit, balance] }
  })
  const standing = (title: string, amounts: ReadonlyMap<string, bigint>, day: Day): Row[] =>
    [...amounts]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([currency, amount]) => ({
        kind: 'total',
        texts: [day, '', title, ''],
        depth: 0,
        currency,
        cells: [undefined, undefined, amount],
      }))
  const rowsWithOpening = [...standing('Balance before', opening, from), ...rows]
  const body = {
    sections: [{ key: 'lines', title: '', rows: rowsWithOpening, totals: standing('Balance after', balances, to) }],
    summary: [],
  }
  return {
    name: 'account-register',
    title: `Register of ${account}`,
    subtitle: `${from} to ${to}`,
    headings: ['Date', 'Entry', 'Description', 'Other accounts'],
    columns: [
      { title: 'Debit', kind: 'amount', role: 'debit', from, to },
      { title: 'Credit', kind: 'amount', role: 'credit', from, to },
      { title: 'Balance', kind: 'amount', role: 'closing', to },
    ],
    ...body,
    exponents: exponentsOf(ledger, body),
    notes: [],
  }
}

function linesOf(ledger: Ledger, ids: readonly number[], from: Day, to: Day): RegisterLine[] {
  const t = ledger.tables
  return ledger.sql.all<RegisterLine>(
    `SELECT e.sequence, e.day, e.description, l.currency, l.side, CAST(l.amount AS TEXT) AS amount,
       (SELECT group_concat(name, ', ') FROM (
          SELECT DISTINCT a.name FROM ${t.lines} o JOIN ${t.accounts} a ON a.id = o.account_id
          WHERE o.sequence = l.sequence AND o.account_id NOT IN (SELECT value FROM json_each(?1)) ORDER BY a.name
        )) AS others
     FROM json_each(?1) wanted JOIN ${t.lines} l ON l.account_id = wanted.value JOIN ${t.entries} e ON e.sequence = l.sequence
     WHERE e.day BETWEEN ?2 AND ?3 ORDER BY e.day, e.sequence, l.n`,
    JSON.stringify(ids),
    parseDay(from),
    parseDay(to),
  )
}
