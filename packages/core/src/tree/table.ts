import { isoTime } from '../kernel/iso-time.ts'
import type { ObjectStorage, SqlValue } from '../platform/types.ts'
import { ensure, firstIn, forget, once, rowsIn, run } from '../storage/sql.ts'
import type { Child, LifecycleStatus } from './types.ts'

const children = `CREATE TABLE IF NOT EXISTS do_children (
  type TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL UNIQUE, state TEXT NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (type, name)) STRICT, WITHOUT ROWID`

const lifecycle = `CREATE TABLE IF NOT EXISTS do_life (
  one INTEGER PRIMARY KEY CHECK (one = 1), status TEXT NOT NULL, since INTEGER NOT NULL, epoch INTEGER) STRICT`

interface Row extends Record<string, string | number | null> {
  type: string
  name: string
  url: string
  state: string
  created_at: number
}

interface Life extends Record<string, string | number | null> {
  status: LifecycleStatus
  epoch: number | null
}
const active: Life = { status: 'active', epoch: null }

/** The rows of the tree. The caller holds the transaction. */
export interface TreeTable {
  status(): LifecycleStatus
  /** With the epoch of its changes the object is sealed: nothing of it is written any more. */
  setStatus(status: LifecycleStatus, now: number, epoch?: number | null): void
  sealed(): boolean
  /** The epoch that a deleted object had; it is deleted no longer. Undefined for one that is not. */
  unbury(): number | undefined
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
  let known: Life = active
  // Asked for with every call: read once, and again after a rollback.
  const life = () => {
    once(storage, 'do_life.status', () => {
      known = firstIn<Life>(storage, 'do_life', 'SELECT * FROM do_life') ?? active
    })
    return known
  }
  const many = (query: string, ...bindings: SqlValue[]) => rowsIn<Row>(storage, 'do_children', query, ...bindings).map(childOf)
  const one = (query: string, ...bindings: SqlValue[]) => many(query, ...bindings)[0]

  return {
    status: () => life().status,
    sealed: () => life().epoch !== null,
    setStatus: (status, now, epoch = null) => {
      ensure(storage, lifecycle)
      run(storage, 'INSERT OR REPLACE INTO do_life VALUES (1, ?, ?, ?)', status, now, epoch)
      forget(storage, 'do_life.status')
    },
    unbury: () => {
      const { status, epoch } = life()
      if (status !== 'deleted') return undefined
      run(storage, 'DELETE FROM do_life')
      forget(storage, 'do_life.status')
      return epoch as number
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
    remove: (url) => one('DELETE FROM do_children WHERE url = ? RETURNING *', url) !== undefined,
    list: (type, after = ['', ''], limit) => {
      const own = type === undefined ? '' : 'type = ?4 AND '
      const query = `SELECT * FROM do_children WHERE ${own}(type, name) > (?1, ?2) ORDER BY type, name LIMIT ?3`
      return many(query, ...after, limit, ...(type === undefined ? [] : [type]))
    },
    any: () => one('SELECT * FROM do_children LIMIT 1') !== undefined,
  }
}

function childOf({ type, name, url, state, created_at }: Row): Child {
  return { url, type, name, state: state as Child['state'], createdAt: isoTime(created_at) }
}
