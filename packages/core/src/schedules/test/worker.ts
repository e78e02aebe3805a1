import { createWorker, DigitalObject, type Json, type ObjectContext } from '../../full.ts'
import type { Mutation } from '../../kernel/types.ts'
import { mutated } from '../../object/tiny.ts'
import { ensure, first, rows, run } from '../../storage/sql.ts'
import { installSchedules, type ScheduledRun, type ScheduleOptions } from '../index.ts'
import { type FakeClock, fakeClock } from './clock.ts'

interface Env {
  /** Of the year's object: `before` or `after` a change of the code. */
  readonly VERSION?: string
}

export const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']

/** Shared: settable time that outlives a kill, what ran, what change capture heard. */
class Timed extends DigitalObject<Env> {
  static override readonly jobOptions = { backoffMs: 1_000, maxBackoffMs: 4_000, deadManMs: 300 }
  readonly told: Mutation[] = []
  readonly acted: unknown[] = []
  fake: FakeClock | undefined
  #alarm: Promise<void> | undefined

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    ensure(ctx.storage, 'CREATE TABLE IF NOT EXISTS test_clock (one INTEGER PRIMARY KEY, at INTEGER NOT NULL)')
    ensure(ctx.storage, 'CREATE TABLE IF NOT EXISTS test_ran (id TEXT, due INTEGER, at INTEGER, attempt INTEGER, note TEXT)')
    const at = first<{ at: number }>(ctx.storage, 'SELECT at FROM test_clock')?.at
    if (at !== undefined) this.#pretend(at)
    this.$actions.define<{ month: number }>('invoice', { run: async (input) => void this.acted.push(input) })
    const tell = this[mutated]
    this[mutated] = (mutation) => {
      if (mutation.source.startsWith('schedules')) this.told.push(mutation)
      tell?.(mutation)
    }
    this.route('POST', '/call', async (context) => {
      const { method, args } = (await context.json()) as { method: string; args: unknown[] }
      const target = (this.$schedules as unknown as Record<string, unknown>)[method] ?? this[method as keyof this]
      if (typeof target !== 'function') throw new Error(`no ${method}`)
      return { result: (await target.apply(this, args)) ?? null }
    })
  }

  #pretend(at: number): void {
    this.fake ??= fakeClock(at)
    this.fake.set(at)
    this.clock = this.fake
  }

  #keepTime(): void {
    run(this.ctx.storage, 'INSERT OR REPLACE INTO test_clock VALUES (1, ?)', this.clock.now())
  }

  /** The object is not there: time passes, nothing runs. */
  jump(at: number): void {
    this.#pretend(at)
    this.#keepTime()
  }

  /** Plays time forward, alarm by alarm and timer by timer. */
  async play(until: number): Promise<number> {
    const clock = this.fake as FakeClock
    let steps = 0
    for (;;) {
      const job = this.#alarm === undefined ? this.jobs.list({ limit: 1 })[0] : undefined
      const next = Math.min(clock.next(), job?.at ?? Number.POSITIVE_INFINITY)
      if (next > until) break
      if (steps > 20_000) throw new Error(`Does not come to an end: ${JSON.stringify(job)}`)
      clock.advanceTo(next)
      if (this.#alarm === undefined)
        this.#alarm = this.alarm().finally(() => {
          this.#alarm = undefined
        })
      await this.#quiet()
      steps += 1
    }
    clock.advanceTo(until)
    this.#keepTime()
    return steps
  }

  /** Until nothing moves any more without time moving: no timers of the machine are waited for. */
  async #quiet(): Promise<void> {
    const jobs = () =>
      JSON.stringify(
        rows(this.ctx.storage, 'SELECT max(seq) AS last, count(*) AS count, max(at) AS at, sum(attempts) AS tries FROM do_jobs'),
      )
    for (let before = ''; before !== jobs(); ) {
      before = jobs()
      for (let turn = 0; turn < 40; turn += 1) await Promise.resolve()
    }
  }

  create(): void {
    this.$create()
  }

  installAgain(): string {
    try {
      installSchedules(this)
    } catch (error) {
      return String(error)
    }
    return 'installed'
  }

  exists(): boolean {
    return this.$exists
  }

  jobList(): unknown {
    return this.jobs.list()
  }

  ran(): unknown {
    return rows(this.ctx.storage, 'SELECT * FROM test_ran ORDER BY rowid')
  }

  heard(): unknown {
    return this.told
  }

  handedOver(): unknown {
    return { inputs: this.acted, runs: this.$actions.list().items }
  }

  note({ id, due, attempt }: ScheduledRun, note = ''): void {
    run(this.ctx.storage, 'INSERT INTO test_ran VALUES (?, ?, ?, ?, ?)', id, due, this.clock.now(), attempt, note)
  }
}

