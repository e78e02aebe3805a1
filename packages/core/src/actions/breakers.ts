import type { ObjectStorage } from '../platform/types.ts'
import { ensure, first, hasTable, rows, run } from '../storage/sql.ts'
import type { BreakerSettings, BreakerStatus } from './types.ts'

type Named = string | BreakerSettings

/** Circuit breakers by dependency, in the object's own SQLite. */
export interface Breakers {
  /** 0: go. Otherwise the time, epoch milliseconds, at which to ask again. In the half-open state one at a time may go. */
  admit(breaker: Named | undefined, now: number): number
  succeeded(breaker: Named | undefined): void
  failed(breaker: Named | undefined, now: number): void
  list(now: number): BreakerStatus[]
}

interface Row extends Record<string, string | number> {
  name: string
  failures: number
  open_until: number
  probe_until: number
}

const ddl = `CREATE TABLE IF NOT EXISTS do_action_breakers (name TEXT PRIMARY KEY, failures INTEGER NOT NULL,
  open_until INTEGER NOT NULL, probe_until INTEGER NOT NULL) STRICT, WITHOUT ROWID`

export function createActionBreakers(storage: ObjectStorage): Breakers {
  const read = (name: string) =>
    hasTable(storage, 'do_action_breakers')
      ? first<Row>(storage, 'SELECT * FROM do_action_breakers WHERE name = ?', name)
      : undefined
  const write = (name: string, failures: number, openUntil: number, probeUntil: number) => {
    ensure(storage, ddl)
    run(storage, 'INSERT OR REPLACE INTO do_action_breakers VALUES (?, ?, ?, ?)', name, failures, openUntil, probeUntil)
  }
  return {
    admit: (breaker, now) => {
      if (breaker === undefined) return 0
      const { name, openMs = 30_000 } = settings(breaker)
      const row = read(name)
      if (row === undefined || row.open_until === 0) return 0
      if (row.open_until > now) return row.open_until
      if (row.probe_until > now) return row.probe_until
      write(name, row.failures, row.open_until, now + openMs)
      return 0
    },
    succeeded: (breaker) => {
      if (breaker === undefined) return
      const { name } = settings(breaker)
      if (read(name) !== undefined) run(storage, 'DELETE FROM do_action_breakers WHERE name = ?', name)
    },
    failed: (breaker, now) => {
      if (breaker === undefined) return
      const { name, failures: most = 5, openMs = 30_000 } = settings(breaker)
      const row = read(name)
      const failures = (row?.failures ?? 0) + 1
      const open = failures >= most || (row?.open_until ?? 0) > 0
      write(name, failures, open ? now + openMs : 0, 0)
    },
    list: (now) => {
      if (!hasTable(storage, 'do_action_breakers')) return []
      return rows<Row>(storage, 'SELECT * FROM do_action_breakers ORDER BY name').map(({ name, failures, open_until }) => ({
        name,
        mode: open_until === 0 ? 'closed' : open_until > now ? 'open' : 'half-open',
        failures,
        ...(open_until === 0 ? {} : { openUntil: open_until }),
      }))
    },
  }
}

export function settings(breaker: Named): BreakerSettings {
  return typeof breaker === 'string' ? { name: breaker } : breaker
}
