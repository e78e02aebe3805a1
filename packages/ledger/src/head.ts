import type { Book } from './book.ts'
import type { LedgerErrorCode } from './errors.ts'

/** What a posting has to know of the books before it, read in one statement inside its transaction. */
export interface Head {
  /** Of the accounts and currencies. */
  readonly version: string
  /** Of the last entry: 0, 0 and '' in an empty book. */
  readonly sequence: number
  readonly recordedAt: number
  readonly hash: string
  /** The last locked day. */
  readonly locked: number | null
  /** When the next hold expires. */
  readonly nextExpiry: number | null
  readonly found: Found | undefined
}

/** What became of a key. */
export type Found =
  /** A plain posting keeps no digest of what was asked: the entry says it. */
  | { readonly kind: 'entry'; readonly request: string | null; readonly sequence: number }
  | { readonly kind: 'hold'; readonly request: string; readonly id: number }
  | {
      readonly kind: 'refused'
      readonly request: string
      readonly code: LedgerErrorCode
      readonly message: string
      readonly at: number
    }

type Row = [string, number | null, number | null, string | null, number | null, number | null, string?, string?, string?]

export function readHead(book: Book, key: string | undefined): Head {
  const { sql } = book
  const statement = statementFor(book, key !== undefined)
  // One column: in a Durable Object every column of a row costs as much as a small statement.
  const [row] = key === undefined ? sql.all<{ head: string }>(statement) : sql.all<{ head: string }>(statement, key)
  const [version, sequence, recordedAt, hash, locked, nextExpiry, entry, hold, refusal] = JSON.parse(row?.head ?? '[]') as Row
  return {
    version,
    sequence: sequence ?? 0,
    recordedAt: recordedAt ?? 0,
    hash: hash?.toLowerCase() ?? '',
    locked,
    nextExpiry,
    found: foundIn(entry, hold, refusal),
  }
}

function foundIn(entry?: string | null, hold?: string | null, refusal?: string | null): Found | undefined {
  if (entry) {
    const [sequence, request] = JSON.parse(entry)
    return { kind: 'entry', request, sequence }
  }
  if (hold) {
    const [id, request] = JSON.parse(hold)
    return { kind: 'hold', request, id }
  }
  if (refusal) {
    const [request, code, message, at] = JSON.parse(refusal)
    return { kind: 'refused', request, code, message, at }
  }
  return undefined
}

const statements = new WeakMap<Book['tables'], readonly [plain: string, keyed: string]>()

function statementFor({ tables: t }: Book, keyed: boolean): string {
  let both = statements.get(t)
  if (both === undefined) {
    const head = (
      more: string,
    ) => `SELECT json_array(s.version, e.sequence, e.recorded_at, hex(e.hash), s.locked, s.next_expiry${more})
      AS head FROM ${t.state} AS s LEFT JOIN ${t.entries} AS e ON e.sequence = (SELECT max(sequence) FROM ${t.entries})`
    // Concatenated with a text, so that JSON stays a text inside the array.
    const key = `,
      (SELECT json_array(sequence, request) || '' FROM ${t.entries} WHERE key = ?1),
      (SELECT json_array(id, request) || '' FROM ${t.holds} WHERE key = ?1),
      (SELECT json_array(request, code, message, at) || '' FROM ${t.refusals} WHERE key = ?1)`
    both = [head(''), head(key)]
    statements.set(t, both)
  }
  return both[keyed ? 1 : 0]
}
