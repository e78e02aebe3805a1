import type { Page } from '@do/provider'

/** What an index can hold. */
export type Scalar = string | number | boolean | null

export interface CollectionOptions {
  /** Paths of the fields that `list` filters and orders by: `status`, `customer.email`. At most 32 with `unique`. */
  readonly indexes?: readonly string[]
  /** The same, and no two documents may have the same value (missing and null are no values). */
  readonly unique?: readonly string[]
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
}

export interface Range {
  readonly eq?: Scalar
  readonly gt?: Scalar
  readonly gte?: Scalar
  readonly lt?: Scalar
  readonly lte?: Scalar
  readonly in?: readonly Scalar[]
  readonly prefix?: string
}

/** All of it must hold. A bare value means `eq`; `null` finds missing and null. */
export type Where = Readonly<Record<string, Scalar | Range>>

export interface Query {
  readonly where?: Where
  /** An indexed field, `$id`, `$createdAt` or `$updatedAt`. Default `$id`. */
  readonly orderBy?: string
  readonly descending?: boolean
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  readonly cursor?: string
}

/** Every method may throw ProviderError; the codes stand beside. */
export interface Collection<T> {
  /** The id is made when none is given. `already_exists`, `invalid_input`, `invalid_value`, `too_large` */
  insert(value: T, options?: { readonly id?: string }): Document<T>
  get(id: string): Document<T> | undefined
  /** Merges top-level fields, or replaces by what the function answers. `not_found`, `version_conflict`, and those of `insert` */
  update(id: string, change: Partial<T> | ((now: T) => T), options?: { readonly version?: number }): Document<T>
  /** Inserts, or replaces the whole value. */
  upsert(id: string, value: T): Document<T>
  /** False when there was none. `version_conflict` */
  delete(id: string, options?: { readonly version?: number }): boolean
  /** `not_indexed`, `invalid_cursor`, `invalid_limit` */
  list(query?: Query): Page<Document<T>>
  /** `not_indexed` */
  count(where?: Where): number
}
