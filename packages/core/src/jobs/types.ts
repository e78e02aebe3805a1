import type { Json } from '../storage/json.ts'

export type JobState = 'waiting' | 'running' | 'dead'

export interface JobRequest {
  /** The handler, as named in `define`. */
  readonly name: string
  /** Epoch milliseconds. Default: now. */
  readonly at?: number
  readonly payload?: Json
  /** A job with the same key is replaced, whatever its state; one that runs already runs to its end. */
  readonly key?: string
  /** Leaves a job with the same key as it is when it runs now, or is due no later. For rooms that only want to be woken. */
  readonly keep?: boolean
}

export interface Job {
  readonly id: string
  readonly key?: string
  readonly name: string
  /** Epoch milliseconds. While it runs: when it comes again if the process dies now. */
  readonly at: number
  readonly payload: unknown
  /** Counted here before each run: the platform's own count begins anew after a crash. */
  readonly attempts: number
  readonly state: JobState
  /** Of the last failed attempt: its name and code, never its text. */
  readonly error?: { readonly name: string; readonly code?: string }
  /** Epoch milliseconds. */
  readonly createdAt: number
}

export interface RunningJob extends Job {
  /** Aborted when the attempt has had its time. */
  readonly signal: AbortSignal
  /** Epoch milliseconds: a job that begins one thing after another begins no more then. Some minutes later the alarm is over. */
  readonly until: number
}

/** A function is run in the transaction that removes the job: its writes and the job's end are one. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that answers nothing has type void
export type Completion = void | (() => void)

export type JobHandler<Payload = unknown> = (payload: Payload, job: RunningJob) => Completion | Promise<Completion>

export interface HandlerOptions {
  /** Tries before it is dead. `Infinity`: it never gives up. */
  readonly attempts?: number
  /** Time for one attempt, in milliseconds. */
  readonly timeoutMs?: number
  /** Pause after the first failed attempt, doubled with each further one. Default 1,000 ms. */
  readonly backoffMs?: number
  /** Default 600,000 ms. */
  readonly maxBackoffMs?: number
  /** Jobs of one name at a time; they start in the order of `at`. A name that is busy holds up no other name. Default 6. */
  readonly concurrency?: number
}

/** For every handler of the class that does not say otherwise in `define`. */
export interface JobOptions extends HandlerOptions {
  /** How long after a crash a job that ran comes again, at the latest. Default 10,000 ms. */
  readonly deadManMs?: number
}

export interface Jobs {
  /** Names a handler. Do it in the constructor: a job whose handler is missing fails. */
  define<Payload = unknown>(name: string, handler: JobHandler<Payload>, options?: HandlerOptions): void
  /** @throws ProviderError `unknown_job`, `invalid_time`, `invalid_value`, `too_large` */
  schedule(job: JobRequest): Job
  /** False when there was none. One that runs already runs to its end, but does not come again. */
  cancel(keyOrId: string): boolean
  get(keyOrId: string): Job | undefined
  /** In the order of `at`. Limit 100, at most 1,000. */
  list(options?: { readonly name?: string; readonly state?: JobState; readonly limit?: number }): readonly Job[]
  /** Gives a dead job all its attempts again. False when there is no such dead job. */
  redrive(keyOrId: string, at?: number): boolean
}
