import type { ObjectStorage, SqlValue } from '../platform/types.ts'
import type { Json } from '../storage/json.ts'
import { ensure, hasTable, rows } from '../storage/sql.ts'
import type { Edge } from './types.ts'

/** The key itself serves "from here"; the index "to here": neither needs the other to walk the graph. */
const table = `CREATE TABLE IF NOT EXISTS do_relationships (from_id TEXT NOT NULL, verb TEXT NOT NULL, to_id TEXT NOT NULL,
  data TEXT, created_at INTEGER NOT NULL, PRIMARY KEY (from_id, verb, to_id)) STRICT, WITHOUT ROWID`
const back = 'CREATE INDEX IF NOT EXISTS do_relationships_back ON do_relationships (to_id, verb, from_id)'

export interface EdgeRow extends Record<string, SqlValue> {
  from_id: string
  verb: string
  to_id: string
  data: string | null
  created_at: number
}

export function openEdges(storage: ObjectStorage): void {
  ensure(storage, table)
  ensure(storage, back)
}

export function hasEdges(storage: ObjectStorage): boolean {
  return hasTable(storage, 'do_relationships')
}

export function edgeOf(row: EdgeRow): Edge {
  return {
    from: row.from_id,
    verb: row.verb,
    to: row.to_id,
    ...(row.data === null ? {} : { data: JSON.parse(row.data) as Readonly<Record<string, Json>> }),
    createdAt: new Date(row.created_at).toISOString(),
  }
}

export type Step = Pick<EdgeRow, 'from_id' | 'verb' | 'to_id'>

/** UTF-16 units of one list of ids: at most three bytes each, so below the 2 MB of one bound value. */
const maxIds = 600_000

/** Edges that leave (or enter) any of these, read as they are asked for; only keys, so that the index alone is read. */
export function* stepsFrom(
  storage: ObjectStorage,
  ids: readonly string[],
  end: 'from_id' | 'to_id',
  verbs: readonly string[] | undefined,
): Generator<Step> {
  const other = end === 'from_id' ? 'to_id' : 'from_id'
  for (const list of lists(ids)) {
    const filter = verbs === undefined ? '' : 'AND verb IN (SELECT value FROM json_each(?))'
    const query = `SELECT from_id, verb, to_id FROM do_relationships
      WHERE ${end} IN (SELECT value FROM json_each(?)) ${filter} ORDER BY ${end}, verb, ${other}`
    yield* storage.sql.exec<EdgeRow>(query, JSON.stringify(list), ...(verbs === undefined ? [] : [JSON.stringify(verbs)]))
  }
}

function* lists(ids: readonly string[]): Generator<readonly string[]> {
  let first = 0
  let size = 0
  for (const [index, id] of ids.entries()) {
    if (size + id.length > maxIds) {
      yield ids.slice(first, index)
      first = index
      size = 0
    }
    size += id.length + 3
  }
  if (first < ids.length) yield ids.slice(first)
}

export function edgesAt(storage: ObjectStorage, sql: string, ...bindings: SqlValue[]): EdgeRow[] {
  return rows<EdgeRow>(storage, `SELECT from_id, verb, to_id, data, created_at FROM do_relationships WHERE ${sql}`, ...bindings)
}
