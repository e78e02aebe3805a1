import { ProviderError, refuse } from '@do/provider'
import { encodeDocument, type Row, rowColumns } from '../collection/document.ts'
import { type Inside, insideOf } from '../collection/inside.ts'
import type { Collection } from '../collection/types.ts'
import { checkKey } from '../storage/json.ts'
import { rows, run } from '../storage/sql.ts'

/** What to do with a row whose id is there already: it is an error, it is left out, or it takes the other's place. */
export type BulkMode = 'insert' | 'skip' | 'replace'

export interface Prepared {
  readonly id: string
  readonly body: string
}

export interface Written {
  readonly written: number
  readonly skipped: number
  /** By place in what was given. */
  readonly errors: readonly { readonly index: number; readonly error: ProviderError }[]
}

/** UTF-16 units of one statement's JSON: at most three bytes each, so below the 2 MB of one bound value. */
const maxChunk = 600_000

/** A row as it will be stored; `$id` names it, else it gets one. @throws ProviderError as `insert` */
export function prepare(inside: Inside, value: unknown): Prepared {
  const given = typeof value === 'object' && value !== null ? (value as { readonly $id?: unknown }).$id : undefined
  const id = given === undefined ? crypto.randomUUID() : given
  checkKey(id as string, 'The id')
  return { id: id as string, body: encodeDocument(inside.table.label, inside.schema, id as string, value) }
}

/**
 * Writes prepared rows in order, many with one statement. To be called inside `mutate`. A row that cannot be written is told by
 * its place; the others are written.
 */
export function writeRows<T extends object>(collection: Collection<T>, all: readonly Prepared[], mode: BulkMode): Written {
  const inside = insideOf(collection)
  const total = { written: 0, skipped: 0, errors: [] as { index: number; error: ProviderError }[] }
  for (const chunk of chunksOf(all)) {
    const done = writeChunk(collection, inside, chunk.rows, mode)
    total.written += done.written
    total.skipped += done.skipped
    total.errors.push(...done.errors.map(({ index, error }) => ({ index: index + chunk.first, error })))
  }
  return total
}

interface Chunk {
  readonly first: number
  readonly rows: readonly Prepared[]
}

/** Small enough for one bound value, and no id twice in one. */
function* chunksOf(all: readonly Prepared[]): Generator<Chunk> {
  let first = 0
  let size = 0
  const ids = new Set<string>()
  for (const [index, { id, body }] of all.entries()) {
    const more = id.length * 6 + body.length
    if (index > first && (size + more > maxChunk || ids.has(id))) {
      yield { first, rows: all.slice(first, index) }
      first = index
      size = 0
      ids.clear()
    }
    size += more
    ids.add(id)
  }
  if (first < all.length) yield { first, rows: all.slice(first) }
}

function writeChunk<T extends object>(
  collection: Collection<T>,
  inside: Inside,
  list: readonly Prepared[],
  mode: BulkMode,
): Written {
  const { storage, table, now, tell } = inside
  const ids = JSON.stringify(list.map(({ id }) => id))
  const query = `SELECT ${rowColumns} FROM ${table.name} WHERE id IN (SELECT value FROM json_each(?))`
  const large = list.length === 1 && (list[0] as Prepared).body.length > maxChunk
  const before = large ? undefined : new Map(rows<Row>(storage, query, ids).map((row) => [row.id, row]))
  if (before === undefined || (mode === 'insert' && before.size > 0)) return oneByOne(collection, inside, list, mode)
  const chosen = mode === 'skip' ? list.filter(({ id }) => !before.has(id)) : list
  const at = now()
  // An object of id → document: one value to bind, read once.
  const json = `{${chosen.map(({ id, body }) => `${JSON.stringify(id)}:${body}`).join(',')}}`
  try {
    run(
      storage,
      `INSERT INTO ${table.name} (id, version, created_at, updated_at, body) SELECT key, 1, ?1, ?1, value FROM json_each(?2) WHERE true
        ON CONFLICT (id) DO UPDATE SET version = version + 1, updated_at = excluded.updated_at, deleted_at = NULL, body = excluded.body`,
      at,
      json,
    )
  } catch {
    // A unique index objects, and the statement has done nothing: which row it is shows one by one.
    return oneByOne(collection, inside, list, mode)
  }
  for (const { id, body } of chosen) {
    const old = before.get(id)
    if (old?.deleted_at === null) tell('update', id, old.body, body)
    else tell('create', id, undefined, body)
  }
  return { written: chosen.length, skipped: list.length - chosen.length, errors: [] }
}

function oneByOne<T extends object>(
  collection: Collection<T>,
  inside: Inside,
  list: readonly Prepared[],
  mode: BulkMode,
): Written {
  const errors: { index: number; error: ProviderError }[] = []
  let skipped = 0
  const there = (id: string) => rows(inside.storage, `SELECT 1 AS found FROM ${inside.table.name} WHERE id = ?`, id).length > 0
  for (const [index, { id, body }] of list.entries()) {
    try {
      const value = JSON.parse(body) as T
      if (mode === 'skip' && there(id)) skipped += 1
      else if (mode === 'replace') collection.upsert(id, value)
      else collection.insert(value, { id })
    } catch (error) {
      errors.push({ index, error: known(error) })
    }
  }
  return { written: list.length - errors.length - skipped, skipped, errors }
}

/** Errors of ours are about the row; all others are not, and end everything. */
export function known(error: unknown): ProviderError {
  if (ProviderError.is(error)) return error as ProviderError
  throw error
}

export function tooMany(what: string, limit: number) {
  return refuse('too_many', `${what}: more than ${limit}. Nothing was changed; do it in parts.`)
}
