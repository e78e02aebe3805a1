import { refuse } from '@do/provider'
import { isPromise } from '../kernel/promises.ts'
import type { ObjectStorage, SqlCursor, SqlValue } from '../platform/types.ts'

const ready = new WeakMap<ObjectStorage, Set<string>>()

/** Makes tables on first use, not before: an object that was only asked for leaves nothing on disk. */
export function ensure(storage: ObjectStorage, ddl: string): void {
  once(storage, ddl, () => storage.sql.exec(ddl))
}

/** Once for each storage; again after a rollback, which may have taken it back. */
export function once(storage: ObjectStorage, token: string, make: () => void): void {
  const made = known(storage)
  if (made.has(token)) return
  make()
  made.add(token)
}

/** The next `once` of this token does it again. */
export function forget(storage: ObjectStorage, token: string): void {
  known(storage).delete(token)
}

/** Everything of this storage is made again: nothing of it is left. */
export function forgetAll(storage: ObjectStorage): void {
  ready.delete(storage)
}

function known(storage: ObjectStorage): Set<string> {
  const made = ready.get(storage) ?? new Set()
  ready.set(storage, made)
  return made
}

/**
 * All or nothing, nested ones too.
 * @throws ProviderError `async_transaction` when `run` answers a promise: what it does later would not be part of it.
 */
export function transaction<T>(storage: ObjectStorage, run: () => T): T {
  try {
    return storage.transactionSync(() => {
      const result = run()
      if (isPromise(result)) throw refuse('async_transaction', 'A transaction is synchronous: await before or after it.')
      return result
    })
  } catch (error) {
    // Tables that were made inside are gone with it.
    ready.delete(storage)
    throw error
  }
}

export function rows<Row extends Record<string, SqlValue>>(
  storage: ObjectStorage,
  query: string,
  ...bindings: SqlValue[]
): Row[] {
  return storage.sql.exec<Row>(query, ...bindings).toArray()
}

export function first<Row extends Record<string, SqlValue>>(
  storage: ObjectStorage,
  query: string,
  ...bindings: SqlValue[]
): Row | undefined {
  return rows<Row>(storage, query, ...bindings)[0]
}

/** The same of a table that may not be there yet: then there are none. */
export function rowsIn<Row extends Record<string, SqlValue>>(
  storage: ObjectStorage,
  table: string,
  query: string,
  ...bindings: SqlValue[]
): Row[] {
  return hasTable(storage, table) ? rows<Row>(storage, query, ...bindings) : []
}

export function firstIn<Row extends Record<string, SqlValue>>(
  storage: ObjectStorage,
  table: string,
  query: string,
  ...bindings: SqlValue[]
): Row | undefined {
  return rowsIn<Row>(storage, table, query, ...bindings)[0]
}

export function run(storage: ObjectStorage, query: string, ...bindings: SqlValue[]): SqlCursor<Record<string, SqlValue>> {
  return storage.sql.exec(query, ...bindings)
}

/** Is there such a table? Asking makes nothing. */
export function hasTable(storage: ObjectStorage, name: string): boolean {
  const made = known(storage)
  if (made.has(name)) return true
  const found = first(storage, 'SELECT 1 FROM sqlite_master WHERE name = ?', name) !== undefined
  if (found) made.add(name)
  return found
}
