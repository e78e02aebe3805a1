import { refuse } from '@do/provider'
import { documentOf, type Row, rowColumns } from '../collection/document.ts'
import { insideOf } from '../collection/inside.ts'
import { type Conditions, conditionsOf } from '../collection/query.ts'
import { isPath, live, namePart } from '../collection/table.ts'
import type { Collection, Document, Where } from '../collection/types.ts'
import type { SqlValue } from '../platform/types.ts'
import { limitOf } from '../storage/paging.ts'
import { first, once, rows, run } from '../storage/sql.ts'
import { decodeVector, encodeVector, scorer, type VectorShape } from './codec.ts'
import { type Near, nearest } from './nearest.ts'

export interface VectorMatch<T> {
  readonly document: Document<T>
  /** Greater is nearer: the cosine, the dot product, or the negative distance. */
  readonly score: number
}

export interface Vectors<T> {
  /** Stores the vector of a document, at the version it has now. @throws ProviderError `not_found`, `invalid_vector` */
  set(id: string, vector: ArrayLike<number>): void
  /** As it is searched: of length 1 for `cosine`, rounded for `int8`. */
  get(id: string): Float32Array | undefined
  delete(id: string): boolean
  /**
   * Exact: every vector of a document that `where` lets through is compared. Default limit 10, at most 1,000.
   * @throws ProviderError `invalid_vector`, `invalid_limit`, `not_indexed`, `invalid_where`
   */
  search(query: ArrayLike<number>, options?: { readonly where?: Where; readonly limit?: number }): readonly VectorMatch<T>[]
  /** Documents that have no vector, or have been changed since it was made. Default limit 100, at most 1,000. */
  missing(limit?: number): readonly Document<T>[]
}

interface Stored extends Record<string, SqlValue> {
  n: number
  data: ArrayBuffer
}

/**
 * Vectors of a collection's documents, beside them, so that documents stay small. Call it where the class declares the collection.
 * They go with their document. A search reads all of them: good for some ten thousand in an object.
 * @throws ProviderError `invalid_collection`
 */
export function vectors<T extends object>(collection: Collection<T>, name: string, shape: VectorShape): Vectors<T> {
  const { dimensions } = shape
  if (!isPath(name) || name.includes('.') || !Number.isInteger(dimensions) || dimensions < 1 || dimensions > 4_096) {
    throw refuse('invalid_collection', 'Vectors have a plain name and 1 to 4,096 dimensions.')
  }
  const { storage, table, there, mutate, onOpen, tellAs } = insideOf(collection)
  const side = `"v_${namePart(table)}_${name}"`
  const source = `vectors:${table.label}.${name}`
  const note = `${table.name}:vectors:${name}`
  onOpen(() => once(storage, side, make))

  const stored = (id: string) =>
    there()
      ? first<Stored>(storage, `SELECT n, data FROM ${side} JOIN ${table.name} USING (n) WHERE id = ? AND ${live}`, id)
      : undefined

  return {
    set: (id, vector) => {
      const data = encodeVector(vector, shape)
      mutate(() => {
        const row = first<Row>(storage, `SELECT n, version FROM ${table.name} WHERE id = ? AND ${live}`, id)
        if (row === undefined) {
          throw refuse('not_found', `${table.label} has no document "${id}" for this vector. Insert it first.`, { field: 'id' })
        }
        const before = stored(id)
        const query = `INSERT INTO ${side} VALUES (?, ?, ?) ON CONFLICT (n) DO UPDATE SET version = excluded.version, data = excluded.data`
        run(storage, query, row.n, row.version, data)
        tellAs(source, before === undefined ? 'create' : 'update', id, textOf(before?.data, shape), textOf(data, shape))
      })
    },
    get: (id) => {
      const row = stored(id)
      return row === undefined ? undefined : decodeVector(row.data, shape)
    },
    delete: (id) => {
      const row = stored(id)
      if (row === undefined) return false
      mutate(() => {
        run(storage, `DELETE FROM ${side} WHERE n = ?`, row.n)
        tellAs(source, 'delete', id, textOf(row.data, shape))
      })
      return true
    },
    search: (query, { where, limit = 10 } = {}) => {
      const score = scorer(query, shape)
      const size = limitOf(limit)
      const conditions = conditionsOf(table, where)
      if (!there()) return []
      // Alone the vectors are read twice as fast. Only where a document is hidden does it take the join after all.
      const plain = where === undefined && !table.soft
      const found = documentsOf(scan(score, size, plain ? undefined : conditions))
      const all = found.includes(undefined) ? documentsOf(scan(score, size, conditions)) : found
      return all.filter((match) => match !== undefined)
    },
    missing: (limit) => {
      const size = limitOf(limit)
      if (!there()) return []
      const columns = rowColumns.replaceAll(/\w+/g, (column) => `d.${column}`)
      const query = `SELECT ${columns} FROM ${table.name} d LEFT JOIN ${side} v ON v.n = d.n
        WHERE d.${live} AND (v.n IS NULL OR v.version <> d.version) ORDER BY d.n LIMIT ?`
      return rows<Row>(storage, query, size).map((row) => documentOf<T>(row))
    },
  }

  function make(): void {
    const wanted = JSON.stringify([shape.dimensions, shape.metric ?? 'cosine', shape.type ?? 'float32'])
    const known = first<{ indexes: string }>(storage, 'SELECT indexes FROM do_collections WHERE name = ?', note)
    if (known?.indexes === wanted) return
    if (known !== undefined) {
      const message = `The vectors "${name}" of ${table.label} were declared otherwise before. Give the new ones another name.`
      throw refuse('invalid_collection', message)
    }
    run(storage, `CREATE TABLE ${side} (n INTEGER PRIMARY KEY, version INTEGER NOT NULL, data BLOB NOT NULL) STRICT`)
    const gone = `"vd_${namePart(table)}_${name}"`
    run(storage, `CREATE TRIGGER ${gone} AFTER DELETE ON ${table.name} BEGIN DELETE FROM ${side} WHERE n = old.n; END`)
    run(storage, 'INSERT INTO do_collections VALUES (?, ?)', note, wanted)
  }

  function scan(score: (data: ArrayBuffer) => number, size: number, conditions?: Conditions): readonly Near[] {
    const best = nearest(size)
    const from = conditions === undefined ? side : `${table.name} JOIN ${side} USING (n) WHERE ${live} AND (${conditions.sql})`
    const cursor = storage.sql.exec<Stored>(`SELECT n, data FROM ${from}`, ...(conditions?.bindings ?? []))
    for (const { n, data } of cursor) best.offer(n, score(data))
    return best.take()
  }

  function documentsOf(near: readonly Near[]): (VectorMatch<T> | undefined)[] {
    const query = `SELECT ${rowColumns} FROM ${table.name} WHERE n IN (SELECT value FROM json_each(?)) AND ${live}`
    const found = new Map(rows<Row>(storage, query, JSON.stringify(near.map(({ n }) => n))).map((row) => [row.n, row]))
    return near.map(({ n, score }) => {
      const row = found.get(n)
      return row === undefined ? undefined : { document: documentOf<T>(row), score }
    })
  }
}

/** For those who follow changes: enough to store it elsewhere. */
function textOf(data: ArrayBuffer | undefined, shape: VectorShape): string | undefined {
  if (data === undefined) return undefined
  // At most 16,384 bytes, so they fit one call.
  return JSON.stringify({ type: shape.type ?? 'float32', base64: btoa(String.fromCharCode(...new Uint8Array(data))) })
}
