import type { Kernel } from '../kernel/types.ts'
import type { SqlValue } from '../platform/types.ts'
import { ensure, first, hasTable, rows, run } from '../storage/sql.ts'
import type { Run, RunState, SkipReason } from './types.ts'

const ddl = `CREATE TABLE IF NOT EXISTS do_schedules (
  name TEXT PRIMARY KEY, spec TEXT NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL, anchor INTEGER NOT NULL,
  next_at INTEGER, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS do_schedules_due ON do_schedules (next_at) WHERE state = 'active';
CREATE TABLE IF NOT EXISTS do_schedule_runs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, schedule TEXT NOT NULL, due INTEGER NOT NULL,
  until INTEGER NOT NULL, count INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT, caught_up INTEGER NOT NULL,
  attempts INTEGER NOT NULL, error_name TEXT, error_code TEXT, recorded_at INTEGER NOT NULL, ended_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS do_schedule_runs_of ON do_schedule_runs (schedule, seq);
CREATE INDEX IF NOT EXISTS do_schedule_runs_open ON do_schedule_runs (schedule, seq) WHERE ended_at IS NULL`

export interface ScheduleRow extends Record<string, SqlValue> {
  name: string
  /** JSON of a Spec. */
  spec: string
  /** `code`: registered by the constructor and gone when it no longer is; `call`: made at run time. */
  origin: string
  state: string
  anchor: number
  next_at: number | null
  created_at: number
}

export interface RunRow extends Record<string, SqlValue> {
  seq: number
  id: string
  schedule: string
  due: number
  until: number
  count: number
  state: string
  reason: string | null
  caught_up: number
  attempts: number
  error_name: string | null
  error_code: string | null
  recorded_at: number
  ended_at: number | null
}

export interface NewRun {
  readonly id: string
  readonly schedule: string
  readonly due: number
  readonly until?: number
  readonly count?: number
  readonly state: RunState
  readonly reason?: SkipReason
  readonly caughtUp?: boolean
}

/** Finished runs that are kept: of each schedule, and of all. */
const keptOfOne = 1_000
const keptOfAll = 10_000

export type ScheduleTable = ReturnType<typeof scheduleTable>

/** The rows of schedules and runs, each change told to change capture. The caller holds the transaction. */
export function scheduleTable({ storage, mutated, clock }: Kernel) {
  const exists = () => hasTable(storage, 'do_schedules')
  const find = (name: string) =>
    exists() ? first<ScheduleRow>(storage, 'SELECT * FROM do_schedules WHERE name = ?', name) : undefined
  const findRun = (id: string) =>
    exists() ? first<RunRow>(storage, 'SELECT * FROM do_schedule_runs WHERE id = ?', id) : undefined

  /** What change capture sees: without the next due time, which follows from the rest. */
  const told = (row: ScheduleRow | undefined) =>
    row === undefined ? undefined : JSON.stringify({ ...JSON.parse(row.spec), state: row.state, anchor: row.anchor })
  const tell = (source: string, key: string, before: string | undefined, after: string | undefined) => {
    if (before === after) return
    const operation = before === undefined ? 'create' : after === undefined ? 'delete' : 'update'
    mutated({ source, operation, key, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) })
  }
  const trim = (schedule: string) => {
    const ended = 'DELETE FROM do_schedule_runs WHERE ended_at IS NOT NULL AND seq <='
    run(
      storage,
      `${ended} (SELECT seq FROM do_schedule_runs WHERE schedule = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ${keptOfOne}) AND schedule = ?1`,
      schedule,
    )
    run(storage, `${ended} (SELECT max(seq) FROM do_schedule_runs) - ${keptOfAll}`)
  }

  return {
    open: () => ensure(storage, ddl),
    exists,
    find,
    findRun,
    all: () => (exists() ? rows<ScheduleRow>(storage, 'SELECT * FROM do_schedules ORDER BY name') : []),
    due: (now: number, limit: number) =>
      rows<ScheduleRow>(
        storage,
        "SELECT * FROM do_schedules WHERE state = 'active' AND next_at <= ? ORDER BY next_at, name LIMIT ?",
        now,
        limit,
      ),
    nextAt: () =>
      exists()
        ? (first<{ at: number | null }>(storage, "SELECT min(next_at) AS at FROM do_schedules WHERE state = 'active'")?.at ??
          null)
        : null,
    put: (row: ScheduleRow) => {
      const before = find(row.name)
      run(
        storage,
        'INSERT OR REPLACE INTO do_schedules VALUES (?, ?, ?, ?, ?, ?, ?)',
        row.name,
        row.spec,
        row.origin,
        row.state,
        row.anchor,
        row.next_at,
        row.created_at,
      )
      tell('schedules', row.name, told(before), told(row))
    },
    remove: (row: ScheduleRow) => {
      run(storage, 'DELETE FROM do_schedules WHERE name = ?', row.name)
      tell('schedules', row.name, told(row), undefined)
    },
    /** False when this run is recorded already. */
    record: ({ id, schedule, due, until = due, count = 1, state, reason, caughtUp = false }: NewRun): boolean => {
      if (findRun(id) !== undefined) return false
      const now = clock().now()
      const columns = 'id, schedule, due, until, count, state, reason, caught_up, attempts, recorded_at, ended_at'
      const ended = state === 'skipped' ? now : null
      const values = [id, schedule, due, until, count, state, reason ?? null, caughtUp ? 1 : 0, 0, now, ended]
      run(storage, `INSERT INTO do_schedule_runs (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, ...values)
      const row = findRun(id) as RunRow
      tell('schedules.runs', id, undefined, JSON.stringify(runOf(row)))
      // Counting costs more than a few rows too many.
      if (row.seq % 64 === 0) trim(schedule)
      return true
    },
    change: (row: RunRow, more: Partial<RunRow>) => {
      const next = { ...row, ...more } as RunRow
      const assignments = 'state = ?, reason = ?, attempts = ?, error_name = ?, error_code = ?, ended_at = ?'
      const values = [next.state, next.reason, next.attempts, next.error_name, next.error_code, next.ended_at]
      run(storage, `UPDATE do_schedule_runs SET ${assignments} WHERE seq = ?`, ...values, row.seq)
      tell('schedules.runs', row.id, JSON.stringify(runOf(row)), JSON.stringify(runOf(next)))
    },
    /** Runs of a schedule that have not ended, oldest first. */
    openRuns: (schedule: string) =>
      rows<RunRow>(storage, 'SELECT * FROM do_schedule_runs WHERE schedule = ? AND ended_at IS NULL ORDER BY seq', schedule),
    runs: (name: string | null, state: string | null, before: number, limit: number) =>
      exists()
        ? rows<RunRow>(
            storage,
            'SELECT * FROM do_schedule_runs WHERE (?1 IS NULL OR schedule = ?1) AND (?2 IS NULL OR state = ?2) AND seq < ?3 ORDER BY seq DESC LIMIT ?4',
            name,
            state,
            before,
            limit,
          )
        : [],
  }
}

export function runOf(row: RunRow): Run {
  return {
    id: row.id,
    schedule: row.schedule,
    due: row.due,
    count: row.count,
    until: row.until,
    state: row.state as RunState,
    ...(row.reason === null ? {} : { reason: row.reason as SkipReason }),
    caughtUp: row.caught_up === 1,
    attempts: row.attempts,
    ...(row.error_name === null
      ? {}
      : { error: { name: row.error_name, ...(row.error_code === null ? {} : { code: row.error_code }) } }),
    recordedAt: row.recorded_at,
    endedAt: row.ended_at,
  }
}
