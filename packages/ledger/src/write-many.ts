import type { Book } from './book.ts'
import { maxAmount } from './check.ts'
import { overflow } from './errors.ts'
import { type Pair, pairOf } from './pair.ts'
import type { Posting } from './posting.ts'
import { lineFields, lineText } from './schema-following.ts'

// The entries of a batch follow each other, so that a row's place in the JSON says its sequence. What is digits goes beside the JSON
// in one text for all rows, so many characters for each: a cast or an unhex of the whole text is done once in a statement, and
// taking a part of what it makes costs no more for the last row than for the first. The inner SELECT (`LIMIT -1 OFFSET 0` keeps
// it one) takes each row out of the JSON once, whatever the number of its parts.

/** Well below the 2 MB of a bound text in a Durable Object, were every character three bytes. */
const chunkLength = 500_000
/** Of which the digits are as long as that. */
const most = 4000

/**
 * A few statements whatever the size, more only where the texts would be too long. What most entries are (a key, two lines) is
 * written from shorter texts than what the others may be; entries of a batch reverse nothing and come from nothing else.
 */
export function writeMany(book: Book, postings: readonly Posting[]): void {
  for (let from = 0; from < postings.length; from += most) {
    const part = postings.slice(from, from + most)
    writeEntries(book, part)
    writeLines(book, part)
  }
  const [first, last] = [postings[0] as Posting, postings.at(-1) as Posting]
  if (postings.some(({ metadataText }) => metadataText !== null)) writeTags(book, first.sequence, last.sequence)
  writeMovements(book, postings, first.recordedAt)
}

function writeEntries(book: Book, postings: readonly Posting[]): void {
  const plain = postings.every(({ request, metadataText }) => request === null && metadataText === null)
  const texts = JSON.stringify(
    postings.map(({ key, metadataText, description }) =>
      plain ? (key ?? '') + description : (key ?? '') + (metadataText ?? '') + description,
    ),
  )
  if (texts.length > chunkLength && postings.length > 1) {
    const half = postings.length >> 1
    writeEntries(book, postings.slice(0, half))
    writeEntries(book, postings.slice(half))
    return
  }
  let hashes = ''
  let digits = ''
  for (const { hash, day, key, request, metadataText } of postings) {
    hashes += hash
    digits += String(day).padStart(8) + String(points(key)).padStart(4)
    if (!plain) digits += String(points(metadataText)).padStart(7) + (request ?? '').padEnd(32)
  }
  const { sequence, recordedAt } = postings[0] as Posting
  book.sql.run(plain ? plainEntries(book) : anyEntries(book), ...[sequence, texts, digits, recordedAt, hashes])
}

const digitsAt = (width: number, from: number, length: number) =>
  `CAST(substr(CAST(?3 AS BLOB), ${width} * key + ${from}, ${length}) AS INTEGER)`

const plainEntries = ({ tables: t }: Book) =>
  `INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, hash)
    SELECT CAST(?1 AS INTEGER) + key, ${digitsAt(12, 1, 8)}, ?4, substr(value, length + 1), nullif(substr(value, 1, length), ''),
      substr(unhex(?5), 32 * key + 1, 32)
    FROM (SELECT key, value, ${digitsAt(12, 9, 4)} AS length FROM json_each(?2) LIMIT -1 OFFSET 0)`

const anyEntries = ({ tables: t }: Book) =>
  `INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, metadata, request, hash)
    SELECT CAST(?1 AS INTEGER) + key, ${digitsAt(51, 1, 8)}, ?4, substr(value, length + more + 1),
      nullif(substr(value, 1, length), ''), nullif(substr(value, length + 1, more), ''),
      nullif(rtrim(CAST(substr(CAST(?3 AS BLOB), 51 * key + 20, 32) AS TEXT)), ''), substr(unhex(?5), 32 * key + 1, 32)
    FROM (SELECT key, value, ${digitsAt(51, 9, 4)} AS length, ${digitsAt(51, 13, 7)} AS more FROM json_each(?2) LIMIT -1 OFFSET 0)`

