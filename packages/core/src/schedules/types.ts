import type { Json } from '../storage/json.ts'

/** Which days of the local calendar. Parts that are given are alternatives (as in cron); none given means every day. */
export interface DayRule {
  /** 1 to 12. Must hold beside whatever else is given. */
  readonly months?: readonly number[]
  /** 0 (Sunday) to 6. */
  readonly weekdays?: readonly number[]
  /** 1 to 31; -1 is the last day of the month. */
  readonly days?: readonly number[]
  /** The nth such weekday of the month: `[1, 1]` is the first Monday, `[-1, 5]` the last Friday; weekday 7 is Monday to Friday. */
  readonly nth?: readonly (readonly [nth: number, weekday: number])[]
}

/** Wall-clock times on some days. */
export interface Calendar extends DayRule {
  /** Minutes after local midnight, ascending. */
  readonly times: readonly number[]
  /** A cron expression with `*` or `/` in its time: follows real time through a change of the clock. */
  readonly wild?: true
}

/** When a schedule is due, as it is stored. */
export type Timing =
  | { readonly kind: 'interval'; readonly everyMs: number }
  | { readonly kind: 'calendar'; readonly calendar: Calendar; readonly timezone: string }
  /** Epoch milliseconds. */
  | { readonly kind: 'once'; readonly at: number }
  | { readonly kind: 'once'; readonly afterMs: number }

export interface ScheduleOptions {
  /** Stable, unique in the object. Default: derived from the time, numbered when there are several of one kind. */
  readonly name?: string
  /** IANA time zone. Default: the room's, else UTC. */
  readonly timezone?: string
  /**
   * Runs that were missed: leave them, run only the newest one, or all of them one after the other. Default `once`.
   */
  readonly catchUp?: 'skip' | 'once' | 'all'
  /** With `all`: the newest so many; older ones are recorded as missed. 1 to 1,000, default 100. */
  readonly catchUpLimit?: number
  /** A run is due while an earlier one is not finished. Default `skip`. At most 100 wait. */
  readonly overlap?: 'skip' | 'queue' | 'allow'
  /** The last instant at which it may be due. */
  readonly until?: Date | string | number
  readonly payload?: Json
  /** Each run starts up to so much later; the same run always by the same amount. At most one hour. */
  readonly jitterMs?: number
  /**
   * How late the newest due run may start and still be on time; of several that are due at once the others are missed.
   * Default 300,000: a busy object looks after its schedules that late at worst.
   */
  readonly graceMs?: number
  /** Tries of one run, with the back-off of the object's jobs. Default 3. */
  readonly attempts?: number
  /** For one try. Default 60,000, at most 240,000 ms, since the platform gives an alarm 15 minutes. Longer work is an action. */
  readonly timeoutMs?: number
}

/** One run, told to its handler. */
export interface ScheduledRun<Payload = unknown> {
  /** `<schedule>@<due time>`: the same for every try of this run, so use it as idempotency key. */
  readonly id: string
  readonly schedule: string
  /** Epoch milliseconds at which it was due. */
  readonly due: number
  readonly payload: Payload
  /** 1 for the first try; a try that a crash cut short counts. */
  readonly attempt: number
  /** It was missed, and is made up for. */
  readonly caughtUp: boolean
  /** Aborted when the try has had its time. */
  readonly signal: AbortSignal
}

/** A function that it answers runs in the transaction that records the run: its writes and the run's end are one. */
export type ScheduleHandler<Payload = unknown> = (run: ScheduledRun<Payload>) => Outcome | Promise<Outcome>
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that answers nothing has type void
type Outcome = void | (() => void)

/** Registers; answers the schedule's name. */
export interface Register {
  // biome-ignore lint/suspicious/noExplicitAny: the payload's type is the handler's own
  (handler: ScheduleHandler<any>, options?: ScheduleOptions): string
  /** By the name of a handler (`schedules.define`) or of a durable action. */
  (handler: string, payload?: Json, options?: ScheduleOptions): string
}

export type ScheduleState = 'active' | 'paused' | 'done'

export interface Schedule {
  readonly name: string
  /** As it was written: `every Monday at 9am`. */
  readonly text: string
  readonly timing: Timing
  readonly state: ScheduleState
  /** Epoch milliseconds; null when there is none. */
  readonly nextAt: number | null
  readonly handler: string | null
  readonly payload: unknown
  readonly catchUp: 'skip' | 'once' | 'all'
  readonly overlap: 'skip' | 'queue' | 'allow'
  readonly createdAt: number
}

