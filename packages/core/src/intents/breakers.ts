import type { BreakerState, BreakerStore } from '@do/provider'
import type { ObjectStorage } from '../platform/types.ts'
import { ensure, first, run } from '../storage/sql.ts'

const ddl = 'CREATE TABLE IF NOT EXISTS do_breakers (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID'

/** Breaker states in the object's own SQLite: a vendor known to be down stays so over a restart. A hint, so nothing waits for the disk. */
export function durableBreakers(storage: ObjectStorage): BreakerStore {
  return {
    get: (key) => {
      ensure(storage, ddl)
      const row = first<{ body: string }>(storage, 'SELECT body FROM do_breakers WHERE key = ?', key)
      return row === undefined ? undefined : (JSON.parse(row.body) as BreakerState)
    },
    set: (key, state) => {
      ensure(storage, ddl)
      run(
        storage,
        'INSERT INTO do_breakers VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
        key,
        JSON.stringify(state),
      )
    },
  }
}
