import type { Kernel } from '../kernel/types.ts'
import type { SqlValue } from '../platform/types.ts'
import { ensure, first, hasTable, rows, run } from '../storage/sql.ts'
import { stepTable } from './journal.ts'
import { publicRun, type RunRow, runTable } from './run-row.ts'
import type { AttemptRecord } from './types.ts'

/** Changes of some columns. */
export type Change = Partial<Omit<RunRow, 'seq' | 'id' | 'name' | 'version' | 'kind'>>

/** The rows of the runs. Every change of a state is told to the kernel; the caller holds the transaction. */
export interface RunTable {
  exists(): boolean
  insert(row: Omit<RunRow, 'seq'>): RunRow
  byKey(key: string): RunRow | undefined
  byId(id: string): RunRow | undefined
  bySeq(seq: number): RunRow | undefined
  update(row: RunRow, change: Change): RunRow
  remove(row: RunRow): void
  /** First in time among those of a name that are due and have their turn. */
  due(name: string, now: number, limit: number): RunRow[]
  /** Epoch milliseconds of the first thing to do. */
  next(): number | undefined
  nextAfter(now: number): number | undefined
  /** Due runs that no definition of these names can run. */
  strangers(names: readonly string[], now: number): RunRow[]
  /** Runs that an earlier life of the object left running, or this one without being at it. */
  orphans(runner: string, active: (seq: number) => boolean): RunRow[]
  select(where: string, ...bindings: SqlValue[]): RunRow[]
  /** Lets those through that wait for this gate; all, or the first. */
  open(gate: string, limit?: number): void
  /** Lets everybody through who waits for a key: after a crash no key is busy. */
  openKeys(): void
  /** Ends the stage of a run, and lets the next stage begin when it was the last of its own. */
  leaveStage(row: RunRow): void
  note(row: RunRow, endedAt: number, outcome: AttemptRecord['outcome'], name?: string | null, code?: string | null): void
  history(row: RunRow): AttemptRecord[]
}

export function createTable({ storage, mutated }: Pick<Kernel, 'storage' | 'mutated'>): RunTable {
  const exists = () => hasTable(storage, 'do_actions')
  const select = (where: string, ...bindings: SqlValue[]) =>
    exists() ? rows<RunRow>(storage, `SELECT * FROM do_actions WHERE ${where}`, ...bindings) : []
  const one = (where: string, ...bindings: SqlValue[]) => select(where, ...bindings)[0]
  const lowest = (where: string, ...bindings: SqlValue[]) =>
    exists()
      ? (first<{ at: number | null }>(
          storage,
          `SELECT min(due) AS at FROM do_actions WHERE due IS NOT NULL AND gate IS NULL ${where}`,
          ...bindings,
        )?.at ?? undefined)
      : undefined

  return {
    exists,
    select,
    insert: (row) => {
      ensure(storage, runTable)
      ensure(storage, stepTable)
      const names = Object.keys(row)
      const query = `INSERT INTO do_actions (${names.join()}) VALUES (${names.map(() => '?').join()}) RETURNING *`
      const made = first<RunRow>(storage, query, ...Object.values(row)) as RunRow
      mutated({ source: 'actions', operation: 'create', key: made.id, after: JSON.stringify(publicRun(made)) })
      return made
    },
    byKey: (key) => one('key = ?', key),
    byId: (id) => one('id = ?', id),
    bySeq: (seq) => one('seq = ?', seq),
    update: (row, change) => {
      const set = Object.keys(change).map((name) => `${name} = ?`)
      const query = `UPDATE do_actions SET ${set.join()} WHERE seq = ?`
      run(storage, query, ...(Object.values(change) as SqlValue[]), row.seq)
      const after = { ...row, ...change } as RunRow
      if (after.state !== row.state) {
        const [was, is] = [row, after].map((side) => JSON.stringify(publicRun(side))) as [string, string]
        mutated({ source: 'actions', operation: 'update', key: row.id, before: was, after: is })
      }
      return after
    },
    remove: (row) => {
      for (const [table, column] of [
        ['do_actions', 'seq'],
        ['do_action_steps', 'run'],
        ['do_action_attempts', 'run'],
      ]) {
        run(storage, `DELETE FROM ${table} WHERE ${column} = ?`, row.seq)
      }
      mutated({ source: 'actions', operation: 'delete', key: row.id, before: JSON.stringify(publicRun(row)) })
    },
    due: (name, now, limit) =>
      select(
        "due IS NOT NULL AND gate IS NULL AND name = ? AND due <= ? AND state <> 'running' ORDER BY due, seq LIMIT ?",
        name,
        now,
        limit,
      ),
    next: () => lowest(''),
    nextAfter: (now) => lowest('AND due > ?', now),
    strangers: (names, now) =>
      select(
        `due IS NOT NULL AND gate IS NULL AND due <= ? AND state <> 'running'
         AND name NOT IN (SELECT value FROM json_each(?)) ORDER BY due LIMIT 100`,
        now,
        JSON.stringify(names),
      ),
    orphans: (runner, active) => select("state = 'running'").filter((row) => row.runner !== runner || !active(row.seq)),
    open: (gate, limit = -1) => {
      const query =
        'UPDATE do_actions SET gate = NULL WHERE seq IN (SELECT seq FROM do_actions WHERE gate = ? ORDER BY due, seq LIMIT ?)'
      run(storage, query, gate, limit)
    },
    openKeys: () => {
      run(storage, "UPDATE do_actions SET gate = NULL WHERE gate >= 'k:' AND gate < 'k;'")
    },
    leaveStage: ({ seq, stage }) => {
      if (stage === null) return
      run(storage, 'UPDATE do_actions SET stage = NULL WHERE seq = ?', seq)
      if (first(storage, 'SELECT 1 AS found FROM do_actions WHERE stage = ? LIMIT 1', stage) !== undefined) return
      run(storage, 'UPDATE do_actions SET gate = NULL WHERE gate = ?', `s:${stage}`)
    },
    note: ({ seq, attempts, started_at }, endedAt, outcome, name = null, code = null) => {
      const query = 'INSERT INTO do_action_attempts VALUES (?, ?, ?, ?, ?, ?, ?)'
      run(storage, query, seq, attempts, started_at ?? endedAt, endedAt, outcome, name, code)
    },
    history: ({ seq }) =>
      rows<{ attempt: number; started_at: number; ended_at: number; outcome: string; name: string | null; code: string | null }>(
        storage,
        `SELECT attempt, started_at, ended_at, outcome, error_name AS name, error_code AS code FROM do_action_attempts
         WHERE run = ? ORDER BY rowid DESC LIMIT 50`,
        seq,
      )
        .reverse()
        .map(({ attempt, started_at, ended_at, outcome, name, code }) => ({
          attempt,
          startedAt: started_at,
          endedAt: ended_at,
          outcome: outcome as AttemptRecord['outcome'],
          ...(name === null ? {} : { error: { name, ...(code === null ? {} : { code }) } }),
        })),
  }
}
