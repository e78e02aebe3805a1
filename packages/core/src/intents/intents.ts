import { type Clock, type Handle, type Intent, type IntentStore, intentFromJson, intentToJson, systemClock } from '@do/provider'
import type { Jobs } from '../jobs/types.ts'
import type { ObjectStorage, SqlValue } from '../platform/types.ts'
import { ensure, first, rowsIn, run, transaction } from '../storage/sql.ts'

export interface DurableIntentOptions {
  readonly clock?: Clock
  /** How long finished intents are kept, in milliseconds. Default 24 h. Unresolved ones are never forgotten. */
  readonly retentionMs?: number
  /** With it, finished intents are forgotten by a job. */
  readonly jobs?: Jobs
}

export interface DurableIntents extends IntentStore {
  /** Drops finished intents beyond their time; answers how many. */
  forget(): number
}

const jobName = 'core.intents.forget'
const ddl = `CREATE TABLE IF NOT EXISTS do_intents (
  key TEXT PRIMARY KEY, state TEXT NOT NULL, version INTEGER NOT NULL, handle TEXT,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS do_intents_unresolved ON do_intents (created_at) WHERE state IN ('dispatched', 'unknown');
CREATE INDEX IF NOT EXISTS do_intents_finished ON do_intents (updated_at) WHERE state IN ('open', 'done');
CREATE INDEX IF NOT EXISTS do_intents_handle ON do_intents (handle) WHERE handle IS NOT NULL`

/**
 * Intents in the object's own SQLite, so that they outlive a crash. `begin` and `save` resolve when the write is on disk:
 * the platform holds outgoing requests until then anyway (its output gate), and this does not lean on that alone.
 */
export function durableIntents(storage: ObjectStorage, options: DurableIntentOptions = {}): DurableIntents {
  const { clock = systemClock, retentionMs = 86_400_000, jobs } = options
  const open = () => ensure(storage, ddl)
  const find = (where: string, ...bindings: SqlValue[]): Intent[] =>
    rowsIn<{ body: string }>(storage, 'do_intents', `SELECT body FROM do_intents WHERE ${where}`, ...bindings).map(({ body }) =>
      intentFromJson(body),
    )
  const get = (key: string) => find('key = ?', key)[0]

  const forget = () => {
    const query = "DELETE FROM do_intents WHERE state IN ('open', 'done') AND updated_at < ? RETURNING key"
    return rowsIn(storage, 'do_intents', query, clock.now() - retentionMs).length
  }

  const schedule = (oldest: number) => {
    // An hour is added so that one run takes many.
    jobs?.schedule({ name: jobName, key: jobName, at: oldest + retentionMs + 3_600_000 })
  }
  const nextForget = () => {
    const query = "SELECT min(updated_at) AS oldest FROM do_intents WHERE state IN ('open', 'done')"
    const oldest = first<{ oldest: number | null }>(storage, query)?.oldest
    if (typeof oldest === 'number') schedule(oldest)
  }
  jobs?.define(jobName, () => {
    forget()
    return nextForget
  })

  /** What `begin` may replace: finished, and older than anybody may count on. */
  const expired = ({ state, updatedAt }: Intent) =>
    (state === 'done' || state === 'open') && clock.now() - updatedAt > retentionMs

  return {
    forget,
    get: async (key) => get(key),
    owner: async (handle: Handle) => find('handle = ? LIMIT 1', handle)[0]?.key,
    unresolved: async () => find("state IN ('dispatched', 'unknown') ORDER BY created_at, rowid"),
    begin: async (intent) => {
      const answer = transaction(storage, () => {
        open()
        const known = get(intent.key)
        if (known !== undefined && !expired(known)) return { intent: known, created: false }
        const { key, state, version, handle = null, createdAt, updatedAt } = intent
        const query =
          'INSERT OR REPLACE INTO do_intents (key, state, version, handle, created_at, updated_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)'
        run(storage, query, key, state, version, handle, createdAt, updatedAt, intentToJson(intent))
        if (jobs?.get(jobName) === undefined) schedule(clock.now())
        return { intent, created: true }
      })
      // Also when it was known: somebody else's write may not be on disk yet, and the caller may act on it.
      await storage.sync()
      return answer
    },
    save: async (intent) => {
      open()
      const { key, state, version, handle = null, updatedAt } = intent
      const query = `UPDATE do_intents SET state = ?, version = ?, handle = ?, updated_at = ?, body = ? WHERE key = ? AND version = ? RETURNING key`
      const saved = first(storage, query, state, version, handle, updatedAt, intentToJson(intent), key, version - 1) !== undefined
      await storage.sync()
      return saved
    },
  }
}
