import { refuse } from '@do/provider'
import type { ObjectStorage } from '../platform/types.ts'
import { ensure, first, once, run, transaction } from '../storage/sql.ts'
import type { CollectionOptions } from './types.ts'

/** One index: its parts in order, and whether values must differ. */
interface Index {
  readonly parts: readonly OrderPart[]
  readonly unique: boolean
}

export interface OrderPart {
  readonly field: string
  readonly descending: boolean
}

/** The SQLite side of one collection. */
export interface Table {
  readonly label: string
  /** Quoted. */
  readonly name: string
  /** Quoted column of an indexed field or of one of ours; undefined where there is none. */
  column(field: string): string | undefined
  readonly fields: readonly string[]
  readonly unique: readonly string[]
  readonly indexes: readonly Index[]
  readonly soft: boolean
}

/** Condition of the documents that are there: part of every query and of every index. */
export const live = 'deleted_at IS NULL'

const own: ReadonlyMap<string, string> = new Map([
  ['$id', 'id'],
  ['$createdAt', 'created_at'],
  ['$updatedAt', 'updated_at'],
])
/** Names of columns that a field cannot have; case does not matter to SQLite. */
const reserved = /^(rowid|_rowid_|oid|n|id|version|created_at|updated_at|deleted_at|body)$/i
const maxFields = 32
const maxIndexes = 64
const registry = 'CREATE TABLE IF NOT EXISTS do_collections (name TEXT PRIMARY KEY, indexes TEXT NOT NULL) STRICT, WITHOUT ROWID'

/** @throws ProviderError `invalid_collection` */
export function describeTable(name: string, options: CollectionOptions = {}): Table {
  const { indexes = [], unique = [], softDelete = false } = options
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw impossible(`"${name}" cannot name a collection: use 1 to 64 letters, digits, "_" and "-", a letter first.`)
  }
  const compound = indexes.filter((index) => typeof index !== 'string').map((index) => index.map(orderPart))
  const single = indexes.filter((index) => typeof index === 'string')
  const parts = compound.flat().map(({ field }) => field)
  const fields = [...new Set([...single, ...unique, ...parts.filter((field) => !own.has(field))])]
  // The paths are written into SQL, so only plain names may pass.
  const wrong = fields.find((field) => !isPath(field))
  if (wrong !== undefined) {
    throw impossible(`"${wrong}" cannot be indexed in "${name}": write a path of plain names such as "customer.email".`)
  }
  if (fields.length > maxFields || indexes.length + unique.length > maxIndexes || compound.some(({ length }) => length > 4)) {
    throw impossible(
      `"${name}" declares ${fields.length} indexed fields; at most ${maxFields} fit a table's columns, and four a compound index.`,
    )
  }
  const twice = fields.find((field, index) => fields.slice(0, index).some((other) => other.toLowerCase() === field.toLowerCase()))
  if (twice !== undefined) {
    throw impossible(`"${twice}" is indexed in "${name}" beside a field that differs in case only. Rename one.`)
  }
  const alone = [...new Set([...single, ...unique])]
  const columns = new Map([...own, ...fields.map((field) => [field, columnName(field)] as const)])
  return {
    label: name,
    name: `"c_${name}"`,
    fields,
    unique,
    indexes: [
      ...alone.map((field) => ({ parts: [{ field, descending: false }], unique: unique.includes(field) })),
      ...compound.map((list) => ({ parts: list, unique: false })),
    ],
    soft: softDelete,
    column: (field) => columns.get(field),
  }
}

const impossible = (why: string) => refuse('invalid_collection', why)

function columnName(field: string): string {
  return reserved.test(field) ? `"$${field}"` : `"${field}"`
}

/** A label in the name of something that belongs to its table: `_` comes after it, so none may be in it. */
export function namePart({ label }: Pick<Table, 'label'>): string {
  return label.replaceAll('_', '$')
}

/** A path of plain names, which may be written into SQL between quotes. */
export function isPath(field: string): boolean {
  return /^[A-Za-z_]\w{0,63}(\.[A-Za-z_]\w{0,63}){0,7}$/.test(field)
}

export function orderPart(field: string): OrderPart {
  return field.startsWith('-') ? { field: field.slice(1), descending: true } : { field, descending: false }
}

/** Makes the table, and brings its columns and indexes to what is declared now; existing documents are indexed at once. */
export function openTable(storage: ObjectStorage, table: Table): void {
  once(storage, `open ${table.name}`, () => bringUp(storage, table))
}

interface Known {
  readonly fields: readonly string[]
  /** Statements that made them, by name. */
  readonly indexes: Readonly<Record<string, string>>
}

