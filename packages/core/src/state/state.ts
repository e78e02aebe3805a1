import type { Page } from '@do/provider'
import type { ObjectStorage } from '../platform/types.ts'
import { byteLength, checkKey, encodeJson, type Json, sameJson } from '../storage/json.ts'
import { limitOf, readCursor, writeCursor } from '../storage/paging.ts'
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
  /** @throws ProviderError `invalid_key`, `invalid_value`, `too_large` */
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

export function createState(storage: ObjectStorage, touch: () => void): State {
  const write = (key: string, value: Json) => {
    checkKey(key)
    const text = encodeJson(value, `The value of "${key}"`, byteLength(key))
    run(storage, 'INSERT INTO do_state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', key, text)
  }
  const remove = (key: string): boolean => first(storage, 'DELETE FROM do_state WHERE key = ? RETURNING key', key) !== undefined
  const present = () => hasTable(storage, 'do_state')

  const get = <T>(key: string): T | undefined => {
    if (!present()) return undefined
    const row = first<{ value: string }>(storage, 'SELECT value FROM do_state WHERE key = ?', key)
    return row === undefined ? undefined : (JSON.parse(row.value) as T)
  }

  /** One transaction, one step of the version if anything changed. */
  const mutate = (change: () => boolean): boolean =>
    transaction(storage, () => {
      ensure(storage, table)
      const changed = change()
      if (changed) touch()
      return changed
    })

  return {
    get,
    set: (key, value) => {
      mutate(() => {
        write(key, value)
        return true
      })
    },
    delete: (key) => present() && mutate(() => remove(key)),
    batch: (changes) => {
      if (changes.length === 0) return
      mutate(() => {
        for (const change of changes) {
          if ('set' in change) write(change.set, change.value)
          else remove(change.delete)
        }
        return true
      })
    },
    transaction: (inside) => transaction(storage, inside),
    compareAndSet: (key, expected, next) => {
      let equal = false
      mutate(() => {
        equal = sameJson(get(key), expected)
        if (!equal) return false
        if (next !== undefined) write(key, next)
        else return remove(key)
        return true
      })
      return equal
    },
    list: <T>({ prefix = '', limit, cursor, reverse = false }: ListOptions = {}) => {
      const count = limitOf(limit)
      if (!present()) return { items: [] }
      const after = cursor === undefined ? undefined : String(readCursor(cursor, 1)[0])
      const conditions = ['key >= ?', 'key < ?']
      const bindings: string[] = [prefix, `${prefix}\u{10ffff}`]
      if (after !== undefined) {
        conditions.push(reverse ? 'key < ?' : 'key > ?')
        bindings.push(after)
      }
      const query = `SELECT key, value FROM do_state WHERE ${conditions.join(' AND ')} ORDER BY key ${reverse ? 'DESC' : 'ASC'} LIMIT ?`
      const found = rows<{ key: string; value: string }>(storage, query, ...bindings, count + 1)
      const items = found.slice(0, count).map(({ key, value }) => ({ key, value: JSON.parse(value) as T }))
      const last = items.at(-1)
      return found.length > count && last !== undefined ? { items, cursor: writeCursor([last.key]) } : { items }
    },
  }
}
