import type { CallContext } from '../kernel/call-context.ts'
import type { Mutation } from '../kernel/types.ts'
import type { ObjectStorage, SqlValue } from '../platform/types.ts'
import { exceeds } from '../storage/json.ts'
import { ensure, firstIn, hasTable, once, run } from '../storage/sql.ts'
import { createStanding, type Standing } from './standing.ts'
import type { Origin } from './types.ts'

/** One change as it is stored. */
export interface Row extends Record<string, SqlValue> {
  sequence: number
  source: string
  operation: string
  key: string
  before: string | null
  after: string | null
  at: number
  version: number
  request: string | null
  principal: string | null
  origin: string | null
  child: string | null
  large: number | null
}

/** A change from below, as it came. */
export interface Arrived extends Mutation {
  readonly at: number
  readonly version: number
  readonly request: string | null
  readonly principal: string | null
  readonly origin: Origin
}

// Without AUTOINCREMENT: a row gets the highest number plus one, so what is rolled back leaves no gap. The newest row is never
// dropped, so no number comes twice.
const tables = `CREATE TABLE IF NOT EXISTS do_changes (
  sequence INTEGER PRIMARY KEY, source TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL, before TEXT, after TEXT,
  at INTEGER NOT NULL, version INTEGER NOT NULL, request TEXT, principal TEXT, origin TEXT, child TEXT, large INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS do_changes_large (
  sequence INTEGER NOT NULL, side TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (sequence, side)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS do_changes_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`

const insert = 'INSERT INTO do_changes (source, operation, key, before, after, at, version, request, principal'
const insertAny = `${insert}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
const insertArrived = `${insert}, origin, child) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** What may stand in SQL as it is. */
const word = /^[\w.:-]{1,100}$/
const maxKinds = 1_000
/** By source, operation, and which of the values are null. */
const statements = new Map<string, string>()

/**
 * Adds a change of the object's own. Every bound value costs as much as a column, on the way of every write: what all changes of
 * one kind have in common stands in the text of the statement, of which there are few.
 */
function insertOwn(storage: ObjectStorage, source: string, operation: string, values: readonly SqlValue[]): void {
  let nulls = 0
  const bound: SqlValue[] = []
  for (const value of values) {
    nulls *= 2
    if (value === null) nulls += 1
    else bound.push(value)
  }
  const kind = `${nulls} ${source} ${operation}`
  let query = statements.get(kind)
  if (!query) {
    const few = statements.size < maxKinds && word.test(source) && word.test(operation)
    if (!few) return void run(storage, insertAny, source, operation, ...values)
    const row = values.map((value) => (value === null ? 'NULL' : '?'))
    query = `${insert}) VALUES ('${source}', '${operation}', ${row})`
    statements.set(kind, query)
  }
  run(storage, query, ...bound)
}

type Texts = Pick<Mutation, 'before' | 'after'>

/** Two texts in one row must stay below the platform's 2 MB. */
const maxTogether = 1_900_000

/** The table of the changes. The caller holds the transaction. */
export interface ChangeLog {
  /** The object's version and time of change. */
  readonly standing: Standing
  exists(): boolean
  open(): void
  append(mutation: Mutation, at: number, call: CallContext | undefined): void
  take(arrived: Arrived, child: string): void
  /** Sequence of the newest; 0 when there never was one. */
  last(): number
  /** Sequence of the oldest that is kept. */
  oldest(): number
  row(sequence: number): Row | undefined
  /** In order, one at a time: what is not read stays on disk. */
  rows(after: number, to: number, sql?: string, bindings?: readonly SqlValue[], limit?: number): Iterable<Row>
  body(row: Row, side: 'before' | 'after'): string | undefined
  /** Drops the oldest, up to this one, but never the newest. */
  dropTo(sequence: number): void
  meta(name: string): string | undefined
  setMeta(name: string, value: string): void
}

export function changeLog(storage: ObjectStorage, exists: () => void): ChangeLog {
  const there = () => hasTable(storage, 'do_changes')
  const one = <Found extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]) =>
    firstIn<Found>(storage, 'do_changes', query, ...bindings)
  const number = (query: string): number => one<{ n: number | null }>(query)?.n ?? 0

  /** Where both values do not fit into one row, each gets one of its own. */
  const put = (texts: Texts, row: (before: string | null, after: string | null) => void) => {
    const { before = '', after = '' } = texts
    if ((before.length + after.length) * 3 <= maxTogether || !exceeds(before + after, maxTogether)) {
      return row(texts.before ?? null, texts.after ?? null)
    }
    row(null, null)
    const sequence = number('SELECT max(sequence) AS n FROM do_changes')
    run(storage, 'UPDATE do_changes SET large = 1 WHERE sequence = ?', sequence)
    for (const [side, body] of [
      ['before', texts.before],
      ['after', texts.after],
    ] as const) {
      if (body !== undefined) run(storage, 'INSERT INTO do_changes_large VALUES (?, ?, ?)', sequence, side, body)
    }
  }

  const standing = createStanding(storage)

  return {
    standing,
    exists: there,
    open: () => {
      // Once for each life, and again after a rollback: this is on the way of every write.
      once(storage, 'changes open', () => {
        ensure(storage, tables)
        exists()
        // Cursors are signed with it. With the first change: a copy that is restored later must know it.
        const query = "INSERT OR IGNORE INTO do_changes_meta VALUES ('secret', ?)"
        run(storage, query, crypto.randomUUID() + crypto.randomUUID())
      })
    },
    append: (mutation, at, call) => {
      const { source, operation, key } = mutation
      const version = standing.of(source, at)
      put(mutation, (before, after) =>
        insertOwn(storage, source, operation, [
          key,
          before,
          after,
          at,
          version,
          call?.requestId ?? null,
          call?.principal ?? null,
        ]),
      )
    },
    take: (arrived, child) => {
      standing.bringUp()
      const { source, operation, key, at, version, request, principal, origin } = arrived
      const place = JSON.stringify(origin)
      put(arrived, (before, after) =>
        run(storage, insertArrived, source, operation, key, before, after, at, version, request, principal, place, child),
      )
    },
    last: () => number('SELECT max(sequence) AS n FROM do_changes'),
    oldest: () => number('SELECT min(sequence) AS n FROM do_changes'),
    row: (sequence) => one<Row>('SELECT * FROM do_changes WHERE sequence = ?', sequence),
    rows: (after, to, sql = '1', bindings = [], limit = -1) => {
      if (!there()) return []
      const query = `SELECT * FROM do_changes WHERE sequence > ? AND sequence <= ? AND (${sql}) ORDER BY sequence LIMIT ?`
      return storage.sql.exec<Row>(query, after, to, ...bindings, limit)
    },
    body: (row, side) => {
      if (row.large === null) return row[side] ?? undefined
      const query = 'SELECT body FROM do_changes_large WHERE sequence = ? AND side = ?'
      return one<{ body: string }>(query, row.sequence, side)?.body
    },
    dropTo: (sequence) => {
      const query = 'sequence <= ? AND sequence < (SELECT max(sequence) FROM do_changes)'
      run(storage, `DELETE FROM do_changes_large WHERE ${query}`, sequence)
      run(storage, `DELETE FROM do_changes WHERE ${query}`, sequence)
    },
    meta: (name) => one<{ value: string }>('SELECT value FROM do_changes_meta WHERE name = ?', name)?.value,
    setMeta: (name, value) => {
      run(storage, 'INSERT OR REPLACE INTO do_changes_meta VALUES (?, ?)', name, value)
    },
  }
}
