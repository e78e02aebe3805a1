import { isoTime } from '../kernel/iso-time.ts'
import type { ObjectStorage } from '../platform/types.ts'
import { ensure, first, hasTable, run } from '../storage/sql.ts'

/** What an object is, as JSON. */
export interface ObjectRecord {
  readonly $id: string
  readonly $type: string
  /** URL of the parent. */
  readonly $context: string | null
  /** 0 before the first write. */
  readonly $version: number
  /** ISO 8601; null before the first write. */
  readonly $createdAt: string | null
  readonly $updatedAt: string | null
}

export interface Identity {
  readonly id: string
  readonly type: string
}

interface Row extends Record<string, string | number | null> {
  id: string
  type: string
  context: string | null
  version: number
  created_at: number
  updated_at: number
}

const table = `CREATE TABLE IF NOT EXISTS do_record (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, type TEXT NOT NULL, context TEXT, version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`

/** The one row that says what this object is. Once written, its id and type never change, whatever the worker is called later. */
export interface RecordRoom {
  read(): ObjectRecord
  exists(): boolean
  /** Makes the record unless it is there. */
  create(context?: string | null): void
  setContext(context: string | null): void
  /** Counts one mutation; makes the record when it is the first. */
  touch(): void
}

export function recordRoom(storage: ObjectStorage, identity: () => Identity, now: () => number, created: () => void): RecordRoom {
  const stored = (): Row | undefined =>
    hasTable(storage, 'do_record') ? first<Row>(storage, 'SELECT * FROM do_record') : undefined

  const create = (context: string | null = null) => {
    ensure(storage, table)
    const { id, type } = identity()
    const at = now()
    run(storage, 'INSERT OR IGNORE INTO do_record VALUES (1, ?, ?, ?, 1, ?, ?)', id, type, context, at, at)
    created()
  }

  /** True when there was a record to change. */
  const change = (assignment: string, ...values: (string | null)[]): boolean => {
    ensure(storage, table)
    const query = `UPDATE do_record SET ${assignment} version = version + 1, updated_at = max(updated_at, ?)`
    // Not RETURNING, which costs as much again: this is on the way of every write.
    return run(storage, query, ...values, now()).rowsWritten > 0
  }

  return {
    exists: () => stored() !== undefined,
    read: () => {
      const row = stored()
      const { id, type } = row ?? identity()
      return {
        $id: id,
        $type: type,
        $context: row?.context ?? null,
        $version: row?.version ?? 0,
        $createdAt: row ? isoTime(row.created_at) : null,
        $updatedAt: row ? isoTime(row.updated_at) : null,
      }
    },
    create,
    setContext: (context) => {
      if (!change('context = ?,', context)) create(context)
    },
    touch: () => {
      if (!change('')) create()
    },
  }
}
