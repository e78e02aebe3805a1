import type { Page } from '@do/provider'
import type { Mutation } from '../kernel/types.ts'
import type { ObjectStorage } from '../platform/types.ts'
import { checkKey, encodeJson, type Json, sameJson } from '../storage/json.ts'
import { limitOf, pageOf, readCursor } from '../storage/paging.ts'
import { ensure, first, hasTable, rows, run, transaction } from '../storage/sql.ts'

export type StateChange = { readonly set: string; readonly value: Json } | { readonly delete: string }

export interface Entry<T> {
  readonly key: string
  readonly value: T
}

export interface ListOptions {
  readonly prefix?: string
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  readonly cursor?: string
  readonly reverse?: boolean
}

/** Key → JSON value, in the object's own SQLite. Every mutation counts the object's version up by one. */
export interface State {
  get<T = Json>(key: string): T | undefined
  /** @throws ProviderError `invalid_key`, `invalid_value`, `too_large`; `storage_full` where the object's quota is watched. */
  set(key: string, value: Json): void
  /** False when there was nothing. */
  delete(key: string): boolean
  /** In the order of the keys' UTF-8 bytes. */
  list<T = Json>(options?: ListOptions): Page<Entry<T>>
  /** All or nothing, counted as one mutation. */
  batch(changes: readonly StateChange[]): void
  /** @throws ProviderError `async_transaction`; whatever `run` throws, after everything was rolled back. */
  transaction<T>(run: () => T): T
  /** Writes `next` only if the value equals `expected` as JSON. `undefined` means absent, on either side. */
  compareAndSet(key: string, expected: Json | undefined, next: Json | undefined): boolean
}

const table = 'CREATE TABLE IF NOT EXISTS do_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID'
/** No key begins with it: after all of them. */
const last = '\u{10ffff}'

/** `listener` answers who is told of each mutation; where nobody is, nothing is read before it is written over. */
export function createState(
  storage: ObjectStorage,
  touch: () => void,
  listener: () => ((mutation: Mutation) => void) | undefined,
): State {
  let fresh: boolean
  const stored = (key: string) => first<{ value: string }>(storage, 'SELECT value FROM do_state WHERE key = ?', key)?.value
  const present = () => hasTable(storage, 'do_state')

  const get = (key: string) => {
    const text = present() ? stored(key) : undefined
    // JSON text is never empty.
    return text && JSON.parse(text)
  }

  /** Counts the version up, once for each mutation, and tells it. */
  const changed = (key: string, before: string | undefined, after?: string) => {
    if (fresh) touch()
    fresh = false
    listener()?.({ source: 'state', operation: !after ? 'delete' : before ? 'update' : 'create', key, before, after })
  }
  const write = (key: string, value: Json) => {
    checkKey(key)
    const after = encodeJson(value, `The value of "${key}"`, 3 * key.length)
    const before = listener() && stored(key)
    run(storage, 'REPLACE INTO do_state VALUES (?, ?)', key, after)
    changed(key, before, after)
  }
  const remove = (key: string): boolean => {
    const row = first<{ value: string }>(storage, 'DELETE FROM do_state WHERE key = ? RETURNING value', key)
    if (row) changed(key, row.value)
    return !!row
  }

  /** One transaction, one step of the version if anything changed. */
  const mutate = <T>(change: () => T): T =>
    transaction(storage, () => {
      ensure(storage, table)
      fresh = true
      return change()
    })

  return {
    get,
    set: (key, value) => mutate(() => write(key, value)),
    delete: (key) => present() && mutate(() => remove(key)),
    batch: (changes) => {
      if (changes.length === 0) return
      mutate(() => {
        for (const change of changes) {
          if ('set' in change) write(change.set, change.value)
          else remove(change.delete)
        }
      })
    },
    transaction: (inside) => transaction(storage, inside),
    compareAndSet: (key, expected, next) =>
      mutate(() => {
        const equal = sameJson(get(key), expected)
        if (equal) next === undefined ? remove(key) : write(key, next)
        return equal
      }),
    list: <T>({ prefix = '', limit, cursor, reverse }: ListOptions = {}) => {
      const count = limitOf(limit)
      if (!present()) return { items: [] }
      const after = cursor === undefined ? '' : String(readCursor(cursor, 1)[0])
      const query = `SELECT key, value FROM do_state WHERE key >= ? AND key < ? AND key > ? AND key < ? ORDER BY key ${reverse ? 'DESC' : ''} LIMIT ?`
      const found = rows<{ key: string; value: string }>(
        storage,
        query,
        prefix,
        prefix + last,
        reverse ? '' : after,
        (reverse && after) || last,
        count + 1,
      )
      return pageOf(
        found,
        count,
        ({ key, value }) => ({ key, value: JSON.parse(value) as T }),
        ({ key }) => [key],
      )
    },
  }
}
