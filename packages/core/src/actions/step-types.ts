import type { Where } from '../storage/where.ts'
import type { BreakerSettings, Retries, Signal } from './types.ts'

/**
 * What may be done when nobody knows whether the step happened.
 * - `none`: touches nothing outside of this object. Run again.
 * - `idempotent`: the other side knows a repetition by its key. Run again with the same key.
 * - `once` (default): never run again by itself. A failure counts as not done only with proof: an error with `effect: 'none'`.
 */
export type SideEffect = 'none' | 'idempotent' | 'once'

export interface StepOptions {
  readonly sideEffect?: SideEffect
  /** For the other side. Default: a hash of object, epoch, run and step; the same for every attempt. */
  readonly key?: string
  /** Default: what the attempt has left. */
  readonly timeoutMs?: number
  /** Attempts of its own, which cost the run none. Default: its failure is the attempt's. */
  readonly retries?: Retries
  readonly breaker?: string | BreakerSettings
}

export interface StepContext {
  readonly key: string
  /** 1 for the first. */
  readonly attempt: number
  /** Aborted by a time-out and by `cancel`. */
  readonly signal: AbortSignal
}

export interface WaitOptions {
  /** Conditions on the event's data. */
  readonly match?: Where
  /** Default: for ever. */
  readonly timeoutMs?: number
  /** Also take what happened this long before the run was made, as far as events are kept (24 h). Default 0. */
  readonly lookbackMs?: number
}

export interface Step {
  /**
   * Runs once and keeps the answer (JSON): later attempts get it without running `fn`. Where `fn` answers a function, that
   * is run in the transaction that keeps the answer, and the answer is what it returns: its writes and the step are one.
   * A `fn` that answers no promise is wholly part of that transaction.
   * @throws ActionError the step's failure; `journal_mismatch` when the code no longer does what the journal says.
   */
  do<T>(name: string, fn: (context: StepContext) => Promise<() => T> | (() => T), options?: StepOptions): Promise<T>
  do<T>(name: string, fn: (context: StepContext) => Promise<T> | T, options?: StepOptions): Promise<T>
  /** Durable: the object may hibernate meanwhile. */
  sleep(name: string, ms: number): Promise<void>
  sleepUntil(name: string, at: number): Promise<void>
  /** The first event of this type since the run was made that this run has not had. @throws ActionError `wait_timed_out` */
  waitFor<Data = unknown>(name: string, type: string, options?: WaitOptions): Promise<Signal & { readonly data: Data }>
}
