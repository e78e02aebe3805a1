import type { Book } from './book.ts'
import { dayMs, dayOfInstant, parseDay, parseInstant } from './days.ts'
import { ledgerError } from './errors.ts'
import { type SumRow, sumRows } from './sum-rows.ts'
import type { At } from './types.ts'

/** A point in the books: as of the end of an effective day, as known after an entry. */
export interface Point {
  readonly day: number | undefined
  /** The last entry that counts; undefined for all. */
  readonly sequence: number | undefined
}

/** Undefined where it is the present. @throws LedgerError `invalid_date`. */
export function pointOf(book: Book, { effective, known }: At): Point | undefined {
  const day = effective === undefined ? undefined : parseDay(effective, 'at.effective')
  if (typeof known === 'number' && (!Number.isSafeInteger(known) || known < 0)) {
    throw ledgerError('invalid_date', 'at.known must be the sequence of an entry, or an instant.', { field: 'at.known' })
  }
  const sequence = typeof known === 'string' ? lastRecorded(book, parseInstant(known, 'at.known')) : known
  return day === undefined && sequence === undefined ? undefined : { day, sequence }
}

/** Sums per account and currency at that point: from openings and days, and from lines only where it splits a recorded day. */
export function sumsAt(book: Book, { day, sequence }: Point, ids?: readonly number[]): SumRow[] {
  if (sequence !== undefined && sequence < lastSequence(book)) return known(book, sequence, day, ids)
  return effective(book, day ?? lastDay, ids)
}

/** Later than any day of the calendar that can be written. */
const lastDay = 1e7

/** What its block opened with, and what that has moved since. No part of a sum passes what the balance holds. */
function effective(book: Book, day: number, ids: readonly number[] | undefined): SumRow[] {
  const t = book.tables
  const same = 'account_id = b.account_id AND currency = b.currency'
  const net = `ifnull((SELECT debit - credit FROM ${t.openings} WHERE ${same} AND block >= ?1 >> 5 ORDER BY block LIMIT 1),
      b.debit - b.credit)
    + ifnull((SELECT run_debit - run_credit FROM ${t.days} WHERE ${same} AND day BETWEEN (?1 >> 5) << 5 AND ?1
      ORDER BY day DESC, recorded_day DESC LIMIT 1), 0)`
  return sumRows(book, ids, [net], day)
}

function known(book: Book, sequence: number, day: number | undefined, ids: readonly number[] | undefined): SumRow[] {
  const { sql, tables: t } = book
  const recordedDay = dayOfInstant(recordedAt(book, sequence))
  const firstOfDay = lastRecorded(book, recordedDay * dayMs - 1) + 1
  const [only, list] = among(ids, 'account_id')
  const [onlyLines, listLines] = among(ids, 'l.account_id')
  return sql.all<SumRow>(
    `SELECT account_id, currency, CAST(sum(net) AS TEXT) AS net FROM (
      SELECT account_id, currency, debit - credit AS net FROM ${t.days} WHERE recorded_day < ? AND day <= ? ${only}
      UNION ALL
      SELECT l.account_id, l.currency, l.side * l.amount
        FROM ${t.entries} AS e CROSS JOIN ${t.lines} AS l ON l.sequence = e.sequence
        WHERE e.sequence BETWEEN ? AND ? AND e.day <= ? ${onlyLines}
    ) GROUP BY account_id, currency`,
    ...[recordedDay, day ?? lastDay, ...list, firstOfDay, sequence, day ?? lastDay, ...listLines],
  )
}

function among(ids: readonly number[] | undefined, column: string): readonly [sql: string, parameters: string[]] {
  return ids === undefined ? ['', []] : [`AND ${column} IN (SELECT value FROM json_each(?))`, [JSON.stringify(ids)]]
}

export function lastSequence({ sql, tables }: Book): number {
  return sql.all<{ last: number | null }>(`SELECT max(sequence) AS last FROM ${tables.entries}`)[0]?.last ?? 0
}

function recordedAt({ sql, tables }: Book, sequence: number): number {
  return sql.all<{ at: number }>(`SELECT recorded_at AS at FROM ${tables.entries} WHERE sequence = ?`, sequence)[0]?.at ?? 0
}

/** The last entry recorded at or before an instant, 0 for none: recorded time never goes back, so halving finds it. */
function lastRecorded(book: Book, instant: number): number {
  let low = 0
  let high = lastSequence(book)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (recordedAt(book, middle) <= instant) low = middle
    else high = middle - 1
  }
  return low
}
