import { refuse } from '@do/provider'
import type { Mutation } from '../kernel/types.ts'
import type { ObjectStorage, SqlValue } from '../platform/types.ts'
import { checkKey } from '../storage/json.ts'
import type { Schema } from '../storage/schema.ts'
import { first, hasTable, once, rows, run, transaction } from '../storage/sql.ts'
import { documentOf, encodeDocument, partsOf, type Row, rowColumns } from './document.ts'
import { type Inside, remember } from './inside.ts'
import { selectionOf } from './order.ts'
import { conditionsOf } from './query.ts'
import { describeTable, extract, live, openTable, type Table } from './table.ts'
import type { Collection, CollectionOptions, Document, PartQuery, Query } from './types.ts'

export interface CollectionRoom<T> {
  readonly storage: ObjectStorage
  readonly now: () => number
  /** Makes the object's record with the first document. */
  readonly exists: () => void
  readonly name: string
  readonly schema: Schema<T> | undefined
  readonly options: CollectionOptions | undefined
  /** All or nothing. Default: that of the storage. */
  readonly transaction?: <R>(run: () => R) => R
  /** Told every change, in its transaction. */
  readonly mutated?: (mutation: Mutation) => void
  /** What the changes are told as. Default `collection:<name>`. */
  readonly source?: string
}

