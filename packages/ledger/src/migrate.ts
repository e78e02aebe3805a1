import { ledgerError } from './errors.ts'
import { statements, type Tables } from './schema.ts'
import { irreplaceable, openings, writing } from './schema-following.ts'
import type { Sql } from './types.ts'

/**
 * What makes the tables of one version from those of the one before, in order: the first makes version 2. Version 1 did not say
 * which it was. A step that was published never changes; what it takes from schema.ts is copied here when that changes.
 */
const steps: readonly ((t: Tables, prefix: string) => string[])[] = [
  // Sums by month became what stood at the beginning of a month; two legs can be written without JSON.
  (t, prefix) => [
    `ALTER TABLE ${t.state} ADD COLUMN schema INTEGER NOT NULL DEFAULT 0`,
    `DROP TRIGGER ${t.days}_insert`,
    `DROP TRIGGER ${t.days}_update`,
    `DROP VIEW ${t.postings}`,
    ...openings(t),
    `INSERT INTO ${t.openings}(account_id, currency, month, debit, credit)
      SELECT account_id, currency, month, ifnull(sum(debit) OVER earlier, 0), ifnull(sum(credit) OVER earlier, 0)
      FROM ${prefix}_months
      WINDOW earlier AS (PARTITION BY account_id, currency ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`,
    `DROP TABLE ${prefix}_months`,
    ...writing(t),
    ...irreplaceable(t),
  ],
]

/** Of the tables that this copy of the package makes and reads. */
export const schemaVersion = steps.length + 1

/**
 * Makes the tables where there are none and brings older ones up to date: all or nothing.
 * @throws LedgerError `newer_schema` where a newer copy of this package has written them. Nothing is touched then.
 */
export function prepareTables(sql: Sql, tables: Tables, prefix: string): void {
  sql.transaction(() => {
    const found = versionIn(sql, tables)
    if (found === schemaVersion) return
    if (found !== undefined && found > schemaVersion) {
      throw ledgerError(
        'newer_schema',
        `The tables "${prefix}" are of version ${found}; this copy of @do/ledger knows versions up to ${schemaVersion}. Update it.`,
        { field: 'schema' },
      )
    }
    const todo = found === undefined ? [statements(tables)] : steps.slice(found - 1).map((step) => step(tables, prefix))
    for (const statement of todo.flat()) sql.run(statement)
    if (found === undefined) sql.run(`INSERT INTO ${tables.state}(id, version) VALUES (1, hex(randomblob(8)))`)
    sql.run(`UPDATE ${tables.state} SET schema = ?`, schemaVersion)
  })
}

/** Undefined where there is no ledger. */
function versionIn(sql: Sql, { state }: Tables): number | undefined {
  const [table] = sql.all<{ sql: string }>('SELECT sql FROM sqlite_schema WHERE name = ?', state)
  if (table === undefined) return undefined
  if (!/\bschema INTEGER\b/.test(table.sql)) return 1
  return sql.all<{ schema: number }>(`SELECT schema FROM ${state}`)[0]?.schema
}
