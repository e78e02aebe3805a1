import { type Inside, insideOf } from '../collection/inside.ts'
import type { Collection } from '../collection/types.ts'
import { ensure, first, hasTable, run } from '../storage/sql.ts'

/** How far an import has come; all of it is on disk. */
export interface ImportProgress {
  readonly name: string
  /** Rows read, whatever became of them. */
  readonly rows: number
  /** Where the last of them ended, for a source that is bytes. */
  readonly bytes: number
  readonly written: number
  /** Left out by mode `skip`, by `map`, or as an empty line. */
  readonly skipped: number
  readonly failed: number
  /** The first 1,000 of them. */
  readonly errors: readonly RowError[]
  readonly done: boolean
}

export interface RowError {
  /** From 1; for lines of text the number of the line. */
  readonly row: number
  readonly code: string
  readonly field?: string
  readonly message: string
}

const table = `CREATE TABLE IF NOT EXISTS do_imports (collection TEXT, name TEXT, progress TEXT NOT NULL, PRIMARY KEY (collection, name))
  STRICT, WITHOUT ROWID`

export function progressOf({ storage, table: { label } }: Inside, name: string): ImportProgress {
  const found = hasTable(storage, 'do_imports')
    ? first<{ progress: string }>(storage, 'SELECT progress FROM do_imports WHERE collection = ? AND name = ?', label, name)
    : undefined
  const none: ImportProgress = { name, rows: 0, bytes: 0, written: 0, skipped: 0, failed: 0, errors: [], done: false }
  return found === undefined ? none : (JSON.parse(found.progress) as ImportProgress)
}

export function saveProgress({ storage, table: { label } }: Inside, progress: ImportProgress): void {
  ensure(storage, table)
  const query =
    'INSERT INTO do_imports VALUES (?, ?, ?) ON CONFLICT (collection, name) DO UPDATE SET progress = excluded.progress'
  run(storage, query, label, progress.name, JSON.stringify(progress))
}

/** How far the import of this name is; rows 0 where there was none. */
export function importProgress<T>(collection: Collection<T>, name: string): ImportProgress {
  return progressOf(insideOf(collection as object), name)
}

/** The name may be used again, from the first row. What it has written stays. */
export function forgetImport<T>(collection: Collection<T>, name: string): boolean {
  const { storage, table: of } = insideOf(collection as object)
  if (!hasTable(storage, 'do_imports')) return false
  return first(storage, 'DELETE FROM do_imports WHERE collection = ? AND name = ? RETURNING name', of.label, name) !== undefined
}