/** Characters as SQLite counts them: a pair of surrogates is one. */
function points(text: string | null): number {
  if (text === null) return 0
  return /[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length
}

function writeTags({ sql, tables: t }: Book, first: number, last: number): void {
  sql.run(
    `INSERT INTO ${t.tags}(name, value, sequence) SELECT j.key, j.value, e.sequence
      FROM ${t.entries} AS e CROSS JOIN json_each(e.metadata) AS j WHERE e.sequence BETWEEN ? AND ? AND e.metadata IS NOT NULL`,
    ...[first, last],
  )
}

function writeLines({ sql, tables: t }: Book, postings: readonly Posting[]): void {
  const pairs = postings.map(({ lines }) => pairOf(lines))
  if (pairs.every((pair) => pair !== undefined)) {
    sql.run(
      `INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount)
        SELECT CAST(?1 AS INTEGER) + key, leg, CAST(substr(CAST(?3 AS BLOB), 54 * key + 23 + 16 * leg, 16) AS INTEGER), currency,
          side * (1 - 2 * leg), amount
        FROM (SELECT key, value AS currency, ${digitsAt(54, 1, 2)} AS side, ${digitsAt(54, 3, 20)} AS amount
          FROM json_each(?2) LIMIT -1 OFFSET 0) CROSS JOIN (SELECT 0 AS leg UNION ALL SELECT 1)`,
      ...[(postings[0] as Posting).sequence, `["${pairs.map(({ debit }) => debit.currency).join('","')}"]`],
      pairs.map(pairDigits).join(''),
    )
    return
  }
  const lines = postings.flatMap(({ sequence, lines }) => lines.map((line, n) => lineText(sequence, n, line)))
  inChunks(lines, (rows) =>
    sql.run(
      `INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount, item, due)
        SELECT ${lineFields} FROM (SELECT value FROM json_each(?) LIMIT -1 OFFSET 0)`,
      rows,
    ),
  )
}

/** The side of the first line, the amount of both, the account of the first and of the second. */
function pairDigits({ debit, credit, n }: Pair): string {
  const [first, second, side] = n === 0 ? [debit, credit, ' 1'] : [credit, debit, '-1']
  return side + String(debit.amount).padStart(20) + String(first.account.id).padStart(16) + String(second.account.id).padStart(16)
}

/** What the postings move, summed by account, currency and day. */
function writeMovements({ sql, tables: t }: Book, postings: readonly Posting[], recordedAt: number): void {
  inChunks(movements(postings), (rows) =>
    sql.run(
      `INSERT INTO ${t.movements}(account_id, currency, day, recorded_day, debit, credit)
        SELECT CAST(substr(value, 1, 16) AS INTEGER), substr(value, 65), CAST(substr(value, 17, 8) AS INTEGER),
          CAST(?1 AS INTEGER) / 86400000, CAST(substr(value, 25, 20) AS INTEGER), CAST(substr(value, 45, 20) AS INTEGER)
        FROM (SELECT value FROM json_each(?2) LIMIT -1 OFFSET 0)`,
      ...[recordedAt, rows],
    ),
  )
}

interface Movement {
  readonly id: number
  readonly currency: string
  readonly day: number
  debit: bigint
  credit: bigint
}

function movements(postings: readonly Posting[]): string[] {
  const all = new Map<string, Movement>()
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
  return Array.from(all.values(), ({ id, currency, day, debit, credit }) => {
    // A cast would take the largest number for it.
    if (debit > maxAmount || credit > maxAmount) throw overflow()
    const sums = String(debit).padStart(20) + String(credit).padStart(20)
    return `"${String(id).padStart(16)}${String(day).padStart(8)}${sums}${currency}"`
  })
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
