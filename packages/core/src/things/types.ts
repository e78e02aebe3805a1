import type { Page } from '@do/provider'
import type { PartQuery, Query, Where } from '../collection/types.ts'

/** Stands in a thing for another one. */
export interface Reference {
  /** The other's `$id`. */
  readonly $ref: string
}

/** A thing as it is stored and listed: others stand in it as references. */
export type Thing<T = Readonly<Record<string, unknown>>> = T & {
  /** URL. */
  readonly $id: string
  /** Name of its noun. */
  readonly $type: string
  /** Begins with 1, grows with every write. */
  readonly $version: number
  /** ISO 8601. */
  readonly $createdAt: string
  readonly $updatedAt: string
}

/** What is to become a thing: objects in it that have a `$type` become things of their own, objects with a `$ref` stay references. */
export type NewThing = {
  readonly $type: string
  /** A URL, or a key below the noun's path in this object: `ada` → `https://…/customers/ada`. Made where it is missing. */
  readonly $id?: string
} & Readonly<Record<string, unknown>>

/** A thing with others in it in place of references, and where it belongs. */
export type Expanded = Thing & {
  /** URL of the object that keeps it. */
  readonly $context: string
}

export interface ExpandOptions {
  /** How many references deep, 1 to 8. Default 1. */
  readonly depth?: number
  /** Only references in these fields of the thing itself, by path; those in lists count for the list. Default: all. */
  readonly fields?: readonly string[]
  /** What to do about a reference to a thing of this object that is not there. `mark` (default): `{ $ref, $missing: true }`. */
  readonly missing?: 'mark' | 'refuse'
}

/** Every method may throw ProviderError; the codes stand beside. */
export interface Things {
  /** The URL of a thing of this object by its key. `unknown_noun`, `invalid_key` */
  url(type: string, key: string): string
  /** Makes it with all things in it, or nothing. `unknown_noun`, `already_exists`, `invalid_id`, and those of a collection's `insert` */
  create(value: NewThing): Thing
  /** Makes or replaces it and all things in it. An expanded thing may be given back as it came. */
  save(value: NewThing): Thing
  get(id: string): Thing | undefined
  /** In the order asked for, undefined where there is none: one query for each noun, not for each thing. At most 1,000. */
  getMany(ids: readonly string[]): readonly (Thing | undefined)[]
  /** Merges top-level fields. `not_found`, `version_conflict` */
  update(id: string, change: Readonly<Record<string, unknown>>, options?: { readonly version?: number }): Thing
  /**
   * Deletes it, with what the rules of its relationships say. Answers the ids of all that went; empty when it was not there.
   * `version_conflict`, `restricted`
   */
  delete(id: string, options?: { readonly version?: number }): readonly string[]
  list(type: string, query?: Query): Page<Thing>
  list(type: string, query: PartQuery): Page<Partial<Thing>>
  count(type: string, where?: Where): number
  /**
   * Replaces references by the things they mean. One that would stand within itself stays a reference; so does one of another
   * object. `not_found`, `missing_reference`, `too_many_references` beyond 1,000 things in the answer
   */
  expand(thing: Thing | string, options?: ExpandOptions): Expanded
  /** The ids of all things it refers to. */
  references(thing: Thing): readonly string[]
}
