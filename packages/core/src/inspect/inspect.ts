import { newestOfState } from '../changes/standing.ts'
import { countBy, has, iso, type Reader } from './reader.ts'
import type { Inspection, Waiting } from './types.ts'

const listed = 50
/** States in which an action waits for somebody to decide. */
const undecided = "('failed', 'uncertain')"

/**
 * Looks into one object's database. It only reads, makes no table, and knows every room by its tables alone, so it works on
 * an object that is up and on the file of one that will not start.
 */
export function inspect(reader: Reader): Inspection {
  const jobs = (where: string) => waiting(reader, 'do_jobs', 'job', where, { due: 'at', code: 'error_code' })
  const actions = (where: string) => waiting(reader, 'do_actions', 'action', where, { due: 'due', code: 'error_code' })
  return {
    record: record(reader),
    state: stateOf(reader),
    collections: collections(reader),
    jobs: { byState: countBy(reader, 'do_jobs', 'state'), next: nextJob(reader), listed: jobs("state <> 'dead'") },
    actions: {
      byState: countBy(reader, 'do_actions', 'state'),
      listed: actions(`state NOT IN ('completed', 'cancelled', 'failed', 'uncertain')`),
    },
    schedules: schedules(reader),
    intents: { byState: countBy(reader, 'do_intents', 'state') },
    changes: changeTables(reader),
    children: { byType: countBy(reader, 'do_children', 'type') },
    deadLetters: [...jobs("state = 'dead'"), ...actions(`state IN ${undecided}`)],
    rpc: { sessions: rowsIn(reader, 'core_rpc_sessions'), calls: countBy(reader, 'core_rpc_calls', 'state') },
  }
}

function record(reader: Reader): Inspection['record'] {
  if (!has(reader, 'do_record')) return null
  const [row] = reader.rows<{
    id: string
    type: string
    context: string | null
    version: number
    created_at: number
    updated_at: number
  }>('SELECT id, type, context, version, created_at, updated_at FROM do_record')
  if (row === undefined) return null
  const { id, type, context, created_at: createdAt } = row
  const [newest] = has(reader, 'do_changes') ? reader.rows<{ version: number; at: number }>(newestOfState) : []
  const own = { version: row.version, at: row.updated_at }
  const { version, at } = newest !== undefined && newest.version > own.version ? newest : own
  return { id, type, context, version, createdAt: iso(createdAt), updatedAt: iso(at) }
}

function stateOf(reader: Reader): Inspection['state'] {
  if (!has(reader, 'do_state')) return { keys: 0, bytes: 0 }
  const [row] = reader.rows<{ keys: number; bytes: number }>(
    'SELECT count(*) AS keys, coalesce(sum(length(key) + length(value)), 0) AS bytes FROM do_state',
  )
  return row ?? { keys: 0, bytes: 0 }
}

function collections(reader: Reader): Inspection['collections'] {
  const tables = reader.rows<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'c_*' ORDER BY name",
  )
  return tables.map(({ name }) => ({ name: name.slice(2), documents: rowsIn(reader, name) }))
}

function nextJob(reader: Reader): string | null {
  if (!has(reader, 'do_jobs')) return null
  return iso(reader.rows<{ at: number | null }>("SELECT min(at) AS at FROM do_jobs WHERE state <> 'dead'")[0]?.at ?? null)
}

function schedules(reader: Reader): Inspection['schedules'] {
  if (!has(reader, 'do_schedules')) return []
  const query = 'SELECT name, state, next_at FROM do_schedules ORDER BY name LIMIT 200'
  return reader
    .rows<{ name: string; state: string; next_at: number | null }>(query)
    .map(({ name, state, next_at }) => ({ name, state, next: iso(next_at) }))
}

function changeTables(reader: Reader): Inspection['changes'] {
  const tables = reader.rows<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'do_change*' ORDER BY name",
  )
  return tables.map(({ name }) => ({ table: name, rows: rowsIn(reader, name) }))
}

function waiting(
  reader: Reader,
  table: string,
  kind: Waiting['kind'],
  where: string,
  { due, code }: { readonly due: string; readonly code: string },
): Waiting[] {
  if (!has(reader, table)) return []
  const columns = `id, name, state, attempts, ${due} AS due, ${code} AS error`
  return reader
    .rows<{ id: string; name: string; state: string; attempts: number; due: number | null; error: string | null }>(
      `SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY ${due}, seq LIMIT ?`,
      listed,
    )
    .map(({ id, name, state, attempts, due: at, error }) => ({ kind, id, name, state, attempts, due: iso(at), error }))
}

function rowsIn(reader: Reader, table: string): number {
  if (!has(reader, table)) return 0
  return reader.rows<{ n: number }>(`SELECT count(*) AS n FROM "${table.replaceAll('"', '""')}"`)[0]?.n ?? 0
}
