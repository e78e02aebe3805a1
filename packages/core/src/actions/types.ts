import type { Page } from '@do/provider'
import type { Json } from '../storage/json.ts'
import type { Schema } from '../storage/schema.ts'
import type { Step } from './step-types.ts'

/**
 * - `pending`: waits for its time or its turn. `running`: an attempt is under way. `retrying`: one failed, the next comes.
 * - `sleeping`, `waiting`: in the middle, for a time, an event, a breaker or a definition; costs no attempt.
 * - `uncertain`: a side effect was interrupted and nobody knows whether it happened. See `resolve`.
 * - `completed`, `failed` (a dead letter, unless it was a `try`), `cancelled`: over.
 */
export type ActionState =
  | 'pending'
  | 'running'
  | 'retrying'
  | 'sleeping'
  | 'waiting'
  | 'uncertain'
  | 'completed'
  | 'failed'
  | 'cancelled'

export type ActionKind = 'do' | 'try' | 'send' | 'compensate'

export interface Retries {
  /** Attempts in all. Default 5. */
  readonly attempts?: number
  /** The pause is by chance between 0 and this, doubled with each failure (full jitter). Default 1,000 ms. */
  readonly backoffMs?: number
  /** Default 600,000 ms. */
  readonly maxBackoffMs?: number
}

export interface BreakerSettings {
  /** The dependency. Actions that name the same one share its breaker. */
  readonly name: string
  /** Failures in a row that open it. Default 5. */
  readonly failures?: number
  /** How long it stays open before one may probe, in milliseconds. Default 30,000. */
  readonly openMs?: number
}

export interface Concurrency<Input> {
  /** Attempts of this action at a time. Default 10. */
  readonly limit?: number
  /** What the action is about: attempts with the same key count together. */
  readonly key?: (input: Input) => string
  /** Attempts of one key at a time. Default 1 where there is a key. */
  readonly perKey?: number
}

export interface InterruptedStep<Input = unknown> {
  readonly id: string
  readonly step: string
  /** The idempotency key that the step was given. */
  readonly key: string
  readonly input: Input
  /** How often this was asked before. */
  readonly asked: number
  readonly signal: AbortSignal
}

/** What became of an interrupted side effect. */
export type Settlement = { readonly outcome: 'done'; readonly result?: Json | undefined } | { readonly outcome: 'not-done' }

export interface Compensation<Input = unknown> {
  readonly input: Input
  /** Results of the steps that were done, by name. */
  readonly steps: Readonly<Record<string, unknown>>
  readonly reason: string
}

export interface ActionDefinition<Input = unknown, Result = unknown> {
  /** 1 or more. A run keeps the version it began with. Default 1. */
  readonly version?: number
  readonly input?: Schema<Input>
  readonly retries?: Retries
  /** For one attempt, 1 to 300,000 ms. Default 60,000. */
  readonly timeoutMs?: number
  /** From its time until it is over, pauses included, in milliseconds. Default: none. */
  readonly totalMs?: number
  readonly concurrency?: number | Concurrency<Input>
  readonly breaker?: string | BreakerSettings
  /** What happens outside of a step happens again with every attempt. */
  run(input: Input, step: Step): Result | Promise<Result>
  /** Asked first when a `once` step was interrupted. `unknown`, or an error: it is asked again later, at most 5 times. */
  reconcile?(interrupted: InterruptedStep<Input>): Promise<Settlement | { readonly outcome: 'unknown' }>
  /** Undoes what a cancelled run had done; a run of its own, with steps and retries. */
  compensate?(compensation: Compensation<Input>, step: Step): unknown
}

export interface ActionOptions {
  /** The same key gives the same run. 1 to 2,048 bytes; kept as long as the run is. */
  readonly key?: string
  /** Not before, epoch milliseconds. */
  readonly at?: number
  readonly attempts?: number
  readonly timeoutMs?: number
  readonly totalMs?: number
  /** Default: the highest that is defined. */
  readonly version?: number
}

export interface ActionHandle<Result = unknown> {
  readonly id: string
  /**
   * Resolves when it is over.
   * @throws ActionError `action_uncertain` as soon as it is uncertain, `action_cancelled`, `action_not_found`, or the code of its failure.
   */
  result(): Promise<Result>
  status(): ActionDetails
  /** False when it is over already. */
  cancel(reason?: string): boolean
}

