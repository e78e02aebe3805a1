import type { Mutation } from '../kernel/types.ts'
import type { ObjectStorage } from '../platform/types.ts'
import type { Schema } from '../storage/schema.ts'
import type { Table } from './table.ts'
import type { Collection } from './types.ts'

/** What rooms that add to a collection (search, vectors, bulk) may know of it. */
export interface Inside {
  readonly storage: ObjectStorage
  readonly now: () => number
  readonly table: Table
  readonly schema: Schema<unknown> | undefined
  /** Makes the table, or brings it to what is declared. */
  readonly open: () => void
  /** Opens the table if there is one; reading makes none. */
  readonly there: () => boolean
  /** A transaction in which the table is open and the object exists. */
  readonly mutate: <R>(change: () => R) => R
  readonly tell: (operation: Mutation['operation'], key: string, before?: string, after?: string) => void
  /** Tells a change of something beside the documents. */
  readonly tellAs: (source: string, operation: Mutation['operation'], key: string, before?: string, after?: string) => void
  /** Run whenever the table is opened in a new life of the object, before anything is read or written. */
  readonly onOpen: (make: () => void) => void
}

const known = new WeakMap<object, Inside>()

export function remember<T>(collection: Collection<T>, inside: Inside): Collection<T> {
  known.set(collection, inside)
  return collection
}

export function insideOf(collection: object): Inside {
  const inside = known.get(collection)
  if (inside === undefined) throw new TypeError('This is no collection that createCollection has made.')
  return inside
}
