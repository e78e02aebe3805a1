import type { Json, Schema } from './description.ts'

/** A correction of a schema, at the place where the description has it. */
export interface Correction {
  /** JSON pointer into the vendor's document, for example `#/components/schemas/Message/properties/uri`. */
  readonly at: string
  /** Replaces the schema there, or changes it. */
  readonly change: (schema: Record<string, unknown>) => Schema
  readonly reason: string
}

/** An answer that the vendor gives and does not describe. */
export interface ExtraAnswer {
  /** Of which operations; all of them without it. */
  readonly operation?: RegExp
  readonly status: RegExp
  readonly schema: Schema
  readonly reason: string
}

export interface Overlay {
  /** Formats of the vendor's own, or that it does not keep to; without `as` the format is not checked. */
  readonly formats: Readonly<Record<string, { readonly reason: string; readonly as?: RegExp | ((text: string) => boolean) }>>
  readonly corrections: readonly Correction[]
  readonly answers: readonly ExtraAnswer[]
}

export const noOverlay: Overlay = { formats: {}, corrections: [], answers: [] }

/** One operation of a vendor without an API description, and whose answers show its shape. */
export interface ShapeOperation {
  readonly name: string
  readonly method: string
  /** Of path and query. */
  readonly path: RegExp
  readonly status: readonly number[]
  /** Names of the SDK's response fixtures; none where the answer has no body. */
  readonly fixture: readonly string[]
}

/** What the vendor answers beside what its SDK's fixtures show. */
export interface ShapeOverlay {
  /** Members that may be there, or missing, or of other types: each at a JSON pointer with `*` for any position in a list. */
  readonly additions: readonly {
    readonly operation: RegExp
    readonly at: string
    readonly types: readonly ('string' | 'number' | 'boolean' | 'null' | 'object' | 'array')[]
    readonly reason: string
  }[]
  readonly errors: readonly { readonly status: RegExp; readonly example: Json; readonly reason: string }[]
}
