import type { Page } from '@do/provider'
import type { Query } from '../collection/types.ts'
import type { Schema } from '../storage/schema.ts'

/** What may be done with a collection over HTTP. `replace` is PUT (it creates where `create` is allowed too), `change` is PATCH. */
export type Operation = 'list' | 'read' | 'create' | 'replace' | 'change' | 'delete'

export type JsonSchema = Readonly<Record<string, unknown>>

export interface AnyDocument {
  readonly $id: string
  readonly $version: number
  readonly $createdAt: string
  readonly $updatedAt: string
}

/** Any `Collection<T>`: what it holds is known to its schema. */
export interface AnyCollection {
  readonly name: string
  insert(value: never, options?: { readonly id?: string }): AnyDocument
  get(id: string): AnyDocument | undefined
  update(id: string, change: never, options?: { readonly version?: number }): AnyDocument
  upsert(id: string, value: never): AnyDocument
  delete(id: string, options?: { readonly version?: number }): boolean
  list(query?: Query): Page<AnyDocument>
}

/** One collection over HTTP. */
export interface ResourceOptions {
  readonly collection: AnyCollection
  /** Default: all of it. */
  readonly allow?: readonly Operation[]
  /** For the OpenAPI document, and for what type a filter's value has; the collection validates by its own. */
  readonly schema?: Schema<unknown>
  /** Where the schema cannot say it itself. */
  readonly jsonSchema?: JsonSchema
  /** Fields that may be filtered and ordered by, besides `$id`, `$createdAt` and `$updatedAt`. Default: what the collection has indexed. */
  readonly filters?: readonly string[]
  /** PUT, PATCH and DELETE of what is there ask for `If-Match` (428 without), so that nobody overwrites what they have not seen. */
  readonly requireMatch?: boolean
  /** Scopes of which the principal needs one, to read and to write. */
  readonly scopes?: { readonly read?: readonly string[]; readonly write?: readonly string[] }
  readonly description?: string
}

export interface RestOptions {
  /** By the name in the path: `/orders`. */
  readonly collections?: Readonly<Record<string, AnyCollection | ResourceOptions>>
  /** Which of the class's exposed methods. Default true: all but those that hand out capabilities. */
  readonly methods?: boolean | readonly string[]
  /** Of the OpenAPI document. Default: the object's type. */
  readonly title?: string
  readonly description?: string
  /** Of the API, in the OpenAPI document. Default `1`. */
  readonly version?: string
  /** How long the answer under an `Idempotency-Key` is kept, in milliseconds. Default 24 hours. */
  readonly keepAnswersMs?: number
  /** Further links of the object itself, by name: a path below the object (`/changes`) or a URL. */
  readonly links?: Readonly<Record<string, string>>
}

/** What `rest` has made of its options, for the routes and for the description. */
export interface Resource extends Omit<ResourceOptions, 'allow'> {
  readonly name: string
  readonly allow: ReadonlySet<Operation>
  readonly described: JsonSchema | undefined
}
