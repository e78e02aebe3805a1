import type { ObjectStorage, SqlValue } from '../platform/types.ts'
import { ensure, first, hasTable, rows, run } from '../storage/sql.ts'
import type { Job, JobState } from './types.ts'

interface Row extends Record<string, SqlValue> {
  id: string
  key: string | null
  name: string
  at: number
  payload: string
  attempts: number
  state: string
  error_name: string | null
  error_code: string | null
  created_at: number
}

const ddl = `CREATE TABLE IF NOT EXISTS do_jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT UNIQUE, name TEXT NOT NULL, at INTEGER NOT NULL,
  payload TEXT NOT NULL, attempts INTEGER NOT NULL, state TEXT NOT NULL, runner TEXT, error_name TEXT, error_code TEXT,
  created_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS do_jobs_due ON do_jobs (at, seq) WHERE state <> 'dead';
CREATE INDEX IF NOT EXISTS do_jobs_waiting ON do_jobs (at, seq, name) WHERE state = 'waiting'`

export interface Failure {
  readonly name: string
  readonly code: string | null
}

/** The rows of the jobs. Every method is one statement or two; the caller holds the transaction. */
export interface JobTable {
  open(): void
  exists(): boolean
  insert(job: { id: string; key: string | null; name: string; at: number; payload: string; now: number }): void
  find(keyOrId: string): Job | undefined
  list(name: string | null, state: JobState | null, limit: number): Job[]
  remove(keyOrId: string): boolean
  revive(keyOrId: string, at: number): boolean
  /** Epoch milliseconds of the next thing to do. */
  next(): number | undefined
  /** The same, without those that run, and without what is due now but must wait for its turn. */
  nextAfter(now: number): number | undefined
  /**
   * Marks the first due job as running under this runner, counts the attempt, and lets it come again at `again`. Jobs of
   * the names in `busy` wait, and those behind them do not.
   */
  claim(now: number, again: number, runner: string, busy: readonly string[]): Job | undefined
  /** Jobs that another runner left behind. */
  orphans(runner: string): Job[]
  /** Is it still, or no longer anybody's? False when another runner has it. */
  finish(id: string, runner: string): boolean
  retry(id: string, at: number, failure: Failure): void
  bury(id: string, failure: Failure): void
  owns(id: string, runner: string): boolean
}

export function jobTable(storage: ObjectStorage): JobTable {
  const exists = () => hasTable(storage, 'do_jobs')
  const many = (query: string, ...bindings: SqlValue[]) => rows<Row>(storage, query, ...bindings).map(jobOf)
  const one = (query: string, ...bindings: SqlValue[]) => many(query, ...bindings)[0]
  const touched = (query: string, ...bindings: SqlValue[]) => first(storage, `${query} RETURNING id`, ...bindings) !== undefined

  return {
    exists,
    open: () => ensure(storage, ddl),
    insert: ({ id, key, name, at, payload, now }) => {
      if (key !== null) run(storage, 'DELETE FROM do_jobs WHERE key = ?', key)
      const columns = 'id, key, name, at, payload, attempts, state, created_at'
      run(storage, `INSERT INTO do_jobs (${columns}) VALUES (?, ?, ?, ?, ?, 0, 'waiting', ?)`, id, key, name, at, payload, now)
    },
    find: (keyOrId) => (exists() ? one('SELECT * FROM do_jobs WHERE key = ?1 OR id = ?1 LIMIT 1', keyOrId) : undefined),
    list: (name, state, limit) =>
      exists()
        ? many(
            'SELECT * FROM do_jobs WHERE (?1 IS NULL OR name = ?1) AND (?2 IS NULL OR state = ?2) ORDER BY at, seq LIMIT ?3',
            name,
            state,
            limit,
          )
        : [],
    remove: (keyOrId) => exists() && touched('DELETE FROM do_jobs WHERE key = ?1 OR id = ?1', keyOrId),
    revive: (keyOrId, at) =>
      exists() &&
      touched(
        "UPDATE do_jobs SET state = 'waiting', attempts = 0, at = ?2 WHERE (key = ?1 OR id = ?1) AND state = 'dead'",
        keyOrId,
        at,
      ),
    next: () => first<{ at: number | null }>(storage, "SELECT min(at) AS at FROM do_jobs WHERE state <> 'dead'")?.at ?? undefined,
    nextAfter: (now) =>
      first<{ at: number | null }>(storage, "SELECT min(at) AS at FROM do_jobs WHERE state = 'waiting' AND at > ?", now)?.at ??
      undefined,
    claim: (now, again, runner, busy) => {
      const due = first<{ id: string }>(
        storage,
        `SELECT id FROM do_jobs WHERE state = 'waiting' AND at <= ?1 AND name NOT IN (SELECT value FROM json_each(?2))
         ORDER BY at, seq LIMIT 1`,
        now,
        JSON.stringify(busy),
      )
      if (due === undefined) return undefined
      const change = "UPDATE do_jobs SET state = 'running', attempts = attempts + 1, at = ?, runner = ? WHERE id = ? RETURNING *"
      return one(change, again, runner, due.id)
    },
    orphans: (runner) => many("SELECT * FROM do_jobs WHERE state = 'running' AND runner <> ? ORDER BY at, seq", runner),
    finish: (id, runner) => {
      run(storage, 'DELETE FROM do_jobs WHERE id = ? AND runner = ?', id, runner)
      return first(storage, 'SELECT 1 AS found FROM do_jobs WHERE id = ?', id) === undefined
    },
    owns: (id, runner) => first(storage, 'SELECT 1 AS found FROM do_jobs WHERE id = ? AND runner = ?', id, runner) !== undefined,
    retry: (id, at, { name, code }) => {
      const change = "UPDATE do_jobs SET state = 'waiting', runner = NULL, at = ?, error_name = ?, error_code = ? WHERE id = ?"
      run(storage, change, at, name, code, id)
    },
    bury: (id, { name, code }) => {
      run(
        storage,
        "UPDATE do_jobs SET state = 'dead', runner = NULL, error_name = ?, error_code = ? WHERE id = ?",
        name,
        code,
        id,
      )
    },
  }
}

function jobOf(row: Row): Job {
  return {
    id: row.id,
    ...(row.key === null ? {} : { key: row.key }),
    name: row.name,
    at: row.at,
    payload: JSON.parse(row.payload),
    attempts: row.attempts,
    state: row.state as JobState,
    ...(row.error_name === null
      ? {}
      : { error: { name: row.error_name, ...(row.error_code === null ? {} : { code: row.error_code }) } }),
    createdAt: row.created_at,
  }
}
