import type { Page } from '@do/provider'
import type { Json } from '../storage/json.ts'

/** One end → verb → the other end: `…/customers/ada` `place` `…/orders/7`. There is at most one such edge. */
export interface Edge {
  readonly from: string
  readonly verb: string
  readonly to: string
  readonly data?: Readonly<Record<string, Json>>
  /** ISO 8601. */
  readonly createdAt: string
}

/**
 * What becomes of an edge when the thing at one end is removed: the edge goes (`detach`, the default), the removal is refused while
 * the edge is there (`restrict`), or the thing at the other end is removed as well (`cascade`).
 */
export type RemovalRule = 'detach' | 'restrict' | 'cascade'

export interface VerbRule {
  readonly onRemove?: { readonly from?: RemovalRule; readonly to?: RemovalRule }
  /** `from`: a thing has at most one such edge going out; `to`: coming in; `both`: one to one. */
  readonly unique?: 'from' | 'to' | 'both'
}

/** Says which verb is meant by a word, and whether it is told from the other end: `createdBy`. */
export interface VerbNames {
  verbOf(word: string): { readonly action: string; readonly reverse: boolean }
}

export interface RelationshipOptions {
  /** By verb. */
  readonly rules?: Readonly<Record<string, VerbRule>>
  /** Nouns and verbs of the object: other verbs are refused then, and reverse forms are understood. */
  readonly verbs?: VerbNames
}

export interface EdgeQuery {
  /** At least one end. */
  readonly from?: string
  readonly to?: string
  /** A verb, its reverse form (then `from` and `to` are seen from the other end), or several verbs. */
  readonly verb?: string | readonly string[]
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  readonly cursor?: string
}

export interface TraverseOptions {
  readonly verbs?: readonly string[]
  /** Default `out`. */
  readonly direction?: 'out' | 'in' | 'both'
  /** Edges away from the start, 1 to 32. Default 3. */
  readonly depth?: number
  /** Things looked at, 1 to 100,000; beyond, the answer is `truncated`. Default 10,000. */
  readonly most?: number
}

export interface Reached {
  readonly id: string
  /** Edges away from the start, on the shortest way. */
  readonly depth: number
  /** The last edge of that way. */
  readonly via: Pick<Edge, 'from' | 'verb' | 'to'>
}

export interface Traversal extends Page<Reached> {
  /** There is more than was looked at. */
  readonly truncated?: true
}

/** Every method may throw ProviderError; the codes stand beside. */
export interface Relationships {
  /** The same edge again replaces its data. `already_exists` against `unique`, `unknown_verb`, `invalid_key`, `invalid_input`, `too_large` */
  relate(from: string, verb: string, to: string, data?: Readonly<Record<string, Json>>): Edge
  /** False when there was no such edge. */
  unrelate(from: string, verb: string, to: string): boolean
  get(from: string, verb: string, to: string): Edge | undefined
  /** By verb, then by the other end. `invalid_query` without an end, `invalid_cursor`, `invalid_limit` */
  list(query: EdgeQuery): Page<Edge>
  /** `invalid_query` */
  count(query: Pick<EdgeQuery, 'from' | 'to' | 'verb'>): number
  /** The ids at the other end: `related(ada, 'place')`, `related(order, 'placedBy')`. */
  related(id: string, verb: string, page?: Pick<EdgeQuery, 'limit' | 'cursor'>): Page<string>
  /** All that can be reached, each once, the nearest first; the start is not among it. `invalid_query` */
  traverse(start: string, options?: TraverseOptions & Pick<EdgeQuery, 'limit' | 'cursor'>): Traversal
  /** The edges of one shortest way; none from a thing to itself; undefined when there is none within `depth` and `most`. */
  path(from: string, to: string, options?: TraverseOptions): readonly Pick<Edge, 'from' | 'verb' | 'to'>[] | undefined
  /**
   * Removes what the rules say goes with a thing, calls `remove` for each (the thing itself last) and answers their ids; all or
   * nothing. `restricted` names the edge that forbids it, `too_many` beyond 10,000.
   */
  removeThing(id: string, remove?: (id: string) => void): readonly string[]
}
