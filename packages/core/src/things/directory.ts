import type { ObjectStorage } from '../platform/types.ts'
import { ensure, hasTable, rows, run } from '../storage/sql.ts'

// Which noun a thing is of, by its id: an id need not say it, and each noun has a collection of its own.
const table = 'CREATE TABLE IF NOT EXISTS do_things (id TEXT PRIMARY KEY, type TEXT NOT NULL) STRICT, WITHOUT ROWID'

export function typesOf(storage: ObjectStorage, ids: readonly string[]): ReadonlyMap<string, string> {
  if (ids.length === 0 || !hasTable(storage, 'do_things')) return new Map()
  const query = 'SELECT id, type FROM do_things WHERE id IN (SELECT value FROM json_each(?))'
  const found = rows<{ id: string; type: string }>(storage, query, JSON.stringify(ids))
  return new Map(found.map(({ id, type }) => [id, type]))
}

export function enter(storage: ObjectStorage, id: string, type: string): void {
  ensure(storage, table)
  run(storage, 'INSERT INTO do_things VALUES (?, ?)', id, type)
}

export function leave(storage: ObjectStorage, id: string): void {
  ensure(storage, table)
  run(storage, 'DELETE FROM do_things WHERE id = ?', id)
}
