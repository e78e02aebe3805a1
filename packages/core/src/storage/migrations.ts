import { refuse } from '@do/provider'
import type { ObjectStorage, SqlStorage } from '../platform/types.ts'
import { guardSql } from './limits.ts'
import { ensure, rows, run, transaction } from './sql.ts'

export interface Migration {
  /** Unique and never changed once it has run anywhere. */
  readonly name: string
  /** `sql` holds the platform's limits, which a local workerd does not: see `guardSql`. */
  up(to: { readonly sql: SqlStorage; readonly storage: ObjectStorage }): void
}

const table =
  'CREATE TABLE IF NOT EXISTS do_migrations (position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, at INTEGER NOT NULL) STRICT'

/**
 * Runs what has not run yet, in order, each in its own transaction together with the note that it ran.
 * @throws ProviderError `migration_order` when the list does not begin with what has run, in that order.
 */
export function migrate(storage: ObjectStorage, migrations: readonly Migration[], now: () => number): void {
  ensure(storage, table)
  const done = rows<{ name: string }>(storage, 'SELECT name FROM do_migrations ORDER BY position')
  done.forEach(({ name }, position) => {
    if (migrations[position]?.name === name) return
    throw refuse(
      'migration_order',
      `Migration ${position + 1} was "${name}" when it ran. Keep its name and place; add new ones at the end.`,
    )
  })
  migrations.slice(done.length).forEach((migration, index) => {
    transaction(storage, () => {
      migration.up({ sql: guardSql(storage.sql), storage })
      run(storage, 'INSERT INTO do_migrations (position, name, at) VALUES (?, ?, ?)', done.length + index, migration.name, now())
    })
  })
}
