import type { Book } from './book.ts'
import { monthOf } from './days.ts'
import type { Posting } from './posting.ts'

/** From here on a few statements for all are less work than one for each. */
const manyFrom = 8

/** Well below the 2 MB of a bound text in a Durable Object, were every character three bytes. */
const chunkLength = 500_000

/** Writes entries that were made in this transaction, with everything that follows from them. */
export function writePostings(book: Book, postings: readonly Posting[]): void {
  if (postings.length < manyFrom) for (const posting of postings) writeOne(book, posting)
  else writeMany(book, postings)
}

/** One statement: the triggers of the view do the rest where a statement costs least. */
function writeOne({ sql, tables }: Book, posting: Posting): void {
  const { sequence, day, recordedAt, description, key, request, reverses, hold, draft, metadataText, hash, lines } = posting
  sql.run(
    `INSERT INTO ${tables.postings}(sequence, day, recorded_at, description, key, request, reverses, hold_id, draft_id, metadata,
      hash, month, lines) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[sequence, day, recordedAt, description, key, request, reverses, hold, draft, metadataText, hash],
    ...[monthOf(day), `[${lines.map((line, n) => lineText(sequence, n, line)).join()}]`],
  )
}

/** Four statements whatever the size, more only where the texts would be too long. */
function writeMany({ sql, tables: t }: Book, postings: readonly Posting[]): void {
  const first = postings[0] as Posting
  const last = postings.at(-1) as Posting
  inChunks(postings.map(entryText), (rows) =>
    sql.run(
      `INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, request, reverses, hold_id, draft_id, metadata, hash)
        SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9,
          unhex(value->>10) FROM json_each(?)`,
      rows,
    ),
  )
  inChunks(
    postings.flatMap(({ sequence, lines }) => lines.map((line, n) => lineText(sequence, n, line))),
    (rows) =>
      sql.run(
        `INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount, item, due)
          SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 FROM json_each(?)`,
        rows,
      ),
  )
  const sums = 'sum(CASE side WHEN 1 THEN amount ELSE 0 END), sum(CASE side WHEN -1 THEN amount ELSE 0 END)'
  const add = 'ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit'
  sql.run(
    `INSERT INTO ${t.balances}(account_id, currency, debit, credit) SELECT account_id, currency, ${sums}
      FROM ${t.lines} WHERE sequence BETWEEN ? AND ? GROUP BY account_id, currency ${add}`,
    ...[first.sequence, last.sequence],
  )
  const days = [...new Set(postings.map(({ day }) => day))].map((day) => [day, monthOf(day)])
  sql.run(
    `INSERT INTO ${t.days}(account_id, currency, day, recorded_day, month, debit, credit)
      SELECT l.account_id, l.currency, e.day, e.recorded_at / 86400000, m.value->>1, ${sums}
      FROM ${t.entries} AS e CROSS JOIN ${t.lines} AS l ON l.sequence = e.sequence
        JOIN json_each(?) AS m ON m.value->>0 = e.day
      WHERE e.sequence BETWEEN ? AND ? GROUP BY l.account_id, l.currency, e.day ${add}`,
    ...[JSON.stringify(days), first.sequence, last.sequence],
  )
}

function entryText(posting: Posting): string {
  const { sequence, day, recordedAt, description, key, request, reverses, hold, draft, metadataText, hash } = posting
  return JSON.stringify([sequence, day, recordedAt, description, key, request, reverses, hold, draft, metadataText, hash])
}

// Amounts are text: SQLite reads a JSON number beyond 2^53 exactly, and a reader of ours would not.
function lineText(sequence: number, n: number, { account, currency, sign, amount, item, due }: Posting['lines'][number]): string {
  const itemText = item === null ? 'null' : JSON.stringify(item)
  return `[${sequence},${n},${account.id},"${currency}",${sign},"${amount}",${itemText},${due}]`
}

function inChunks(rows: readonly string[], write: (json: string) => void): void {
  let from = 0
  while (from < rows.length) {
    let to = from
    for (let length = 0; to < rows.length && (to === from || length + (rows[to] as string).length < chunkLength); to++) {
      length += (rows[to] as string).length + 1
    }
    write(`[${rows.slice(from, to).join()}]`)
    from = to
  }
}
