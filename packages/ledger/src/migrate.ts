import { ledgerError } from './errors.ts'
import { statements, type Tables } from './schema.ts'
import { irreplaceable, sumTables, sumTriggers, writing } from './schema-following.ts'
import type { Sql } from './types.ts'

/**
 * What makes the tables of one version from those of the one before, in order: the first makes version 2. Version 1 did not say
 * which it was. A step that was published never changes; what it takes from schema.ts is copied here when that changes.
 */
const steps: readonly ((t: Tables, prefix: string) => string[])[] = [
  // The version of the tables is in them; some rows cannot be replaced.
  (t, prefix) => [
    `ALTER TABLE ${t.state} ADD COLUMN schema INTEGER NOT NULL DEFAULT 0`,
    `DROP TRIGGER ${t.days}_insert`,
    `DROP TRIGGER ${t.days}_update`,
    `DROP VIEW ${t.postings}`,
    `DROP TABLE ${prefix}_months`,
    ...irreplaceable(t),
  ],
  // Sums run up through blocks of days, metadata is written with its entry, two legs can be written without JSON. Reads the days
  // once, and no lines: an index that has a column too many stays as it is.
  (t, prefix) => [
    ...[t.postings, t.pairs].map((view) => `DROP VIEW IF EXISTS ${view}`),
    ...[`${t.days}_insert`, `${t.days}_update`, `${t.entries}_tags`].map((trigger) => `DROP TRIGGER IF EXISTS ${trigger}`),
    `DROP TABLE IF EXISTS ${t.openings}`,
    `ALTER TABLE ${t.days} RENAME TO ${prefix}_days_before`,
    ...sumTables(t),
    `INSERT INTO ${t.days}(account_id, currency, day, recorded_day, debit, credit, run_debit, run_credit)
      SELECT account_id, currency, day, recorded_day, debit, credit, sum(debit) OVER running, sum(credit) OVER running
      FROM ${prefix}_days_before
      WINDOW running AS (PARTITION BY account_id, currency, day >> 5 ORDER BY day, recorded_day)`,
    `DROP TABLE ${prefix}_days_before`,
    `INSERT INTO ${t.openings}(account_id, currency, block, debit, credit)
      SELECT account_id, currency, block, ifnull(sum(debit) OVER earlier, 0), ifnull(sum(credit) OVER earlier, 0)
      FROM (SELECT account_id, currency, day >> 5 AS block, sum(debit) AS debit, sum(credit) AS credit FROM ${t.days} GROUP BY 1, 2, 3)
      WINDOW earlier AS (PARTITION BY account_id, currency ORDER BY block ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`,
    ...sumTriggers(t),
    ...writing(t),
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
