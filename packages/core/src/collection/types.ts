import type { Page } from '@do/provider'

/** What an index can hold. */
export type Scalar = string | number | boolean | null

export interface CollectionOptions {
  /**
   * Paths of the fields that `list` filters and orders by: `status`, `customer.email`. A list of paths is one compound index:
   * `['status', '-$createdAt']` serves "all of one status, the newest first"; `-` means descending. At most 32 fields.
   */
  readonly indexes?: readonly (string | readonly string[])[]
  /** The same, and no two documents may have the same value (missing and null are no values). */
  readonly unique?: readonly string[]
  /** `delete` only marks, until `purge`; what is marked is not found, listed or counted, and holds no unique value. */
  readonly softDelete?: boolean
}

/** A value of the collection with what the collection knows of it. */
export type Document<T> = T & {
  /** Unique within the collection. */
  readonly $id: string
  /** Begins with 1, grows with every write. */
  readonly $version: number
  /** ISO 8601. */
  readonly $createdAt: string
  readonly $updatedAt: string
  /** Only where it is marked as deleted. */
  readonly $deletedAt?: string
}

/** All of it must hold. A field that is missing or null is equal to null only, and neither more nor less than anything. */
export interface Range {
  readonly eq?: Scalar
  readonly ne?: Scalar
  readonly gt?: Scalar
  readonly gte?: Scalar
  readonly lt?: Scalar
  readonly lte?: Scalar
  /** At most 10,000 values. */
  readonly in?: readonly Scalar[]
  /** The text begins so; case matters. */
  readonly prefix?: string
  /** The text has this in it; case matters. Reads every document that the rest lets through. */
  readonly contains?: string
  /** The list has this item. Reads every document that the rest lets through. */
  readonly has?: Scalar
  /** Is there a value other than null? */
  readonly exists?: boolean
}

/** All of it must hold. A bare value means `eq`; `null` finds missing and null. */
export interface Where {
  /** At least one of these. */
  readonly $or?: readonly Where[]
  /** Every one of these. */
  readonly $and?: readonly Where[]
  /** None of these. */
  readonly $not?: readonly Where[]
  readonly [field: string]: Scalar | Range | readonly Where[] | undefined
}

export interface Query {
  readonly where?: Where
  /** An indexed field, `$id`, `$createdAt` or `$updatedAt`; or up to four of them, `-` before one for descending. Default `$id`. */
  readonly orderBy?: string | readonly string[]
  /** Turns the whole order round. */
  readonly descending?: boolean
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  /** The page ends early, with a cursor, before its documents are longer than this together, in UTF-16 units; one always comes. */
  readonly maxBytes?: number
  readonly cursor?: string
  /** Only those that are marked as deleted; of a collection with `softDelete`. */
  readonly deleted?: boolean
}

/** A page of parts: only the fields of these paths, and what the collection knows. */
export interface PartQuery extends Query {
  readonly select: readonly string[]
}

export interface PurgeOptions {
  /** Only what was deleted at least so long ago, in milliseconds. Default 0: all. */
  readonly olderThanMs?: number
  /** At most so many. Default 1,000. */
  readonly limit?: number
}

/** Every method may throw ProviderError; the codes stand beside. */
export interface Collection<T> {
  readonly name: string
  /** The id is made when none is given. `already_exists`, `invalid_input`, `invalid_value`, `too_large` */
  insert(value: T, options?: { readonly id?: string }): Document<T>
  get(id: string): Document<T> | undefined
  /** Merges top-level fields, or replaces by what the function answers. `not_found`, `version_conflict`, and those of `insert` */
  update(id: string, change: Partial<T> | ((now: T) => T), options?: { readonly version?: number }): Document<T>
  /** Inserts, or replaces the whole value. One that was marked as deleted comes back with it. */
  upsert(id: string, value: T): Document<T>
  /** False when there was none. `version_conflict` */
  delete(id: string, options?: { readonly version?: number }): boolean
  /** Takes the mark of a deleted one away. False when there is no such. `already_exists` when a unique value is taken meanwhile. */
  restore(id: string): boolean
  /** Removes marked ones for good and answers how many. Told to nobody: that they are gone was told when they were marked. */
  purge(options?: PurgeOptions): number
  /** `not_indexed`, `invalid_where`, `invalid_order`, `invalid_cursor`, `invalid_limit` */
  list(query: PartQuery): Page<Document<Partial<T>>>
  list(query?: Query): Page<Document<T>>
  /** `not_indexed`, `invalid_where` */
  count(where?: Where): number
}
