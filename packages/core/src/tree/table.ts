import type { ObjectStorage } from '../platform/types.ts'
import { ensure, first, hasTable, once, rows, run } from '../storage/sql.ts'
import type { Child, LifecycleStatus } from './types.ts'

const children = `CREATE TABLE IF NOT EXISTS do_children (
  type TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL UNIQUE, state TEXT NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (type, name)) STRICT, WITHOUT ROWID`

const lifecycle = `CREATE TABLE IF NOT EXISTS do_lifecycle (
  one INTEGER PRIMARY KEY CHECK (one = 1), status TEXT NOT NULL, since INTEGER NOT NULL) STRICT`

interface Row extends Record<string, string | number | null> {
  type: string
  name: string
  url: string
  state: string
  created_at: number
}

/** The rows of the tree. The caller holds the transaction. */
export interface TreeTable {
  status(): LifecycleStatus
  setStatus(status: LifecycleStatus, now: number): void
  child(type: string, name: string): Child | undefined
  childAt(url: string): Child | undefined
  insert(child: Omit<Child, 'state' | 'createdAt'>, now: number): void
  linked(url: string): void
  remove(url: string): boolean
  /** In the order of type and name, after these. */
  list(type: string | undefined, after: readonly [string, string] | undefined, limit: number): Child[]
  any(): boolean
}

export function treeTable(storage: ObjectStorage): TreeTable {
  let known: LifecycleStatus = 'active'
  const read = (): LifecycleStatus =>
    hasTable(storage, 'do_lifecycle')
      ? ((first<{ status: string }>(storage, 'SELECT status FROM do_lifecycle')?.status as LifecycleStatus | undefined) ??
        'active')
      : 'active'
  const has = () => hasTable(storage, 'do_children')
  const one = (query: string, ...bindings: string[]) =>
    has() ? rows<Row>(storage, query, ...bindings).map(childOf)[0] : undefined

  return {
    // Asked for with every call: read once, and again after a rollback.
    status: () => {
      once(storage, 'do_lifecycle.status', () => {
        known = read()
      })
      return known
    },
    setStatus: (status, now) => {
      ensure(storage, lifecycle)
      run(
        storage,
        'INSERT INTO do_lifecycle VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET status = ?1, since = ?2',
        status,
        now,
      )
      once(storage, 'do_lifecycle.status', () => {})
      known = status
    },
    child: (type, name) => one('SELECT * FROM do_children WHERE type = ? AND name = ?', type, name),
    childAt: (url) => one('SELECT * FROM do_children WHERE url = ?', url),
    insert: ({ type, name, url }, now) => {
      ensure(storage, children)
      run(storage, "INSERT INTO do_children VALUES (?, ?, ?, 'linking', ?)", type, name, url, now)
    },
    linked: (url) => {
      run(storage, "UPDATE do_children SET state = 'linked' WHERE url = ?", url)
    },
    remove: (url) => has() && first(storage, 'DELETE FROM do_children WHERE url = ? RETURNING url', url) !== undefined,
    list: (type, after = ['', ''], limit) => {
      if (!has()) return []
      const own = type === undefined ? '' : 'type = ?4 AND '
      const query = `SELECT * FROM do_children WHERE ${own}(type, name) > (?1, ?2) ORDER BY type, name LIMIT ?3`
      return rows<Row>(storage, query, ...after, limit, ...(type === undefined ? [] : [type])).map(childOf)
    },
    any: () => has() && first(storage, 'SELECT 1 AS found FROM do_children LIMIT 1') !== undefined,
  }
}

function childOf({ type, name, url, state, created_at }: Row): Child {
  return { url, type, name, state: state as Child['state'], createdAt: new Date(created_at).toISOString() }
}
