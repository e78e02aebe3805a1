import type { SumRow } from './balances.ts'
import type { Book } from './book.ts'
import { dayMs, dayOfInstant, firstDayOf, monthOf, parseDay, parseInstant } from './days.ts'
import { ledgerError } from './errors.ts'
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

/** Sums per account and currency at that point, from openings and days, and from lines only where it splits a day. */
export function sumsAt(book: Book, { day, sequence }: Point, ids?: readonly number[]): SumRow[] {
  if (sequence !== undefined && sequence < lastSequence(book)) return known(book, sequence, day, ids)
  return day === undefined ? effective(book, 1e6, ids) : effective(book, day, ids)
}

function effective({ sql, tables: t }: Book, day: number, ids: readonly number[] | undefined): SumRow[] {
  const month = monthOf(day)
  const [start, next] = [firstDayOf(month), firstDayOf(month + 1)]
  // From the nearer end of the month that is cut: what it opens with and its days so far, or the next opening (the balance where
  // there is none) without its days to come.
  const late = day - start >= next - day
  const [sign, from, to, opening] = late ? ['-', day + 1, next - 1, month + 1] : ['+', start, day, month]
  const [only, list] = among(ids, 'b.account_id')
  // Account by account along the keys, so that nothing has to be sorted. No part of a sum passes what the balance holds.
  return sql.all<SumRow>(
    `SELECT b.account_id, b.currency, CAST(
        ifnull((SELECT o.debit - o.credit FROM ${t.openings} AS o
          WHERE o.account_id = b.account_id AND o.currency = b.currency AND o.month >= ? ORDER BY o.month LIMIT 1), b.debit - b.credit)
        ${sign} (SELECT ifnull(sum(d.debit - d.credit), 0) FROM ${t.days} AS d
          WHERE d.account_id = b.account_id AND d.currency = b.currency AND d.day BETWEEN ? AND ?) AS TEXT) AS net
      FROM ${t.balances} AS b WHERE 1 ${only}`,
    ...[opening, from, to, ...list],
  )
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
    ...[recordedDay, day ?? 1e9, ...list, firstOfDay, sequence, day ?? 1e9, ...listLines],
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
