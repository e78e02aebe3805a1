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
  const pair = pairOf(lines)
  if (pair !== undefined && request === null && reverses === null && hold === null && draft === null) {
    const { debit, credit, n } = pair
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
      debit.currency,
      String(debit.amount),
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

type PostedLine = Posting['lines'][number]

/** One debit and one credit of the same, and nothing more to say of them; `n` is the number of the debit. */
interface Pair {
  readonly debit: PostedLine
  readonly credit: PostedLine
  readonly n: 0 | 1
}

function pairOf(lines: readonly PostedLine[]): Pair | undefined {
  const [first, second] = lines
  if (first === undefined || second === undefined || lines.length > 2 || !isPlain(first) || !isPlain(second)) return undefined
  if (first.sign === second.sign || first.currency !== second.currency || first.amount !== second.amount) return undefined
  return first.sign === 1 ? { debit: first, credit: second, n: 0 } : { debit: second, credit: first, n: 1 }
}

const isPlain = ({ item, due }: PostedLine) => item === null && due === null

/** What a posting that only remembered the books is told when they stand otherwise. */
export function isMoved(error: unknown): boolean {
  return error instanceof Error && (error.message.includes(moved) || error.message.includes('UNIQUE constraint failed'))
}

/**
 * A few statements whatever the size, more only where the texts would be too long. What most entries are (a key, two lines) is
 * written from shorter texts than what the others may be; entries of a batch reverse nothing and come from nothing else.
 */
function writeMany({ sql, tables: t }: Book, postings: readonly Posting[]): void {
  const { recordedAt } = postings[0] as Posting
  const [plain, others] = parted(postings, ({ request, metadataText }) => request === null && metadataText === null)
  inChunks(plain.map(plainText), (rows) =>
    sql.run(
      `INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, hash) SELECT ${plainFields} FROM json_each(?2)`,
      ...[recordedAt, rows],
    ),
  )
  inChunks(others.map(entryText), (rows) =>
    sql.run(
      `INSERT INTO ${t.entries}(sequence, day, recorded_at, description, key, request, metadata, hash)
        SELECT ${entryFields} FROM json_each(?2)`,
      ...[recordedAt, rows],
    ),
  )
  const [pairs, more] = parted(postings, ({ lines }) => pairOf(lines) !== undefined)
  inChunks(pairs.map(pairText), (rows) =>
    sql.run(
      `INSERT INTO ${t.lines}(sequence, n, account_id, currency, side, amount) SELECT ${pairFields}
        FROM json_each(?) CROSS JOIN (SELECT 0 AS leg UNION ALL SELECT 1)`,
      rows,
    ),
  )
  inChunks(
    more.flatMap(({ sequence, lines }) => lines.map((line, n) => lineText(sequence, n, line))),
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
      ...[recordedAt, rows],
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

// Texts for many rows: fields of fixed width first, what may be anything last. JSON of its own for each takes twice the time.

const plainFields = `substr(value, 1, 16), substr(value, 17, 8), ?1, substr(value, 93 + substr(value, 89, 4)),
  nullif(substr(value, 93, substr(value, 89, 4)), ''), unhex(substr(value, 25, 64))`

function plainText({ sequence, day, description, key, hash }: Posting): string {
  return JSON.stringify(
    `${String(sequence).padStart(16)}${String(day).padStart(8)}${hash}${String(points(key)).padStart(4)}${key ?? ''}${description}`,
  )
}

const entryFields = `substr(value, 1, 16), substr(value, 17, 8), ?1, substr(value, 132 + substr(value, 121, 4) + substr(value, 125, 7)),
  nullif(substr(value, 132, substr(value, 121, 4)), ''), nullif(rtrim(substr(value, 89, 32)), ''),
  nullif(substr(value, 132 + substr(value, 121, 4), substr(value, 125, 7)), ''), unhex(substr(value, 25, 64))`

function entryText({ sequence, day, description, key, request, metadataText, hash }: Posting): string {
  const head = `${String(sequence).padStart(16)}${String(day).padStart(8)}${hash}${(request ?? '').padEnd(32)}`
  const lengths = String(points(key)).padStart(4) + String(points(metadataText)).padStart(7)
  return JSON.stringify(`${head}${lengths}${key ?? ''}${metadataText ?? ''}${description}`)
}

/** For two rows, that of the debit (leg 0) and that of the credit (leg 1). */
const pairFields = `substr(value, 1, 16), abs(leg - substr(value, 17, 1)), substr(value, 18 + 16 * leg, 16), substr(value, 70),
  1 - 2 * leg, substr(value, 50, 20)`

function pairText({ sequence, lines }: Posting): string {
  const { debit, credit, n } = pairOf(lines) as Pair
  const accounts = String(debit.account.id).padStart(16) + String(credit.account.id).padStart(16)
  return `"${String(sequence).padStart(16)}${n}${accounts}${debit.amount.toString().padStart(20)}${debit.currency}"`
}

/** Characters as SQLite counts them: a pair of surrogates is one. */
function points(text: string | null): number {
  if (text === null) return 0
  return /[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length
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

function parted<T>(all: readonly T[], belongs: (one: T) => boolean): readonly [T[], T[]] {
  const parts: [T[], T[]] = [[], []]
  for (const one of all) parts[belongs(one) ? 0 : 1].push(one)
  return parts
}
