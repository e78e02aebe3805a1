import { ProviderError, refuse } from '@do/provider'
import { insideOf } from '../collection/inside.ts'
import type { Collection, Where } from '../collection/types.ts'
import { type BulkMode, prepare, tooMany, writeRows } from './write.ts'

/** A value, with the id it is to have. */
export type Named<T> = T & { readonly $id?: string }

const maxRows = 10_000

/**
 * Inserts all or none and answers their ids, in order. At most 10,000.
 * @throws ProviderError `too_many`, and those of `insert` with the place of the row in `field`: `12.customer.email`
 */
export function insertMany<T extends object>(collection: Collection<T>, values: readonly Named<T>[]): readonly string[] {
  return writeMany(collection, values, 'insert')
}

/** Inserts or replaces all or none. @throws ProviderError as `insertMany` */
export function upsertMany<T extends object>(collection: Collection<T>, values: readonly Named<T>[]): readonly string[] {
  return writeMany(collection, values, 'replace')
}

/**
 * Changes all documents that `where` finds, or none, and answers how many.
 * @throws ProviderError `too_many` beyond `limit` (default and most 10,000), and those of `update`
 */
export function updateMany<T extends object>(
  collection: Collection<T>,
  where: Where,
  change: Partial<T> | ((now: T) => T),
  { limit = maxRows }: { readonly limit?: number } = {},
): number {
  return each(collection, where, limit, 'To update', (id) => collection.update(id, change))
}

/** Deletes all documents that `where` finds, or none, and answers how many. @throws ProviderError as `updateMany` */
export function deleteMany<T extends object>(
  collection: Collection<T>,
  where: Where,
  { limit = maxRows }: { readonly limit?: number } = {},
): number {
  return each(collection, where, limit, 'To delete', (id) => collection.delete(id))
}

function writeMany<T extends object>(collection: Collection<T>, values: readonly Named<T>[], mode: BulkMode): readonly string[] {
  const inside = insideOf(collection)
  if (!Array.isArray(values)) throw refuse('invalid_input', 'Many documents are given as a list.')
  if (values.length > maxRows) throw tooMany('To write', maxRows)
  const prepared = values.map((value, index) => placed(index, () => prepare(inside, value)))
  if (prepared.length === 0) return []
  return inside.mutate(() => {
    const [wrong] = writeRows(collection, prepared, mode).errors
    if (wrong !== undefined) placed(wrong.index, () => raise(wrong.error))
    return prepared.map(({ id }) => id)
  })
}

function each<T extends object>(
  collection: Collection<T>,
  where: Where,
  limit: number,
  what: string,
  act: (id: string) => unknown,
) {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxRows) {
    throw refuse('invalid_limit', `The limit of one such change is 1 to ${maxRows}.`, { field: 'limit' })
  }
  if (collection.count(where) > limit) throw tooMany(what, limit)
  return insideOf(collection).mutate(() => {
    // All are found before the first is changed: a change may move a document within the order, or out of the filter.
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = collection.list({ where, select: [], limit: 1_000, ...(cursor === undefined ? {} : { cursor }) })
      ids.push(...page.items.map(({ $id }) => $id))
      cursor = page.cursor
    } while (cursor !== undefined)
    for (const id of ids) act(id)
    return ids.length
  })
}

/** An error says which of the many it is about. */
function placed<R>(index: number, run: () => R): R {
  try {
    return run()
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    const field = error.field === undefined || error.field === '' ? String(index) : `${index}.${error.field}`
    throw refuse(error.code, `Number ${index + 1} of the list: ${error.message} Nothing was written.`, { field })
  }
}

function raise(error: Error): never {
  throw error
}
