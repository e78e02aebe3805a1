import type { Book, Remembered } from './book.ts'
import { monthOf } from './days.ts'
import type { Posting } from './posting.ts'
import { lineFields, lineText, moved } from './schema-following.ts'

/** From here on a few statements for all are less work than one for each. */
const manyFrom = 8

/** Well below the 2 MB of a bound text in a Durable Object, were every character three bytes. */
const chunkLength = 500_000

/** Writes entries that were made in this transaction, with everything that follows from them. */
export function writePostings(book: Book, postings: readonly Posting[]): void {
  if (postings.length < manyFrom) for (const posting of postings) writePosting(book, posting)
  else writeMany(book, postings)
}

/**
 * One statement: the triggers of the view do the rest. With `end` the books refuse it unless they stand as remembered there.
 * @throws the database's error then; `isMoved` knows it.
 */
export function writePosting({ sql, tables }: Book, posting: Posting, end?: Remembered): void {
  const { sequence, day, recordedAt, description, key, request, reverses, hold, draft, metadataText, hash, lines } = posting
  const [version, previous] = end === undefined ? [null, null] : [end.version, end.hash]
  const [first, second] = lines
  if (
    lines.length === 2 &&
    first !== undefined &&
    second !== undefined &&
    isPlain(first) &&
    isPlain(second) &&
    request === null &&
    reverses === null &&
    hold === null &&
    draft === null
  ) {
    const [debit, credit, n] = first.sign === 1 ? [first, second, 0] : [second, first, 1]
    sql.run(
      `INSERT INTO ${tables.pairs}(sequence, day, recorded_at, description, key, metadata, hash, month, n, debit, credit, currency,
        amount, version, previous) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      sequence,
      day,
      recordedAt,
      description,
      key,
      metadataText,
      hash,
      monthOf(day),
      n,
      debit.account.id,
      credit.account.id,
      first.currency,
      String(first.amount),
      version,
      previous,
    )
    return
  }
  sql.run(
    `INSERT INTO ${tables.postings}(sequence, day, recorded_at, description, key, request, reverses, hold_id, draft_id, metadata,
      hash, month, lines, version, previous) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[sequence, day, recordedAt, description, key, request, reverses, hold, draft, metadataText, hash],
    ...[monthOf(day), `[${lines.map((line, n) => lineText(sequence, n, line)).join()}]`, version, previous],
  )
}

const isPlain = ({ item, due }: Posting['lines'][number]) => item === null && due === null

/** What a posting that only remembered the books is told when they stand otherwise. */
export function isMoved(error: unknown): boolean {
  return error instanceof Error && (error.message.includes(moved) || error.message.includes('UNIQUE constraint failed'))
}

/** Three statements whatever the size, more only where the texts would be too long. */
function writeMany({ sql, tables: t }: Book, postings: readonly Posting[]): void {
  const first = postings[0] as Posting
  let written = 0
  inChunks(postings.map(entryText), (rows, count) => {
    sql.run(
      `INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, request, metadata, hash)
        SELECT ?1 + j.key, substr(value, 1, 8), ?2, ${entryFields} FROM json_each(?3) AS j`,
      ...[first.sequence + written, first.recordedAt, rows],
    )
    written += count
  })
  inChunks(
    postings.flatMap(({ sequence, lines }) => lines.map((line, n) => lineText(sequence, n, line))),
    (rows) =>
      sql.run(
        `INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount, item, due) SELECT ${lineFields} FROM json_each(?)`,
        rows,
      ),
  )
  inChunks(movements(postings), (rows) =>
    sql.run(
      `INSERT INTO ${t.days}(account_id, currency, day, recorded_day, month, debit, credit)
        SELECT value->>0, value->>1, value->>2, CAST(?1 AS INTEGER) / 86400000, value->>3, value->>4, value->>5
        FROM json_each(?2) WHERE 1 ON CONFLICT DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit`,
      ...[first.recordedAt, rows],
    ),
  )
}

/** What the postings move, summed by account, currency and day. */
function movements(postings: readonly Posting[]): string[] {
  const all = new Map<
    string,
    { readonly id: number; readonly currency: string; readonly day: number; debit: bigint; credit: bigint }
  >()
  for (const { day, lines } of postings) {
    for (const { account, currency, sign, amount } of lines) {
      const key = `${account.id} ${day} ${currency}`
      let sum = all.get(key)
      if (sum === undefined) {
        sum = { id: account.id, currency, day, debit: 0n, credit: 0n }
        all.set(key, sum)
      }
      if (sign === 1) sum.debit += amount
      else sum.credit += amount
    }
  }
  return Array.from(
    all.values(),
    ({ id, currency, day, debit, credit }) => `[${id},"${currency}",${day},${monthOf(day)},"${debit}","${credit}"]`,
  )
}

const entryFields = `substr(value, 116 + substr(value, 105, 4) + substr(value, 109, 7)),
  nullif(substr(value, 116, substr(value, 105, 4)), ''), nullif(rtrim(substr(value, 73, 32)), ''),
  nullif(substr(value, 116 + substr(value, 105, 4), substr(value, 109, 7)), ''), unhex(substr(value, 9, 64))`

/** Fields of fixed width first, with the lengths of the others; entries of a batch reverse nothing and come from nothing else. */
function entryText({ day, description, key, request, metadataText, hash }: Posting): string {
  const lengths = String(points(key)).padStart(4) + String(points(metadataText)).padStart(7)
  return JSON.stringify(
    `${String(day).padStart(8)}${hash}${(request ?? '').padEnd(32)}${lengths}${key ?? ''}${metadataText ?? ''}${description}`,
  )
}

/** Characters as SQLite counts them: a pair of surrogates is one. */
function points(text: string | null): number {
  if (text === null) return 0
  return /[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length
}

function inChunks(rows: readonly string[], write: (json: string, count: number) => void): void {
  let from = 0
  while (from < rows.length) {
    let to = from
    for (let length = 0; to < rows.length && (to === from || length + (rows[to] as string).length < chunkLength); to++) {
      length += (rows[to] as string).length + 1
    }
    write(`[${rows.slice(from, to).join()}]`, to - from)
    from = to
  }
}