function bringUp(storage: ObjectStorage, table: Table): void {
  const wanted: Known = { fields: table.fields, indexes: statements(table) }
  ensure(storage, registry)
  const found = first<{ indexes: string }>(storage, 'SELECT indexes FROM do_collections WHERE name = ?', table.name)
  if (found === undefined) refuseOtherCase(storage, table)
  const note = JSON.stringify(wanted)
  if (found?.indexes === note) return
  const noted: Known | readonly unknown[] = found === undefined ? [] : JSON.parse(found.indexes)
  const known: Known = 'indexes' in noted ? noted : { fields: [], indexes: {} }
  transaction(storage, () => {
    // Before rows had numbers, the note was a list: the documents move to a table of today.
    const earlier = found !== undefined && noted !== known
    if (earlier) run(storage, `ALTER TABLE ${table.name} RENAME TO do_earlier`)
    // `n` is the row's number for side tables: unlike a hidden one it stays when the file is rewritten.
    run(
      storage,
      `CREATE TABLE IF NOT EXISTS ${table.name} (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted_at INTEGER, body TEXT NOT NULL)`,
    )
    if (earlier) {
      const kept = 'id, version, created_at, updated_at, body'
      run(storage, `INSERT INTO ${table.name} (${kept}) SELECT ${kept} FROM do_earlier ORDER BY rowid`)
      run(storage, 'DROP TABLE do_earlier')
    }
    for (const [name, statement] of Object.entries(known.indexes))
      if (wanted.indexes[name] !== statement) run(storage, `DROP INDEX "${name}"`)
    for (const field of known.fields)
      if (!table.fields.includes(field)) run(storage, `ALTER TABLE ${table.name} DROP COLUMN ${columnName(field)}`)
    for (const field of table.fields)
      if (!known.fields.includes(field))
        run(storage, `ALTER TABLE ${table.name} ADD COLUMN ${columnName(field)} GENERATED ALWAYS AS (${extract(field)}) VIRTUAL`)
    for (const field of table.unique) refuseDuplicates(storage, table, field)
    for (const [name, statement] of Object.entries(wanted.indexes)) if (known.indexes[name] !== statement) run(storage, statement)
    run(
      storage,
      'INSERT INTO do_collections VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET indexes = excluded.indexes',
      table.name,
      note,
    )
  })
}

/** To SQLite `Orders` and `orders` are the same table. */
function refuseOtherCase(storage: ObjectStorage, { name, label }: Table): void {
  const query = 'SELECT name FROM do_collections WHERE lower(name) = lower(?) AND name <> ?'
  if (first(storage, query, name, name) === undefined) return
  throw impossible(`There is a collection beside "${label}" whose name differs in case only. Rename one.`)
}

/** Every index ends with the id: equal values have an order, and paging goes on from any place. */
function statements(table: Table): Record<string, string> {
  const all = [
    ...table.indexes,
    ...['$createdAt', '$updatedAt'].map((field) => ({ parts: [{ field, descending: false }], unique: false })),
  ]
  const prefix = `i_${namePart(table)}_`
  const mark = `${prefix}$deletedAt`
  const marked: [string, string][] = table.soft
    ? [[mark, `CREATE INDEX "${mark}" ON ${table.name} (deleted_at) WHERE deleted_at IS NOT NULL`]]
    : []
  return Object.fromEntries([
    ...marked,
    ...all.map(({ parts, unique }) => {
      const name = `${prefix}${parts.map(({ field, descending }) => (descending ? '-' : '') + field).join('+')}`
      const columns = parts.map(({ field, descending }) => `${table.column(field)}${descending ? ' DESC' : ''}`)
      const last = unique ? [] : [`id${parts.at(-1)?.descending ? ' DESC' : ''}`]
      const list = [...columns, ...last].join(', ')
      return [name, `CREATE ${unique ? 'UNIQUE ' : ''}INDEX "${name}" ON ${table.name} (${list}) WHERE ${live}`] as const
    }),
  ])
}

function refuseDuplicates(storage: ObjectStorage, table: Table, field: string): void {
  const column = columnName(field)
  const query = `SELECT 1 AS found FROM ${table.name} WHERE ${column} IS NOT NULL AND ${live} GROUP BY ${column} HAVING count(*) > 1 LIMIT 1`
  if (first(storage, query) === undefined) return
  throw refuse(
    'already_exists',
    `${table.label} already has documents with equal "${field}". Make them differ before it is unique.`,
    {
      field,
    },
  )
}

/** SQL that reads a path of a body. */
export function extract(field: string, body = 'body'): string {
  return `json_extract(${body}, '${jsonPath(field)}')`
}

export function jsonPath(field: string): string {
  return `$${field
    .split('.')
    .map((name) => `."${name}"`)
    .join('')}`
}
