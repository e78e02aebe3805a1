import type { ObjectStorage } from '../platform/types.ts'
import { encodeJson } from '../storage/json.ts'
import { ensure, first, hasTable, run } from '../storage/sql.ts'
import { type Where, wherePredicate } from '../storage/where.ts'
import type { Signal } from './types.ts'

/** Events, kept for waits that begin after them. */
export interface Signals {
  /** False when it was there already. */
  keep(signal: Signal, now: number, bufferMs: number): boolean
  /** The first that fits and is not among those the run has had. */
  find(type: string, since: number, match: Where | undefined, had: ReadonlySet<string>): Signal | undefined
}

const ddl = `CREATE TABLE IF NOT EXISTS do_action_signals (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, arrived INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS do_action_signals_type ON do_action_signals (type, arrived, seq);
CREATE INDEX IF NOT EXISTS do_action_signals_arrived ON do_action_signals (arrived)`

export function createSignals(storage: ObjectStorage): Signals {
  return {
    keep: (signal, now, bufferMs) => {
      ensure(storage, ddl)
      const old = 'SELECT seq FROM do_action_signals WHERE arrived < ? LIMIT 100'
      run(storage, `DELETE FROM do_action_signals WHERE seq IN (${old})`, now - bufferMs)
      const query = 'INSERT OR IGNORE INTO do_action_signals (id, type, arrived, body) VALUES (?, ?, ?, ?) RETURNING seq'
      const body = encodeJson(signal, `The data of the event ${signal.type}`, 4_096)
      return first(storage, query, signal.id, signal.type, now, body) !== undefined
    },
    find: (type, since, match, had) => {
      if (!hasTable(storage, 'do_action_signals')) return undefined
      const query = 'SELECT body FROM do_action_signals WHERE type = ? AND arrived >= ? ORDER BY arrived, seq'
      const fits = wherePredicate(match)
      // One at a time: there may be a day of them.
      for (const { body } of storage.sql.exec<{ body: string }>(query, type, since)) {
        const signal = JSON.parse(body) as Signal
        if (!had.has(signal.id) && fits(signal.data)) return signal
      }
      return undefined
    },
  }
}
