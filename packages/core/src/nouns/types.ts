import type { VerbRule } from '../relationships/types.ts'
import type { Schema } from '../storage/schema.ts'

export interface NounDefinition<T = unknown> {
  readonly description?: string
  /** What a thing of this kind is made of, without `$id` and the like. Any Standard Schema that validates synchronously. */
  readonly schema?: Schema<T>
  /** Of the definition; 1 unless given. */
  readonly version?: number
  /** Where the rule is wrong: `Staff`. */
  readonly plural?: string
  /** In URLs; by default the plural in kebab-case. */
  readonly slug?: string
  /** What can be done with it. Default: create, update, delete. */
  readonly verbs?: readonly string[]
  /** As in a collection. */
  readonly indexes?: readonly (string | readonly string[])[]
  readonly unique?: readonly string[]
}

export interface Noun<T = unknown> {
  /** `PurchaseOrder` */
  readonly name: string
  /** `purchaseOrder` */
  readonly singular: string
  /** `PurchaseOrders` */
  readonly plural: string
  /** `purchase-orders` */
  readonly slug: string
  readonly description?: string
  readonly version: number
  readonly schema?: Schema<T>
  readonly verbs: readonly string[]
  readonly indexes: readonly (string | readonly string[])[]
  readonly unique: readonly string[]
}

export interface VerbDefinition extends VerbRule {
  readonly description?: string
  /** Of what is passed with it. */
  readonly schema?: Schema<unknown>
  readonly version?: number
  /** Where the rules are wrong. */
  readonly act?: string
  readonly activity?: string
  readonly event?: string
  /** How an edge of this verb is told from the other end, beside `<event>By`: `place` ← `placedBy`. */
  readonly reverse?: string
}

/** The forms of one verb: create, creates, creating, created, and told from the other end createdBy. */
export interface Verb {
  readonly action: string
  readonly act: string
  readonly activity: string
  readonly event: string
  readonly reverse: { readonly by: string; readonly at: string; readonly in: string; readonly for: string }
  readonly description?: string
  readonly version: number
  readonly schema?: Schema<unknown>
  readonly rule: VerbRule
}

/** A noun or verb as JSON, for catalogues, REST and MCP. */
export interface Described {
  readonly nouns: readonly (Omit<Noun, 'schema'> & { readonly jsonSchema?: unknown })[]
  readonly verbs: readonly (Omit<Verb, 'schema' | 'rule'> & { readonly jsonSchema?: unknown })[]
}

export interface Registry {
  /** By name, singular, plural or slug. @throws ProviderError `unknown_noun` */
  noun(word: string): Noun
  /** By any of its forms. @throws ProviderError `unknown_verb` */
  verb(word: string): Verb
  /** The action that a word means, and whether it is told from the other end. @throws ProviderError `unknown_verb` */
  verbOf(word: string): { readonly action: string; readonly reverse: boolean }
  nouns(): readonly Noun[]
  verbs(): readonly Verb[]
  /** What edges of each verb must keep to, for `createRelationships`. */
  rules(): Readonly<Record<string, VerbRule>>
  /** Schemas as JSON Schema 2020-12 where they can say so (Standard JSON Schema: https://standardschema.dev/json-schema). */
  describe(): Described
}
