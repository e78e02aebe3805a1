import type { Book, Remembered } from './book.ts'
import { pairOf } from './pair.ts'
import type { Posting } from './posting.ts'
import { lineText, moved } from './schema-following.ts'
import { writeMany } from './write-many.ts'

/** From here on a few statements for all are less work than one for each. */
const manyFrom = 8

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
      `INSERT INTO ${tables.pairs}(sequence, day, recorded_at, description, key, metadata, hash, n, debit, credit, currency, amount,
        version, previous) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      sequence,
      day,
      recordedAt,
      description,
      key,
      metadataText,
      hash,
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
      hash, lines, version, previous) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[sequence, day, recordedAt, description, key, request, reverses, hold, draft, metadataText, hash],
    ...[`[${lines.map((line, n) => lineText(sequence, n, line)).join()}]`, version, previous],
  )
}

/** What a posting that only remembered the books is told when they stand otherwise. */
export function isMoved(error: unknown): boolean {
  return isTaken(error) || (error instanceof Error && error.message.includes(moved))
}

/** What a posting is told whose place or key another one has. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('UNIQUE constraint failed')
}
