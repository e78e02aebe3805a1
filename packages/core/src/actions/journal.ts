import type { ObjectStorage, SqlValue } from '../platform/types.ts'
import { first, rows, run } from '../storage/sql.ts'
import { errorOf } from './run-row.ts'
import type { StepRecord } from './types.ts'

export interface StepRow extends Record<string, SqlValue> {
  run: number
  pos: number
  /** The name, with `#2` for its second use in the run. */
  name: string
  kind: StepRecord['kind']
  state: StepRecord['state']
  /** 1 when it was called while another step was under way: then its place may differ. */
  joint: number
  attempts: number
  /** How often `reconcile` was asked. */
  asked: number
  at: number
  /** When it ends by itself: a sleep, or the time-out of a wait. */
  due: number | null
  /** The type of the event that it waits for. */
  topic: string | null
  /** Conditions on it, as JSON. */
  detail: string | null
  /** The event that it got. */
  event: string | null
  result: string | null
  error_name: string | null
  error_code: string | null
  final: number
}

export const stepTable = `CREATE TABLE IF NOT EXISTS do_action_steps (
  run INTEGER NOT NULL, pos INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, joint INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 1, asked INTEGER NOT NULL DEFAULT 0, at INTEGER NOT NULL, due INTEGER, topic TEXT, detail TEXT,
  event TEXT, result TEXT, error_name TEXT, error_code TEXT, final INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, pos)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS do_action_steps_topic ON do_action_steps (topic) WHERE state = 'open' AND topic IS NOT NULL`

export type StepChange = Partial<Omit<StepRow, 'run' | 'pos' | 'name' | 'kind'>>

/** The steps of the runs. The caller holds the transaction. */
export interface Journal {
  read(run: number): StepRow[]
  /** A step that is done, in one statement: there are thousands a second. */
  done(run: number, pos: number, name: string, joint: number, at: number, result: string | null): void
  insert(row: Pick<StepRow, 'run' | 'pos' | 'name' | 'kind' | 'state' | 'joint' | 'at'> & StepChange): void
  update(run: number, pos: number, change: StepChange): void
  remove(run: number, pos: number): void
  /** Steps of a `once` kind that began and did not end. */
  interrupted(run: number): StepRow[]
  failed(run: number): void
  /** Its waits wait no more. */
  close(run: number): void
  /** Has any step of the run been done since? */
  progressed(run: number, since: number): boolean
  /** Has a wait of the run got its event since? */
  arrived(run: number, since: number): boolean
  /** Open waits for an event of this type. */
  waiting(topic: string): StepRow[]
  /** Ids of the events that waits of the run have had. */
  events(run: number): Set<string>
  one(run: number, pos: number): StepRow | undefined
  records(run: number): StepRecord[]
}

export function createJournal(storage: ObjectStorage): Journal {
  const insert: Journal['insert'] = (row) => {
    const names = Object.keys(row)
    const query = `INSERT INTO do_action_steps (${names.join()}) VALUES (${names.map(() => '?').join()})`
    run(storage, query, ...(Object.values(row) as SqlValue[]))
  }
  const read = (of: number) => rows<StepRow>(storage, 'SELECT * FROM do_action_steps WHERE run = ? ORDER BY pos', of)
  return {
    read,
    insert,
    done: (of, pos, name, joint, at, result) => {
      const query =
        "INSERT INTO do_action_steps (run, pos, name, kind, state, joint, at, result) VALUES (?, ?, ?, 'do', 'done', ?, ?, ?)"
      run(storage, query, of, pos, name, joint, at, result)
    },
    update: (of, pos, change) => {
      const set = Object.keys(change).map((name) => `${name} = ?`)
      const query = `UPDATE do_action_steps SET ${set.join()} WHERE run = ? AND pos = ?`
      run(storage, query, ...(Object.values(change) as SqlValue[]), of, pos)
    },
    remove: (of, pos) => {
      run(storage, 'DELETE FROM do_action_steps WHERE run = ? AND pos = ?', of, pos)
    },
    interrupted: (of) =>
      rows<StepRow>(
        storage,
        "SELECT * FROM do_action_steps WHERE run = ? AND kind = 'do' AND state IN ('open', 'uncertain') ORDER BY pos",
        of,
      ),
    failed: (of) => {
      run(storage, "DELETE FROM do_action_steps WHERE run = ? AND state = 'failed'", of)
    },
    close: (of) => {
      run(storage, "UPDATE do_action_steps SET topic = NULL WHERE run = ? AND state = 'open' AND topic IS NOT NULL", of)
    },
    progressed: (of, since) =>
      first(storage, "SELECT 1 AS found FROM do_action_steps WHERE run = ? AND state = 'done' AND at >= ? LIMIT 1", of, since) !==
      undefined,
    arrived: (of, since) =>
      first(
        storage,
        "SELECT 1 AS found FROM do_action_steps WHERE run = ? AND kind = 'wait' AND state = 'done' AND at >= ? LIMIT 1",
        of,
        since,
      ) !== undefined,
    waiting: (topic) => rows<StepRow>(storage, "SELECT * FROM do_action_steps WHERE topic = ? AND state = 'open'", topic),
    events: (of) =>
      new Set(
        rows<{ event: string }>(storage, 'SELECT event FROM do_action_steps WHERE run = ? AND event IS NOT NULL', of).map(
          ({ event }) => event,
        ),
      ),
    one: (of, pos) => first<StepRow>(storage, 'SELECT * FROM do_action_steps WHERE run = ? AND pos = ?', of, pos),
    records: (of) => read(of).map(recordOf),
  }
}

function recordOf(row: StepRow): StepRecord {
  return {
    name: row.name,
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    at: row.at,
    ...errorOf(row),
    ...(row.state === 'done' && row.result !== null ? { result: JSON.parse(row.result) as unknown } : {}),
  }
}
