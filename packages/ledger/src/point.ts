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

/** Sums per account and currency at that point, from months and days, and from lines only where it splits a day. */
export function sumsAt(book: Book, { day, sequence }: Point, ids?: readonly number[]): SumRow[] {
  if (sequence !== undefined && sequence < lastSequence(book)) return known(book, sequence, day, ids)
  return day === undefined ? effective(book, 1e6, ids) : effective(book, day, ids)
}

const text = 'CAST(sum(debit) AS TEXT) AS debit, CAST(sum(credit) AS TEXT) AS credit'

function effective({ sql, tables: t }: Book, day: number, ids: readonly number[] | undefined): SumRow[] {
  const month = monthOf(day)
  const [only, list] = among(ids, 'b.account_id')
  // Account by account along the keys: months before, then the days of the month that is cut.
  return sql.all<SumRow>(
    `SELECT account_id, currency, ${text} FROM (
      SELECT b.account_id, b.currency, m.debit, m.credit FROM ${t.balances} AS b CROSS JOIN ${t.months} AS m
        ON m.account_id = b.account_id AND m.currency = b.currency AND m.month < ? ${only}
      UNION ALL
      SELECT b.account_id, b.currency, d.debit, d.credit FROM ${t.balances} AS b CROSS JOIN ${t.days} AS d
        ON d.account_id = b.account_id AND d.currency = b.currency AND d.day BETWEEN ? AND ? ${only}
    ) GROUP BY account_id, currency`,
    ...[month, ...list, firstDayOf(month), day, ...list],
  )
}

function known(book: Book, sequence: number, day: number | undefined, ids: readonly number[] | undefined): SumRow[] {
  const { sql, tables: t } = book
  const recordedDay = dayOfInstant(recordedAt(book, sequence))
  const firstOfDay = lastRecorded(book, recordedDay * dayMs - 1) + 1
  const [only, list] = among(ids, 'account_id')
  const [onlyLines, listLines] = among(ids, 'l.account_id')
  return sql.all<SumRow>(
    `SELECT account_id, currency, ${text} FROM (
      SELECT account_id, currency, debit, credit FROM ${t.days} WHERE recorded_day < ? AND day <= ? ${only}
      UNION ALL
      SELECT l.account_id, l.currency, CASE l.side WHEN 1 THEN l.amount ELSE 0 END, CASE l.side WHEN -1 THEN l.amount ELSE 0 END
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
