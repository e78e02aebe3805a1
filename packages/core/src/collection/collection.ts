import { refuse } from '@do/provider'
import type { ObjectStorage, SqlValue } from '../platform/types.ts'
import { byteLength, checkKey, encodeJson } from '../storage/json.ts'
import { writeCursor } from '../storage/paging.ts'
import { type Schema, validate } from '../storage/schema.ts'
import { first, hasTable, rows, transaction } from '../storage/sql.ts'
import { conditionsOf, markOf, selectionOf } from './query.ts'
import { describeTable, openTable, type Table } from './table.ts'
import type { Collection, CollectionOptions, Document } from './types.ts'

export interface CollectionRoom<T> {
  readonly storage: ObjectStorage
  readonly now: () => number
  /** Makes the object's record with the first document. */
  readonly exists: () => void
  readonly name: string
  readonly schema: Schema<T> | undefined
  readonly options: CollectionOptions | undefined
}

interface Row extends Record<string, SqlValue> {
  id: string
  version: number
  created_at: number
  updated_at: number
  body: string
  mark: string | number | null
}

export function createCollection<T extends object>({
  storage,
  now,
  exists,
  name,
  schema,
  options,
}: CollectionRoom<T>): Collection<T> {
  const table = describeTable(name, options)
  const columns = 'id, version, created_at, updated_at, body'

  const open = () => openTable(storage, table)
  /** Opens the table if there is one; reading makes none. */
  const there = () => {
    const found = hasTable(storage, table.name.slice(1, -1))
    if (found) open()
    return found
  }
  const read = (id: string) =>
    there() ? first<Row>(storage, `SELECT ${columns} FROM ${table.name} WHERE id = ?`, id) : undefined

  const encode = (id: string, value: unknown): string => {
    const what = `The document "${id}" of ${name}`
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw refuse('invalid_input', `${what} must be an object with fields.`)
    }
    const checked = schema === undefined ? value : validate(schema, plain(value), what)
    return encodeJson(plain(checked), what, byteLength(id))
  }

  /** Writes and answers what is stored; a unique index that objects becomes an error that names its field. */
  const write = (query: string, id: string, body: string, ...bindings: SqlValue[]): Document<T> | undefined => {
    for (const field of table.unique) refuseTaken(storage, table, field, id, body, name)
    const row = first<Row>(storage, `${query} RETURNING ${columns}`, ...bindings)
    return row === undefined ? undefined : document<T>(row)
  }

  const mutate = <R>(change: () => R): R =>
    transaction(storage, () => {
      open()
      exists()
      return change()
    })

  const replace = (row: Row, body: string) =>
    write(
      `UPDATE ${table.name} SET version = version + 1, updated_at = ?, body = ? WHERE id = ?`,
      row.id,
      body,
      now(),
      body,
      row.id,
    )

  const insert = (id: string, body: string) =>
    write(
      `INSERT INTO ${table.name} (id, version, created_at, updated_at, body) VALUES (?, 1, ?, ?, ?)`,
      id,
      body,
      id,
      now(),
      now(),
      body,
    )

  return {
    insert: (value, { id = crypto.randomUUID() } = {}) => {
      checkKey(id, 'The id')
      const body = encode(id, value)
      return mutate(() => {
        if (read(id) !== undefined) {
          throw refuse('already_exists', `${name} has a document "${id}" already. Use update or upsert, or another id.`, {
            field: 'id',
          })
        }
        return insert(id, body) as Document<T>
      })
    },
    get: (id) => {
      const row = read(id)
      return row === undefined ? undefined : document<T>(row)
    },
    update: (id, change, { version } = {}) =>
      mutate(() => {
        const row = read(id)
        if (row === undefined)
          throw refuse('not_found', `${name} has no document "${id}". Insert it first, or use upsert.`, { field: 'id' })
        checkVersion(row, version, name)
        const current = JSON.parse(row.body) as T
        return replace(row, encode(id, typeof change === 'function' ? change(current) : { ...current, ...change })) as Document<T>
      }),
    upsert: (id, value) => {
      checkKey(id, 'The id')
      const body = encode(id, value)
      return mutate(() => {
        const row = read(id)
        return (row === undefined ? insert(id, body) : replace(row, body)) as Document<T>
      })
    },
    delete: (id, { version } = {}) => {
      const row = read(id)
      if (row === undefined) return false
      checkVersion(row, version, name)
      rows(storage, `DELETE FROM ${table.name} WHERE id = ?`, id)
      return true
    },
    list: (query = {}) => {
      const selection = selectionOf(table, query)
      if (!there()) return { items: [] }
      const { sql, bindings, order, orderColumn, limit } = selection
      const select = `SELECT ${columns}, ${orderColumn} AS mark FROM ${table.name} WHERE ${sql} ORDER BY ${order} LIMIT ?`
      const found = rows<Row>(storage, select, ...bindings, limit + 1)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      const items = page.map((row) => document<T>(row))
      return found.length > limit && last !== undefined
        ? { items, cursor: writeCursor(markOf(selection, last.mark, last.id)) }
        : { items }
    },
    count: (where) => {
      const { sql, bindings } = conditionsOf(table, where)
      if (!there()) return 0
      return (
        first<{ count: number }>(storage, `SELECT count(*) AS count FROM ${table.name} WHERE ${sql}`, ...bindings)?.count ?? 0
      )
    },
  }
}

function refuseTaken(storage: ObjectStorage, table: Table, field: string, id: string, body: string, name: string): void {
  const path = field
    .split('.')
    .map((part) => `."${part}"`)
    .join('')
  const query = `SELECT id FROM ${table.name} WHERE "${field}" = json_extract(?, '$${path}') AND id <> ?`
  if (first(storage, query, body, id) === undefined) return
  throw refuse('already_exists', `Another document of ${name} has the same "${field}". Change it, or update that one.`, { field })
}

function checkVersion(row: Row, version: number | undefined, name: string): void {
  if (version === undefined || version === row.version) return
  throw refuse(
    'version_conflict',
    `"${row.id}" of ${name} is at version ${row.version}, not ${version}. Read it again and repeat the change.`,
    {
      field: '$version',
    },
  )
}

/** The value without what is ours, so that a document may be passed back as it came. */
function plain(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([field]) => !field.startsWith('$')))
}

function document<T>(row: Row): Document<T> {
  return {
    ...(JSON.parse(row.body) as T),
    $id: row.id,
    $version: row.version,
    $createdAt: new Date(row.created_at).toISOString(),
    $updatedAt: new Date(row.updated_at).toISOString(),
  }
}
