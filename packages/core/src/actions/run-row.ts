import type { SqlValue } from '../platform/types.ts'
import type { ActionKind, ActionRun, ActionState } from './types.ts'

export interface RunRow extends Record<string, SqlValue> {
  seq: number
  id: string
  key: string | null
  name: string
  version: number
  kind: ActionKind
  state: ActionState
  /** When it is to be looked at next; null when nothing happens by itself. */
  due: number | null
  /** What it must let go first: `k:` a key that is busy, `s:` an earlier stage. */
  gate: string | null
  /** Whose first attempt later ones wait for. */
  stage: string | null
  /** Runs of one lane count together. */
  lane: string | null
  /** The life of the object in which it runs. */
  runner: string | null
  attempts: number
  max_attempts: number
  timeout_ms: number
  total_ms: number | null
  deadline: number | null
  input: string
  result: string | null
  waits: string | null
  error_name: string | null
  error_code: string | null
  error_step: string | null
  reason: string | null
  parent: string | null
  trace: string | null
  started_at: number | null
  created_at: number
  updated_at: number
  finished_at: number | null
  /** When it may be forgotten; dead letters are kept until somebody discards them. */
  forget_at: number | null
}

export const runTable = `CREATE TABLE IF NOT EXISTS do_actions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT UNIQUE, name TEXT NOT NULL, version INTEGER NOT NULL,
  kind TEXT NOT NULL, state TEXT NOT NULL, due INTEGER, gate TEXT, stage TEXT, lane TEXT, runner TEXT,
  attempts INTEGER NOT NULL, max_attempts INTEGER NOT NULL, timeout_ms INTEGER NOT NULL, total_ms INTEGER, deadline INTEGER,
  input TEXT NOT NULL, result TEXT, waits TEXT, error_name TEXT, error_code TEXT, error_step TEXT, reason TEXT, parent TEXT,
  trace TEXT, started_at INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, finished_at INTEGER,
  forget_at INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS do_actions_due ON do_actions (due) WHERE due IS NOT NULL AND gate IS NULL;
CREATE INDEX IF NOT EXISTS do_actions_turn ON do_actions (name, due, seq) WHERE due IS NOT NULL AND gate IS NULL;
CREATE INDEX IF NOT EXISTS do_actions_gate ON do_actions (gate, due, seq) WHERE gate IS NOT NULL;
CREATE INDEX IF NOT EXISTS do_actions_stage ON do_actions (stage) WHERE stage IS NOT NULL;
CREATE INDEX IF NOT EXISTS do_actions_running ON do_actions (seq) WHERE state = 'running';
CREATE INDEX IF NOT EXISTS do_actions_state ON do_actions (state, seq);
CREATE INDEX IF NOT EXISTS do_actions_name ON do_actions (name, seq);
CREATE INDEX IF NOT EXISTS do_actions_forget ON do_actions (forget_at) WHERE forget_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS do_actions_stranded ON do_actions (waits) WHERE waits >= 'definition:' AND waits < 'definition;';
CREATE TABLE IF NOT EXISTS do_action_attempts (
  run INTEGER NOT NULL, attempt INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, outcome TEXT NOT NULL,
  error_name TEXT, error_code TEXT) STRICT;
CREATE INDEX IF NOT EXISTS do_action_attempts_run ON do_action_attempts (run)`

export const over = new Set<ActionState>(['completed', 'failed', 'cancelled'])

/** What anybody may see of a run in a list and in the change feed: no input, no result. */
export function publicRun(row: RunRow): ActionRun {
  return {
    id: row.id,
    ...(row.key === null ? {} : { key: row.key }),
    name: row.name,
    version: row.version,
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    ...(row.due === null ? {} : { dueAt: row.due }),
    ...(row.waits === null ? {} : { waitsFor: row.waits }),
    ...errorOf(row),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.parent === null ? {} : { of: row.parent }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  }
}

export function errorOf({
  error_name: name,
  error_code: code,
  error_step: step,
}: Pick<RunRow, 'error_name' | 'error_code'> & { error_step?: SqlValue }) {
  if (name === null) return {}
  return { error: { name, ...(code === null ? {} : { code }), ...(typeof step === 'string' ? { step } : {}) } }
}