export type RunState = 'waiting' | 'running' | 'ran' | 'failed' | 'skipped'
export type SkipReason = 'missed' | 'overlap' | 'queue_full' | 'paused' | 'changed' | 'removed'

/** What became of one run, or of a stretch of runs that were skipped together. */
export interface Run {
  readonly id: string
  readonly schedule: string
  /** Epoch milliseconds; of the first one, where it stands for several. */
  readonly due: number
  /** Runs it stands for: 1, or a stretch of skipped ones from `due` to `until`. */
  readonly count: number
  readonly until: number
  readonly state: RunState
  readonly reason?: SkipReason
  readonly caughtUp: boolean
  readonly attempts: number
  /** Name and code, never the text. */
  readonly error?: { readonly name: string; readonly code?: string }
  readonly recordedAt: number
  readonly endedAt: number | null
}

type Hour = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12

/** `.at9am(handler)`, `.atNoon(handler)`, `.at('09:30', handler)`, `.at(['9am', '17:30'], handler)`. */
export type AtTimes = { readonly [Name in `at${Hour}${'am' | 'pm'}` | 'atNoon' | 'atMidnight']: Register } & {
  readonly at: ((times: string | readonly string[]) => Register) &
    // biome-ignore lint/suspicious/noExplicitAny: the payload's type is the handler's own
    ((times: string | readonly string[], handler: ScheduleHandler<any>, options?: ScheduleOptions) => string) &
    ((times: string | readonly string[], handler: string, payload?: Json, options?: ScheduleOptions) => string)
}

type DayName = 'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday' | 'Sunday'

interface Counted {
  readonly seconds: Register
  readonly minutes: Register
  readonly hours: Register
}

// biome-ignore lint/suspicious/noExplicitAny: the payload's type is the handler's own
type RegisterWith<First> = ((first: First, handler: ScheduleHandler<any>, options?: ScheduleOptions) => string) &
  ((first: First, handler: string, payload?: Json, options?: ScheduleOptions) => string)

/** `$.every`. @throws ProviderError `schedule_not_understood`, `invalid_cron`, `invalid_timezone`, `invalid_schedule`, `schedule_taken` */
export type Every = { readonly [Name in DayName | 'day' | 'weekday' | 'weekend']: AtTimes } & {
  readonly [Name in 'minute' | 'hour']: Register
} & { readonly [Name in keyof Counted]: RegisterWith<number> } & ((count: number) => Counted) &
  RegisterWith<string> & {
    /** Five fields. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html with names, steps, `L` and `#`. */
    readonly cron: RegisterWith<string>
  }

export interface RunPage {
  readonly items: readonly Run[]
  readonly cursor?: string
}

/** The schedules of one object. Times are epoch milliseconds. */
export interface Schedules {
  readonly every: Every
  /** Once. A local time without offset ("2026-12-24T18:00") is read in the time zone. @throws `invalid_time` */
  readonly at: RegisterWith<Date | string | number>
  /** Once, after so long: "5 minutes", "1 hour and 30 minutes", or milliseconds. A day is 24 hours. */
  readonly in: RegisterWith<string | number>
  /** Names a handler, for schedules that are made later than in the constructor. */
  // biome-ignore lint/suspicious/noExplicitAny: the payload's type is the handler's own
  define(name: string, handler: ScheduleHandler<any>): void
  list(): readonly Schedule[]
  get(name: string): Schedule | undefined
  /** The next due times, as far as they are known; 1 to 1,000. @throws `not_found` */
  next(name: string, count?: number): readonly number[]
  /** Newest first. @throws `invalid_limit`, `invalid_cursor` */
  history(options?: {
    readonly name?: string
    readonly state?: RunState
    readonly limit?: number
    readonly cursor?: string
  }): RunPage
  /** Runs that fall due meanwhile are recorded as skipped. False when it was not active. */
  pause(name: string): boolean
  resume(name: string): boolean
  /** An extra run, under the overlap rule. @throws `not_found` */
  runNow(name: string): Run
  /** Ends it; waiting runs are recorded as skipped, one that runs already runs to its end. False when there was none. @throws `schedule_declared` for one of the constructor */
  delete(name: string): boolean
}
