import { errorFacts } from '../http/log.ts'
import type { Completion, RunningJob } from '../jobs/types.ts'
import type { Kernel } from '../kernel/types.ts'
import type { Spec } from './spec.ts'
import type { RunRow, ScheduleTable } from './table.ts'
import type { Run, RunState, ScheduledRun, ScheduleHandler } from './types.ts'

const jobName = 'core.schedules.run'
const mostWaiting = 100

export type Admitted = Pick<Run, 'id' | 'schedule' | 'due' | 'caughtUp'>

export interface Runs {
  /** Starts a due run, lets it wait, or records it as skipped, as the overlap rule says; `inTurn`: one of several at once, which never
   * crowd each other out. Nothing when it is recorded already. */
  admit(run: Admitted, spec: Spec, inTurn: boolean): void
  /** Records as skipped what waits, and takes back what has not begun. */
  drop(schedule: string): void
}

/** The runs of schedules as jobs: at least once each, taken up again after a crash under the same id. */
export function createRuns(
  kernel: Kernel,
  table: ScheduleTable,
  handlerOf: (schedule: string, spec: Spec) => ScheduleHandler | undefined,
): Runs {
  const now = () => kernel.clock().now()

  const start = (id: string, due: number, { jitterMs }: Spec) => {
    const at = due + (jitterMs === 0 ? 0 : hash(id) % (jitterMs + 1))
    kernel.jobs.schedule({ name: jobName, key: `${jobName}:${id}`, at: Math.max(at, now()), payload: { id } })
  }

  /** Within the transaction of the job's end. */
  const end = (id: string, attempts: number, state: RunState, error?: unknown) => {
    const row = table.findRun(id)
    if (row === undefined || row.ended_at !== null) return
    const facts = error === undefined ? undefined : errorFacts(error)
    table.change(row, {
      state,
      attempts,
      ended_at: now(),
      error_name: facts?.error ?? null,
      error_code: facts?.code ?? null,
    })
    if (facts !== undefined) {
      kernel.log({
        at: new Date(now()).toISOString(),
        level: 'error',
        event: 'schedule.failed',
        schedule: row.schedule,
        attempts,
        ...facts,
      })
    }
    const stored = table.find(row.schedule)
    if (stored === undefined) return
    const open = table.openRuns(row.schedule)
    const waiting = open.find((other) => other.state === 'waiting')
    if (waiting !== undefined && open.every((other) => other.state === 'waiting')) {
      table.change(waiting, { state: 'running' })
      start(waiting.id, waiting.due, JSON.parse(stored.spec))
    }
    const timing = (JSON.parse(stored.spec) as Spec).timing
    // A finished one-shot that code made leaves its run behind, not its row.
    if (stored.origin === 'call' && stored.state === 'done' && timing.kind === 'once' && open.length === 0) table.remove(stored)
  }

  kernel.jobs.define<{ id: string }>(
    jobName,
    async ({ id }, job) => {
      const row = table.findRun(id)
      if (row === undefined || row.ended_at !== null) return
      const stored = table.find(row.schedule)
      const spec: Spec | undefined = stored === undefined ? undefined : JSON.parse(stored.spec)
      const handler = spec === undefined ? undefined : handlerOf(row.schedule, spec)
      if (spec === undefined || handler === undefined) return () => end(id, job.attempts, 'failed', new NoHandler())
      if (job.attempts > spec.attempts) return () => end(id, spec.attempts, 'failed', job.error)
      try {
        const completion = await attempt(kernel, handler, runOf(row, spec, job), spec.timeoutMs, job.signal)
        return () => {
          completion?.()
          end(id, job.attempts, 'ran')
        }
      } catch (error) {
        if (job.attempts < spec.attempts) throw error
        return () => end(id, job.attempts, 'failed', error)
      }
    },
    // How often it is tried is counted here, so that the end of the last try is recorded even when it was a crash.
    { attempts: Number.POSITIVE_INFINITY, timeoutMs: 300_000 },
  )

  return {
    admit: (run, spec, inTurn) => {
      const open = table.openRuns(run.schedule)
      if (spec.overlap === 'allow' || open.length === 0) {
        if (table.record({ ...run, state: 'running' })) start(run.id, run.due, spec)
        return
      }
      const waiting = open.filter(({ state }) => state === 'waiting').length
      const full = waiting >= (inTurn ? spec.catchUpLimit : mostWaiting)
      const reason = spec.overlap !== 'queue' && !inTurn ? 'overlap' : full ? 'queue_full' : undefined
      table.record(reason === undefined ? { ...run, state: 'waiting' } : { ...run, state: 'skipped', reason })
    },
    drop: (schedule) => {
      for (const row of table.openRuns(schedule)) {
        const key = `${jobName}:${row.id}`
        if (row.state === 'running' && kernel.jobs.get(key)?.state === 'running') continue
        kernel.jobs.cancel(key)
        table.change(row, { state: 'skipped', reason: 'removed', ended_at: now() })
      }
    },
  }
}

function runOf(row: RunRow, spec: Spec, job: RunningJob): Omit<ScheduledRun, 'signal'> {
  const { id, schedule, due } = row
  return { id, schedule, due, payload: spec.payload, attempt: job.attempts, caughtUp: row.caught_up === 1 }
}

async function attempt(
  kernel: Kernel,
  handler: ScheduleHandler,
  run: Omit<ScheduledRun, 'signal'>,
  timeoutMs: number,
  outer: AbortSignal,
): Promise<Completion> {
  const controller = new AbortController()
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const stop = () => {
    const reason = new TimedOut()
    controller.abort(reason)
    reject(reason)
  }
  const cancel = kernel.clock().timer(timeoutMs, stop)
  outer.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([handler({ ...run, signal: controller.signal }), ended])
  } finally {
    cancel()
    outer.removeEventListener('abort', stop)
  }
}

/** FNV-1a: spreads runs over the jitter, the same one always alike. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193)
  return sum >>> 0
}

class NoHandler extends Error {
  override readonly name = 'NoHandler'
  readonly code = 'unknown_handler'
}

class TimedOut extends Error {
  override readonly name = 'TimedOut'
  readonly code = 'timed_out'
}
