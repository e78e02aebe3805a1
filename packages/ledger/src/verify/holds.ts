import type { Book, Report } from '../book.ts'
import { holdId } from '../read.ts'
import { add, type SumMap } from './sums.ts'

/** What is pending is what pending holds hold; each hold ended once; bounds hold with all of it. */
export function verifyHolds(book: Book, report: Report): void {
  const { sql, tables: t } = book
  const pending: SumMap = new Map()
  const lines = sql.all<{ hold_id: number; account_id: number; currency: string; side: number; amount: string }>(
    `SELECT l.hold_id, l.account_id, l.currency, l.side, CAST(l.amount AS TEXT) AS amount
      FROM ${t.holds} AS h CROSS JOIN ${t.holdLines} AS l ON l.hold_id = h.id WHERE h.state = 'pending'`,
  )
  const perHold = new Map<string, bigint>()
  for (const { hold_id, account_id, currency, side, amount } of lines) {
    add(pending, `${account_id} ${currency}`, side, BigInt(amount))
    const key = `${hold_id} ${currency}`
    perHold.set(key, (perHold.get(key) ?? 0n) + BigInt(side) * BigInt(amount))
  }
  for (const [key, sum] of perHold) {
    const [id, currency] = key.split(' ')
    if (sum !== 0n) report('balanced', holdId(Number(id)), `Its debits and credits of ${currency} differ by ${sum}.`)
  }
  verifyPending(book, pending, report)
  const unclear = sql.all<{ id: number }>(
    `SELECT h.id FROM ${t.holds} AS h LEFT JOIN ${t.entries} AS e ON e.hold_id = h.id
      WHERE (h.state = 'committed') <> (e.sequence IS NOT NULL) OR h.sequence IS NOT e.sequence
        OR (h.state = 'pending') <> (h.resolved_at IS NULL)`,
  )
  for (const { id } of unclear) report('holds', holdId(id), 'Its state does not agree with the entry that it posted, or did not.')
}

function verifyPending(book: Book, pending: SumMap, report: Report): void {
  const { byId } = book.chart()
  const seen = new Set<string>()
  const rows = book.sql.all<Record<'debit' | 'credit' | 'up' | 'down' | 'currency', string> & { readonly account_id: number }>(
    `SELECT account_id, currency, CAST(debit AS TEXT) AS debit, CAST(credit AS TEXT) AS credit,
      CAST(pending_debit AS TEXT) AS up, CAST(pending_credit AS TEXT) AS down FROM ${book.tables.balances}`,
  )
  for (const { account_id, currency, debit, credit, up, down } of rows) {
    const key = `${account_id} ${currency}`
    const account = byId.get(account_id)
    const where = `${account?.name ?? account_id} ${currency}`
    const sum = pending.get(key) ?? { debit: 0n, credit: 0n }
    seen.add(key)
    if (BigInt(up) !== sum.debit || BigInt(down) !== sum.credit) {
      report('holds', where, `Pending are ${up} and ${down}; the holds sum to ${sum.debit} and ${sum.credit}.`)
    }
    if (account === undefined) continue
    const posted = BigInt(account.normal) * (BigInt(debit) - BigInt(credit))
    const [more, less] = account.normal === 1 ? [sum.debit, sum.credit] : [sum.credit, sum.debit]
    if (account.minimum !== undefined && posted - less < account.minimum)
      report('bounds', where, `It stands below ${account.minimum}.`)
    if (account.maximum !== undefined && posted + more > account.maximum)
      report('bounds', where, `It stands above ${account.maximum}.`)
  }
  for (const key of pending.keys()) if (!seen.has(key)) report('holds', key, 'Holds are pending on a balance that is not there.')
}