export function createCollection<T extends object>(room: CollectionRoom<T>): Collection<T> {
  const { storage, now, name, schema, mutated, source = `collection:${name}` } = room
  const table = describeTable(name, room.options)
  const opening: (() => void)[] = []
  const atomic = room.transaction ?? ((run) => transaction(storage, run))

  const open = () => {
    openTable(storage, table)
    for (const make of opening) make()
  }
  const there = () => {
    const found = hasTable(storage, `c_${name}`)
    if (found) open()
    return found
  }
  const mutate = <R>(change: () => R): R =>
    atomic(() => {
      open()
      once(storage, 'record', room.exists)
      return change()
    })
  const tellAs: Inside['tellAs'] = (where, operation, key, before, after) =>
    mutated?.({
      source: where,
      operation,
      key,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    })
  const tell: Inside['tell'] = (...change) => tellAs(source, ...change)
  const encode = (id: string, value: unknown) => encodeDocument(name, schema, id, value)

  /** The row, whether marked as deleted or not. */
  const find = (id: string) =>
    there() ? first<Row>(storage, `SELECT ${rowColumns} FROM ${table.name} WHERE id = ?`, id) : undefined
  const read = (id: string) => {
    const row = find(id)
    return row?.deleted_at === null ? row : undefined
  }

  /** Answers whether anything was written. A unique index that objects becomes an error that names its field. */
  const write = (id: string, body: string, query: string, ...bindings: SqlValue[]): boolean => {
    try {
      return run(storage, query, ...bindings).rowsWritten > 0
    } catch (error) {
      for (const field of table.unique) refuseTaken(storage, table, field, id, body)
      throw error
    }
  }

  // What a row has become is known without asking for it: RETURNING would cost as much again.
  const insert = (id: string, body: string): Document<T> | undefined => {
    const at = now()
    const query = `INSERT INTO ${table.name} (id, version, created_at, updated_at, body) VALUES (?, 1, ?, ?, ?) ON CONFLICT (id) DO NOTHING`
    if (!write(id, body, query, id, at, at, body)) return undefined
    tell('create', id, undefined, body)
    return documentOf<T>({ id, version: 1, created_at: at, updated_at: at, deleted_at: null, body })
  }

  const replace = (row: Row, body: string): Document<T> => {
    const { id } = row
    const at = now()
    const query = `UPDATE ${table.name} SET version = version + 1, updated_at = ?, deleted_at = NULL, body = ? WHERE id = ?`
    write(id, body, query, at, body, id)
    if (row.deleted_at === null) tell('update', id, row.body, body)
    else tell('create', id, undefined, body)
    return documentOf<T>({ ...row, version: row.version + 1, updated_at: at, deleted_at: null, body })
  }

  const list = (query: Query | PartQuery = {}) => {
    const selection = selectionOf(table, query)
    const { where, ranges, order, columns, limit } = selection
    const toItem = 'select' in query ? partsOf<T>(query.select) : documentOf<T>
    if (!there()) return { items: [] }
    const marks = columns.map((column, index) => `${column} AS "$${index}"`).join(', ')
    const found: Row[] = []
    const { maxBytes = Number.POSITIVE_INFINITY } = query
    let bytes = 0
    for (const range of ranges) {
      const select = `SELECT ${rowColumns}, ${marks} FROM ${table.name} WHERE ${where.sql} AND ${range.sql} ORDER BY ${order} LIMIT ?`
      // Row by row: what is beyond the page is not read.
      for (const row of storage.sql.exec<Row>(select, ...where.bindings, ...range.bindings, limit + 1 - found.length)) {
        found.push(row)
        bytes += row.body.length
        if (bytes > maxBytes && found.length > 1) break
      }
      if (found.length > limit || (bytes > maxBytes && found.length > 1)) break
    }
    const full = found.length > limit || (bytes > maxBytes && found.length > 1)
    const page = full ? found.slice(0, -1) : found
    const last = page.at(-1)
    const items = page.map(toItem)
    if (!full || last === undefined) return { items }
    return { items, cursor: selection.cursorAfter(columns.map((_, index) => last[`$${index}`] ?? null)) }
  }

  const collection: Collection<T> = {
    name,
    insert: (value, { id = crypto.randomUUID() } = {}) => {
      checkKey(id, 'The id')
      const body = encode(id, value)
      return mutate(() => {
        const made = insert(id, body)
        if (made !== undefined) return made
        const hint = read(id) === undefined ? 'marked as deleted: restore or purge it, or' : 'already:'
        throw refuse('already_exists', `${name} has a document "${id}" ${hint} use update or upsert, or another id.`, {
          field: 'id',
        })
      })
    },
    get: (id) => {
      const row = read(id)
      return row === undefined ? undefined : documentOf<T>(row)
    },
    update: (id, change, { version } = {}) =>
      mutate(() => {
        const row = read(id)
        if (row === undefined)
          throw refuse('not_found', `${name} has no document "${id}". Insert it first, or use upsert.`, { field: 'id' })
        checkVersion(row, version, name)
        const current = JSON.parse(row.body) as T
        return replace(row, encode(id, typeof change === 'function' ? change(current) : { ...current, ...change }))
      }),
    upsert: (id, value) => {
      checkKey(id, 'The id')
      const body = encode(id, value)
      return mutate(() => insert(id, body) ?? replace(find(id) as Row, body))
    },
    delete: (id, { version } = {}) => {
      if (read(id) === undefined) return false
      return mutate(() => {
        const row = read(id)
        if (row === undefined) return false
        checkVersion(row, version, name)
        if (table.soft) {
          const mark = `UPDATE ${table.name} SET version = version + 1, updated_at = ?1, deleted_at = ?1 WHERE id = ?2`
          rows(storage, mark, now(), id)
        } else rows(storage, `DELETE FROM ${table.name} WHERE id = ?`, id)
        tell('delete', id, row.body)
        return true
      })
    },
    restore: (id) => {
      if (typeof find(id)?.deleted_at !== 'number') return false
      return mutate(() => {
        const row = find(id)
        if (typeof row?.deleted_at !== 'number') return false
        replace(row, row.body)
        return true
      })
    },
    purge: ({ olderThanMs = 0, limit = 1_000 } = {}) => {
      if (!(olderThanMs >= 0) || !Number.isInteger(limit) || limit < 1) {
        throw refuse('invalid_purge', 'An age is 0 or more milliseconds, a limit 1 or more documents.')
      }
      if (!there()) return 0
      return mutate(() => {
        const old = `SELECT n FROM ${table.name} WHERE deleted_at <= ? ORDER BY deleted_at LIMIT ?`
        return rows(storage, `DELETE FROM ${table.name} WHERE n IN (${old}) RETURNING n`, now() - olderThanMs, limit).length
      })
    },
    list: list as Collection<T>['list'],
    count: (where) => {
      const { sql, bindings } = conditionsOf(table, where)
      if (!there()) return 0
      const query = `SELECT count(*) AS count FROM ${table.name} WHERE ${live} AND (${sql})`
      return first<{ count: number }>(storage, query, ...bindings)?.count ?? 0
    },
  }
  const onOpen = (make: () => void) => void opening.push(make)
  return remember(collection, { storage, now, table, schema, open, there, mutate, tell, tellAs, onOpen })
}

function refuseTaken(storage: ObjectStorage, table: Table, field: string, id: string, body: string): void {
  const query = `SELECT id FROM ${table.name} WHERE ${live} AND ${table.column(field)} = ${extract(field, '?')} AND id <> ?`
  if (first(storage, query, body, id) === undefined) return
  throw refuse('already_exists', `Another document of ${table.label} has the same "${field}". Change it, or update that one.`, {
    field,
  })
}

function checkVersion(row: Row, version: number | undefined, name: string): void {
  if (version === undefined || version === row.version) return
  throw refuse(
    'version_conflict',
    `"${row.id}" of ${name} is at version ${row.version}, not ${version}. Read it again and repeat the change.`,
    { field: '$version' },
  )
}