export interface ActionRun {
  readonly id: string
  readonly key?: string
  readonly name: string
  readonly version: number
  readonly kind: ActionKind
  readonly state: ActionState
  /** Counted here, since the platform's own count begins anew after a crash. Sleeping and waiting cost none. */
  readonly attempts: number
  /** Epoch milliseconds of what comes next by itself. */
  readonly dueAt?: number
  /** `event:Order.paid`, `breaker:stripe`, `definition:invoice@2`, or the uncertain step. */
  readonly waitsFor?: string
  /** Of the last failure: its name and code, never its text. */
  readonly error?: { readonly name: string; readonly code?: string; readonly step?: string }
  readonly reason?: string
  /** The run that this one compensates. */
  readonly of?: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly finishedAt?: number
}

export interface StepRecord {
  readonly name: string
  readonly kind: 'do' | 'sleep' | 'wait'
  /** `open`: begun, or waiting. `again`: known not to have happened. */
  readonly state: 'open' | 'done' | 'failed' | 'uncertain' | 'again'
  readonly attempts: number
  readonly at: number
  readonly error?: { readonly name: string; readonly code?: string }
  readonly result?: unknown
}

export interface AttemptRecord {
  readonly attempt: number
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: 'completed' | 'failed' | 'crashed' | 'uncertain' | 'cancelled'
  readonly error?: { readonly name: string; readonly code?: string }
}

export interface ActionDetails extends ActionRun {
  readonly input: unknown
  readonly result?: unknown
  readonly steps: readonly StepRecord[]
  /** The last 50. */
  readonly history: readonly AttemptRecord[]
}

export interface ActionFilter {
  readonly name?: string
  readonly state?: ActionState
  readonly kind?: ActionKind
  /** Code of the last failure. */
  readonly code?: string
  /** Made before or after, epoch milliseconds. */
  readonly before?: number
  readonly after?: number
}

export interface ActionQuery extends ActionFilter {
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  readonly cursor?: string
}

export type DeadFilter = Omit<ActionFilter, 'state' | 'kind'>

/** Runs that have failed for good, except tries. */
export interface DeadLetters {
  list(query?: Omit<ActionQuery, 'state' | 'kind'>): Page<ActionRun>
  get(id: string): ActionDetails | undefined
  /** Gives them all their attempts again; finished steps are not repeated. Answers how many. */
  redrive(which: string | readonly string[] | DeadFilter, options?: { readonly at?: number }): number
  /** Removes them for good. Answers how many. */
  discard(which: string | readonly string[] | DeadFilter): number
}

/** Something that has happened, for `waitFor`. */
export interface Signal {
  readonly id: string
  readonly type: string
  readonly data: unknown
  readonly at: number
  /** URL of the object where it happened. */
  readonly source: string
}

export interface BreakerStatus {
  readonly name: string
  readonly mode: 'closed' | 'open' | 'half-open'
  readonly failures: number
  /** Epoch milliseconds. */
  readonly openUntil?: number
}

export interface Actions {
  /** Names what can be done. In the constructor. @throws ProviderError `invalid_action`, `already_defined` */
  define<Input = unknown, Result = unknown>(name: string, definition: ActionDefinition<Input, Result>): void
  defined(name: string): boolean
  /**
   * Written before it starts, run by the alarm, retried, through kills and deploys.
   * @throws ProviderError `unknown_action`, `invalid_input`, `invalid_option`, `idempotency_key_reused`, `too_large`
   */
  do<Result = unknown>(name: string, input?: Json, options?: ActionOptions): ActionHandle<Result>
  /** One attempt now, recorded, never repeated. It can neither sleep nor wait. @throws what the action throws; `breaker_open` */
  try<Result = unknown>(name: string, input?: Json, options?: Omit<ActionOptions, 'at' | 'attempts'>): Promise<Result>
  /** Like `do`, for who does not want the answer. Answers the id of the one record. */
  send(name: string, input?: Json, options?: ActionOptions): string
  handle<Result = unknown>(id: string): ActionHandle<Result>
  get(idOrKey: string): ActionDetails | undefined
  /** Newest first. */
  list(query?: ActionQuery): Page<ActionRun>
  /** Aborts what runs, ends what waits, and starts the definition's `compensate`. False when it is over already. */
  cancel(id: string, reason?: string): boolean
  /** Says what became of an uncertain step; the run goes on. @throws ProviderError `not_uncertain` */
  resolve(id: string, step: string, settlement: Settlement): void
  readonly deadLetters: DeadLetters
  breakers(): readonly BreakerStatus[]
  /** Wakes runs that wait for it, and keeps it for those that will. The events room calls it. */
  signal(signal: Signal): void
}
