import type { Mutation } from '../kernel/types.ts'
import type { FieldConditions, Scalar } from '../storage/where.ts'
import type { Aggregates } from './aggregates.ts'

export type { Scalar }

/** One mutation, as it happened. */
export interface Change {
  /** Where a reader goes on after this one. Opaque; good for this object's log only. */
  readonly cursor: string
  /** Counts up by one with each change of this log; no gaps within an epoch. */
  readonly sequence: number
  /** One more after each restore or branch. */
  readonly epoch: number
  /** URL of the object that was changed: this one, or one below it. */
  readonly object: string
  readonly source: string
  readonly operation: Mutation['operation']
  readonly key: string
  readonly before?: unknown
  readonly after?: unknown
  /** Names of the top-level fields that differ; empty where the values have no fields. */
  readonly changed: readonly string[]
  /** ISO 8601. */
  readonly at: string
  /** The changed object's `$version` then. */
  readonly version: number
  /** Of the call that did it. */
  readonly requestId?: string
  readonly principal?: string
  /** Where it came from, when it happened below this object. */
  readonly origin?: Origin
}

/** A change's place in the log of the object where it happened. */
export interface Origin {
  readonly id: string
  readonly epoch: number
  readonly sequence: number
}

/** All of the conditions must hold. */
export interface ChangeFilter {
  /** `state`, `collection:orders`; a trailing `*` takes all that begin so. At most 20. */
  readonly source?: string | readonly string[]
  readonly operation?: Mutation['operation'] | readonly Mutation['operation'][]
  readonly keyPrefix?: string
  /** At least one of these top-level fields has changed. */
  readonly changed?: readonly string[]
  /** Conditions on the value afterwards, by path: `{ status: 'paid', 'customer.total': { gte: 100 } }`. */
  readonly where?: Readonly<Record<string, Scalar | FieldConditions>>
}

export interface ReadOptions {
  /** Cursor of a change or a page, `start` for the very first, `now` for what is still to come. Default: the oldest that is kept. */
  readonly after?: string
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  readonly filter?: ChangeFilter
}

export interface ChangePage {
  readonly changes: readonly Change[]
  /** Where to go on, also when nothing matched. */
  readonly cursor: string
  /** There is more to read now. */
  readonly more: boolean
}

export interface FollowOptions {
  /** As in `ReadOptions`; default `now`. */
  readonly after?: string
  readonly filter?: ChangeFilter
  readonly signal?: AbortSignal
}

/** What an object tells its parent. */
export interface UpOptions {
  readonly filter?: ChangeFilter
  /** Another change in its place, or undefined for none. Must depend on nothing but the change. */
  readonly transform?: (change: Change) => Pick<Change, 'source' | 'operation' | 'key' | 'before' | 'after'> | undefined
  /** `events` (default): each change. `aggregates`: only by how much the class's aggregates have moved, once for each batch. */
  readonly send?: 'events' | 'aggregates'
  readonly batch?: {
    /** Changes in one delivery. Default 500. */
    readonly max?: number
    /** How long the first change of a batch waits for others, in milliseconds. Default 50. */
    readonly ms?: number
  }
}

export interface Retention {
  /** The newest so many are kept even when everybody has them, for readers by cursor. Default 10,000. */
  readonly rows?: number
  /** No consumer holds more than this. Changes the parent has not got are kept in any case. Default 1,000,000. */
  readonly maxRows?: number
  /** Older ones are dropped, whatever the consumers have read. Milliseconds. Default: no limit. */
  readonly maxAgeMs?: number
}

export interface ChangeOptions {
  readonly up?: UpOptions
  /** Totals that this object keeps over its own changes and those from below: `{ revenue: sum('collection:orders', 'total') }`. */
  readonly aggregate?: Aggregates
  readonly retention?: Retention
  /** Serves the changes at `GET /changes` as JSON, server-sent events and WebSocket. Put authentication before it. Default false. */
  readonly feed?: boolean
  /** More undelivered changes than this, and children are asked to wait. Default 100,000. */
  readonly backlog?: number
}

/** A child's changes, as its parent's handler gets them: in the transaction that takes them in. */
export interface ChildBatch {
  /** URL of the child. */
  readonly child: string
  readonly epoch: number
  readonly changes: readonly Change[]
  /** The child was restored, or this object was: what it told before is not its history any more. */
  readonly reset: boolean
}

export interface ConsumerOptions {
  /** For a new consumer: `start` (default: the oldest that is kept), `now`, or a cursor. */
  readonly from?: string
}

/** A reader whose position is kept here, and who is waited for. */
export interface ChangeConsumer {
  readonly name: string
  /** Up to where it has acknowledged. */
  readonly cursor: string
  /** From its acknowledged position on. @throws ProviderError `cursor_expired`, `epoch_changed` */
  read(options?: Omit<ReadOptions, 'after'>): ChangePage
  /** Everything up to this cursor is done. An older cursor changes nothing. */
  acknowledge(cursor: string): void
  /** Begins again, after `cursor_expired` or `epoch_changed`: at a cursor, `start` or `now`. */
  reset(cursor: string): void
  /** Nobody waits for it any more. False when there was none. */
  delete(): boolean
}

export interface Total {
  readonly name: string
  /** The value of the `by` field; `''` without. */
  readonly bucket: string
  readonly total: number
}
