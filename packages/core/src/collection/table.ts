import { refuse } from '@do/provider'
import type { ObjectStorage } from '../platform/types.ts'
import { ensure, first, once, run, transaction } from '../storage/sql.ts'
import type { CollectionOptions } from './types.ts'

/** The SQLite side of one collection. */
export interface Table {
  readonly name: string
  /** Quoted column of an indexed field or of one of ours; undefined where there is none. */
  column(field: string): string | undefined
  readonly fields: readonly string[]
  readonly unique: readonly string[]
}

const own: Readonly<Record<string, string>> = { $id: 'id', $createdAt: 'created_at', $updatedAt: 'updated_at' }
const maxIndexes = 32
const registry = 'CREATE TABLE IF NOT EXISTS do_collections (name TEXT PRIMARY KEY, indexes TEXT NOT NULL) STRICT, WITHOUT ROWID'

/** @throws ProviderError `invalid_collection` */
export function describeTable(name: string, { indexes = [], unique = [] }: CollectionOptions = {}): Table {
  const fields = [...new Set([...indexes, ...unique])]
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw refuse(
      'invalid_collection',
      `"${name}" cannot name a collection: use 1 to 64 letters, digits, "_" and "-", a letter first.`,
    )
  }
  // The paths are written into SQL, so only plain names may pass.
  const wrong = fields.find((field) => !/^[A-Za-z_]\w{0,63}(\.[A-Za-z_]\w{0,63}){0,7}$/.test(field))
  if (wrong !== undefined) {
    throw refuse(
      'invalid_collection',
      `"${wrong}" cannot be indexed in "${name}": write a path of plain names such as "customer.email".`,
    )
  }
  if (fields.length > maxIndexes) {
    throw refuse(
      'invalid_collection',
      `"${name}" declares ${fields.length} indexes; at most ${maxIndexes} fit a table's columns.`,
    )
  }
  return {
    name: `"c_${name}"`,
    fields,
    unique,
    column: (field) => own[field] ?? (fields.includes(field) ? `"${field}"` : undefined),
  }
}

/** Makes the table, and brings its columns and indexes to what is declared now; existing documents are indexed at once. */
export function openTable(storage: ObjectStorage, table: Table): void {
  once(storage, `open ${table.name}`, () => bringUp(storage, table))
}

function bringUp(storage: ObjectStorage, table: Table): void {
  const wanted = JSON.stringify(table.fields.map((field) => [field, table.unique.includes(field)]))
  ensure(storage, registry)
  const known = first<{ indexes: string }>(storage, 'SELECT indexes FROM do_collections WHERE name = ?', table.name)
  if (known?.indexes === wanted) return
  transaction(storage, () => {
    run(
      storage,
      `CREATE TABLE IF NOT EXISTS ${table.name} (id TEXT PRIMARY KEY, version INTEGER NOT NULL,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, body TEXT NOT NULL)`,
    )
    if (known === undefined) {
      for (const column of ['created_at', 'updated_at'])
        run(storage, `CREATE INDEX ${indexName(table, column)} ON ${table.name} (${column}, id)`)
    }
    const before = new Map(JSON.parse(known?.indexes ?? '[]') as [string, boolean][])
    const after = new Map(table.fields.map((field) => [field, table.unique.includes(field)] as const))
    for (const [field, unique] of before) {
      if (after.get(field) === unique) continue
      run(storage, `DROP INDEX ${indexName(table, field)}`)
      if (!after.has(field)) run(storage, `ALTER TABLE ${table.name} DROP COLUMN "${field}"`)
    }
    for (const [field, unique] of after) {
      if (before.get(field) === unique) continue
      if (!before.has(field))
        run(storage, `ALTER TABLE ${table.name} ADD COLUMN "${field}" GENERATED ALWAYS AS (${extract(field)}) VIRTUAL`)
      if (unique) refuseDuplicates(storage, table, field)
      const columns = unique ? `"${field}"` : `"${field}", id`
      run(storage, `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${indexName(table, field)} ON ${table.name} (${columns})`)
    }
    run(
      storage,
      'INSERT INTO do_collections VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET indexes = excluded.indexes',
      table.name,
      wanted,
    )
  })
}

function refuseDuplicates(storage: ObjectStorage, table: Table, field: string): void {
  const query = `SELECT 1 AS found FROM ${table.name} WHERE "${field}" IS NOT NULL GROUP BY "${field}" HAVING count(*) > 1 LIMIT 1`
  if (first(storage, query) === undefined) return
  throw refuse(
    'already_exists',
    `${table.name.slice(3, -1)} already has documents with equal "${field}". Make them differ before it is unique.`,
    { field },
  )
}

function extract(field: string): string {
  const path = field
    .split('.')
    .map((name) => `."${name}"`)
    .join('')
  return `json_extract(body, '$${path}')`
}

function indexName(table: Table, field: string): string {
  return `"i_${table.name.slice(3, -1)}_${field}"`
}
