import { type Clock, ProviderError } from '@do/provider'
import { errorFacts, type LogLine } from '../http/log.ts'
import { isoTime } from '../kernel/iso-time.ts'
import type { Failure, JobTable } from './table.ts'
import type { Completion, HandlerOptions, Job, JobHandler, JobOptions } from './types.ts'

export type Handlers = Map<string, { readonly handler: JobHandler; readonly options: HandlerOptions }>

export interface Run {
  readonly table: JobTable
  readonly handlers: Handlers
  readonly options: JobOptions
  readonly clock: Clock
  readonly log: (line: LogLine) => void
  readonly resting: () => boolean
  /** A transaction that sets the alarm to what the table says at its end. */
  readonly change: <T>(run: () => T) => T
  readonly waker: Waker
}

/** Lets a run that waits for its jobs see that the table has changed. */
export interface Waker {
  wake(): void
  /** Resolves with the next `wake`. */
  next(): Promise<void>
}

/** Nothing begins later than this after the alarm; what is due then comes with the next one. */
const budgetMs = 540_000
/** The platform ends an alarm after 15 minutes, and whatever runs in it with it: all must have ended before. */
const wallMs = 870_000

/** Runs all that is due, in order of time, some of each name at a time. Never throws for a job. */
export async function runDue(run: Run): Promise<void> {
  const { table, options, clock, change } = run
  const { deadManMs = 10_000 } = options
  const runner = crypto.randomUUID()
  const until = clock.now() + budgetMs
  // The platform never runs two alarms of one object at a time: whatever runs under another name died with its process.
  for (const job of table.orphans(runner)) change(() => fail(run, job, new Crashed()))

  const active = new Map<Promise<void>, string>()
  for (;;) {
    const now = clock.now()
    while (now < until && !run.resting()) {
      const job = change(() => table.claim(now, now + deadManMs, runner, busyNames(run, active)))
      if (job === undefined) break
      const work = execute(run, job, runner, until).finally(() => active.delete(work))
      active.set(work, job.name)
    }
    if (active.size === 0) return
    if (now >= until) await Promise.race(active.keys())
    else await somethingNew(run, active, now)
  }
}

/** Names of which as many jobs run as may. */
function busyNames({ handlers, options }: Run, active: ReadonlyMap<unknown, string>): string[] {
  const counts = new Map<string, number>()
  for (const name of active.values()) counts.set(name, (counts.get(name) ?? 0) + 1)
  const limit = (name: string) => handlers.get(name)?.options.concurrency ?? options.concurrency ?? 6
  return [...counts].filter(([name, count]) => count >= limit(name)).map(([name]) => name)
}

/** A job has ended, another was scheduled, or one that was not due at `now` has fallen due, however long it took to look. */
async function somethingNew(
  { table, clock, waker }: Run,
  active: ReadonlyMap<Promise<void>, string>,
  now: number,
): Promise<void> {
  const changed = waker.next()
  const due = table.nextAfter(now)
  const cancel = due === undefined ? undefined : clock.timer(due - now, () => waker.wake())
  try {
    await Promise.race([changed, ...active.keys()])
  } finally {
    cancel?.()
  }
}

async function execute(run: Run, job: Job, runner: string, until: number): Promise<void> {
  const { table, change } = run
  try {
    const completion = await attempt(run, job, until)
    change(() => {
      if (table.finish(job.id, runner)) completion?.()
    })
  } catch (error) {
    change(() => {
      if (table.owns(job.id, runner)) fail(run, job, error)
    })
  }
}

async function attempt({ handlers, options, clock }: Run, job: Job, until: number): Promise<Completion> {
  const known = handlers.get(job.name)
  if (known === undefined) throw new Unhandled()
  const controller = new AbortController()
  const { promise: timedOut, reject } = Promise.withResolvers<never>()
  const left = until - budgetMs + wallMs - clock.now()
  const cancel = clock.timer(Math.min(known.options.timeoutMs ?? options.timeoutMs ?? 60_000, left), () => {
    controller.abort(new TimedOut())
    reject(new TimedOut())
  })
  try {
    return await Promise.race([known.handler(job.payload, { ...job, signal: controller.signal, until }), timedOut])
  } finally {
    cancel()
  }
}

/** Lets it come again after a pause, or keeps it as dead. */
function fail({ table, handlers, options, clock, log }: Run, job: Job, error: unknown): void {
  const { error: name, code } = errorFacts(error)
  const failure: Failure = { name, code: code ?? null }
  const own = { ...options, ...handlers.get(job.name)?.options }
  const tries = own.attempts ?? 5
  const dead = job.attempts >= tries
  const line = {
    at: isoTime(clock.now()),
    job: job.name,
    jobId: job.id,
    attempts: job.attempts,
    ...errorFacts(error),
  }
  if (dead) {
    table.bury(job.id, failure)
    log({ ...line, level: 'error', event: 'job.dead' })
    return
  }
  const asked = ProviderError.is(error) ? (error.retryAfterMs ?? 0) : 0
  table.retry(job.id, clock.now() + Math.max(backoff(job.attempts, own), asked), failure)
  log({ ...line, level: 'warn', event: 'job.failed' })
}

/** Doubles with each attempt; the upper half is left to chance, so that jobs that failed together do not come back together. */
export function backoff(
  attempts: number,
  { backoffMs = 1_000, maxBackoffMs = 600_000 }: JobOptions,
  random = Math.random,
): number {
  const full = Math.min(maxBackoffMs, backoffMs * 2 ** (attempts - 1))
  return Math.ceil(full / 2 + (full / 2) * random())
}

class Crashed extends Error {
  override readonly name = 'Crashed'
  readonly code = 'crashed'
}

class Unhandled extends Error {
  override readonly name = 'Unhandled'
  readonly code = 'unknown_job'
}

class TimedOut extends Error {
  override readonly name = 'TimedOut'
  readonly code = 'timed_out'
}
