import type { Book } from './book.ts'
import { formatDay, formatInstant, parseDay } from './days.ts'
import { ledgerError } from './errors.ts'
import { asLine, entryId, holdId, type LineRow, lineColumns, numberIn } from './read.ts'
import type { Hold, HoldState, Line } from './types.ts'

interface HoldRow {
  readonly id: number
  readonly day: number
  readonly description: string
  readonly metadata: string | null
  readonly key: string | null
  readonly request: string | null
  readonly created_at: number
  readonly expires_at: number | null
  readonly state: HoldState
  readonly resolved_at: number | null
  readonly sequence: number | null
}

export function readHold(book: Book, id: string): Hold | undefined {
  const number = numberIn(id, 'hold')
  return number === undefined ? undefined : readHolds(book, 'id = ?', number)[0]
}

/** @throws LedgerError `unknown_hold`. */
export function holdOf(book: Book, id: string): Hold {
  const hold = readHold(book, id)
  if (hold === undefined) throw ledgerError('unknown_hold', `${id} is no hold of this ledger.`, { field: 'id' })
  return hold
}

export function readHolds(book: Book, condition: string, ...parameters: (string | number)[]): Hold[] {
  const { sql, tables: t } = book
  const rows = sql.all<HoldRow>(
    `SELECT id, day, description, metadata, key, request, created_at, expires_at, state, resolved_at, sequence
      FROM ${t.holds} WHERE ${condition} ORDER BY id`,
    ...parameters,
  )
  const lines = sql.all<LineRow & { readonly hold_id: number }>(
    `SELECT hold_id, ${lineColumns} FROM json_each(?) AS j CROSS JOIN ${t.holdLines} AS l ON l.hold_id = j.value ORDER BY hold_id, n`,
    JSON.stringify(rows.map(({ id }) => id)),
  )
  const byHold = Map.groupBy(lines, ({ hold_id }) => hold_id)
  const chart = book.chart()
  return rows.map((row) => ({
    id: holdId(row.id),
    state: row.state,
    date: formatDay(row.day),
    description: row.description,
    lines: (byHold.get(row.id) ?? []).map((line) => asLine(chart, line)),
    ...(row.metadata === null ? {} : { metadata: JSON.parse(row.metadata) }),
    ...(row.key === null ? {} : { key: row.key }),
    ...(row.request === null ? {} : { request: row.request }),
    createdAt: formatInstant(row.created_at),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.resolved_at === null ? {} : { resolvedAt: formatInstant(row.resolved_at) }),
    ...(row.sequence === null ? {} : { entry: entryId(row.sequence) }),
  }))
}

/** Ends a pending hold and gives back what it held. Answers the hold as it was, where somebody listens. */
export function releaseHold(book: Book, id: number, state: HoldState, sequence: number | null): Hold | undefined {
  const { sql, tables: t } = book
  const before = book.tell === undefined ? undefined : holdOf(book, holdId(id))
  sql.run(`UPDATE ${t.holds} SET state = ?, resolved_at = ?, sequence = ? WHERE id = ?`, state, book.now(), sequence, id)
  sql.run(
    `UPDATE ${t.balances} AS b SET
        pending_debit = pending_debit - (SELECT coalesce(sum(amount), 0) FROM ${t.holdLines} AS l
          WHERE l.hold_id = ?1 AND l.account_id = b.account_id AND l.currency = b.currency AND l.side = 1),
        pending_credit = pending_credit - (SELECT coalesce(sum(amount), 0) FROM ${t.holdLines} AS l
          WHERE l.hold_id = ?1 AND l.account_id = b.account_id AND l.currency = b.currency AND l.side = -1)
      WHERE (account_id, currency) IN (SELECT account_id, currency FROM ${t.holdLines} WHERE hold_id = ?1)`,
    id,
  )
  return before
}

export function tellHold(book: Book, id: number, before: Hold | undefined): void {
  if (book.tell === undefined) return
  const after = holdOf(book, holdId(id))
  const operation = before === undefined ? 'create' : 'update'
  book.tell({ collection: 'holds', operation, key: after.id, ...(before === undefined ? {} : { before }), after })
}

/** The lines of a hold, and what they make pending. */
export function writeHoldLines(book: Book, id: number, lines: readonly Line[]): void {
  const { sql, tables: t } = book
  const { byName } = book.chart()
  const rows = lines.map(({ account, currency, side, amount, item = null, due }) => [
    ...[byName.get(account)?.id, currency, side === 'debit' ? 1 : -1, String(amount), item],
    due === undefined ? null : parseDay(due),
  ])
  sql.run(
    `INSERT INTO ${t.holdLines}(hold_id, n, account_id, currency, side, amount, item, due)
      SELECT ?, key, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)`,
    ...[id, JSON.stringify(rows)],
  )
  sql.run(
    `INSERT INTO ${t.balances}(account_id, currency, pending_debit, pending_credit)
      SELECT account_id, currency, CASE side WHEN 1 THEN amount ELSE 0 END, CASE side WHEN -1 THEN amount ELSE 0 END
      FROM ${t.holdLines} WHERE hold_id = ? ON CONFLICT DO UPDATE SET
        pending_debit = pending_debit + excluded.pending_debit, pending_credit = pending_credit + excluded.pending_credit`,
    id,
  )
}