/** A year of schedules in three time zones. */
export class Year extends Timed {
  static override readonly changes = false
  static override readonly prefix = '/year'

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    const { every } = this.$
    const quick = (run: ScheduledRun) => () => this.note(run)
    // 200 seconds of work every 180.
    const long = async (run: ScheduledRun) => {
      await new Promise<void>((resolve) => {
        this.clock.timer(200_000, resolve)
      })
      return () => this.note(run)
    }
    for (const timezone of zones) {
      const named = (name: string, more: ScheduleOptions = {}) => ({ name: `${timezone} ${name}`, timezone, ...more })
      every.day.at('02:30', quick, named('all', { catchUp: 'all' }))
      every.weekday.at(['9am', '17:30'], quick, named('once'))
      every('first monday of the month at 2:15', quick, named('skip', { catchUp: 'skip' }))
    }
    const busy = (timezone: string, overlap: 'skip' | 'queue' | 'allow') =>
      every.cron('0-29/3 10 * * MON', long, { name: `${timezone} long`, timezone, overlap, timeoutMs: 240_000 })
    busy('Europe/Berlin', 'skip')
    busy('America/New_York', 'queue')
    busy('Australia/Lord_Howe', 'allow')
    every.hours(7, quick, { name: 'interval', catchUp: 'all' })
  }
}

/** One schedule of each kind, for the rules. */
export class Desk extends Timed {
  static override readonly prefix = '/desk'
  #release: (() => void) | undefined

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    const { $schedules: schedules } = this
    schedules.define('note', (run: ScheduledRun) => () => this.note(run, JSON.stringify(run.payload)))
    schedules.define('fail', () => {
      throw Object.assign(new Error('a secret nobody may read'), { code: 'always' })
    })
    schedules.define('hang', async (run: ScheduledRun) => {
      this.note(run, 'begun')
      await this.ctx.storage.sync()
      if (run.attempt === 1)
        await new Promise<void>((resolve) => {
          this.#release = resolve
        })
      return () => this.note(run, 'done')
    })
    schedules.define('die', async (run: ScheduledRun) => {
      this.note(run, 'begun')
      await this.ctx.storage.sync()
      await new Promise<void>(() => {})
    })
    schedules.define('half', (run: ScheduledRun) => () => {
      this.note(run, 'half')
      if (run.attempt < 3) throw new Error('not yet')
    })
    schedules.every.hour((run: ScheduledRun) => this.note(run, 'hour'), { name: 'declared', catchUp: 'skip' })
    if (this.$name === 'code') {
      const changed = env.VERSION === 'after'
      schedules.every.day.at(changed ? '10:00' : '09:00', (run: ScheduledRun) => this.note(run), { name: 'daily' })
      schedules.every.hour('note', changed ? 2 : 1, { name: 'hourly' })
      if (!changed) schedules.every.Friday.at5pm((run: ScheduledRun) => this.note(run), { name: 'gone' })
    }
  }

  release(): void {
    this.#release?.()
  }

  /** `$.every(text, handler, payload, options)` and its kind, from outside. */
  say(
    how: 'every' | 'at' | 'in' | 'cron',
    when: string & number,
    handler: string,
    payload?: Json,
    options?: ScheduleOptions,
  ): string {
    const { $schedules: schedules } = this
    const register = how === 'cron' ? schedules.every.cron : schedules[how]
    return register(when, handler, payload, options)
  }

  minutes(count: number, handler: string, options?: ScheduleOptions): string {
    return this.$schedules.every(count).minutes(handler, null, options)
  }

  sayFunction(): string {
    return this.$schedules.every.minute(() => {})
  }
}

export default createWorker({ Year, Desk })
