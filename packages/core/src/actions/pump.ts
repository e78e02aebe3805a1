import { errorFacts } from '../http/log.ts'
import type { Completion, RunningJob } from '../jobs/types.ts'
import { beginAttempt, type Outcome, type Running } from './attempt.ts'
import { concurrencyOf } from './definitions.ts'
import { pause, type Room } from './room.ts'
import type { RunRow } from './run-row.ts'
import { finished, leave, settle, uncertain } from './settle.ts'
import type { ActionDefinition } from './types.ts'

export interface Pump {
  /** The handler of the one job: runs what is due until nothing is, or its time is over. */
  run(input: unknown, job: Pick<RunningJob, 'until'>): Promise<Completion>
  /** Begins a run that is marked as running already; resolves when it is settled. */
  start(row: RunRow, definition: ActionDefinition): Promise<void>
  /** Aborts it, if it runs in this life. */
  abort(row: RunRow, reason: unknown): void
  /** Something has changed. */
  wake(): void
}

type Begun = readonly [RunRow, ActionDefinition]

export const jobName = 'core.actions'
/** The platform ends an alarm after 15 minutes, and an attempt may take five. */
const budgetMs = 480_000

export function createPump(room: Room, settledSome: () => void): Pump {
  const { kernel, table, definitions, breakers } = room
  const active = new Map<number, Running>()
  const counts = new Map<string, number>()
  /** Runs that the job itself has begun, and waits for. */
  const mine = new Set<number>()
  let recovered = false
  let wake = () => {}

  const count = (key: string, by: number) => {
    const next = (counts.get(key) ?? 0) + by
    if (next === 0) counts.delete(key)
    else counts.set(key, next)
  }

  const start = async (row: RunRow, definition: ActionDefinition): Promise<void> => {
    const running = beginAttempt(room, row, definition)
    active.set(row.seq, running)
    const outcome = await running.outcome
    active.delete(row.seq)
    occupy(row, -1)
    let after: RunRow | undefined
    try {
      after = close(row, definition, outcome)
    } catch (error) {
      recovered = false
      throw error
    }
    if (after?.state === 'failed' && after.kind !== 'try') report(after)
    room.changed(after ?? row)
    done(row)
  }

  /** First off the list, then the wake: who wakes must not wait for it again. */
  const done = (row: RunRow) => {
    mine.delete(row.seq)
    wake()
  }

  const close = (row: RunRow, definition: ActionDefinition, outcome: Outcome): RunRow | undefined => {
    try {
      return kernel.transaction(() => note(row, definition, outcome))
    } catch (error) {
      // What it answered cannot be kept. It must not stay as running for ever.
      if (outcome.to === 'failed') throw error
      return kernel.transaction(() => note(row, definition, { to: 'failed', error }))
    }
  }

  const note = (row: RunRow, definition: ActionDefinition, outcome: Outcome) => {
    const settled = settle(room, row, definition, outcome)
    // Its key is free, whoever has settled it.
    if (row.lane !== null) table.open(`k:${row.lane}`, 1)
    if (row.kind === 'try') settledSome()
    room.arm()
    return settled
  }

  const occupy = (row: RunRow, by: 1 | -1) => {
    count(`n:${row.name}`, by)
    if (row.lane !== null) count(`k:${row.lane}`, by)
  }

  const report = ({ name, version, id, attempts, error_name, error_code }: RunRow) => {
    const at = new Date(room.now()).toISOString()
    const error = { error: error_name, code: error_code }
    kernel.log({ at, level: 'error', event: 'action.dead', action: name, version, actionId: id, attempts, ...error })
  }

  /** It stays as running until it is looked for. */
  const unsettled = (row: RunRow, error: unknown) => {
    const at = new Date(room.now()).toISOString()
    kernel.log({ at, level: 'error', event: 'action.unsettled', action: row.name, actionId: row.id, ...errorFacts(error) })
    done(row)
  }

  /** What another life has left running, or could not be written down in this one: nobody will settle it but us. */
  const recover = () => {
    if (recovered) return
    kernel.transaction(() => {
      table.openKeys()
      for (const orphan of table.orphans(room.life, (seq) => active.has(seq))) {
        // Who got on before the process died has not wasted the attempt: deploys must not use them up.
        const got = room.journal.progressed(orphan.seq, orphan.started_at ?? 0)
        const row = got ? { ...orphan, attempts: orphan.attempts - 1 } : orphan
        const { attempts } = row
        const definition = definitions.get(row.name, row.version)
        const named = { error_name: 'Crashed', error_code: 'crashed' }
        const [open] = room.journal.interrupted(row.seq)
        table.note(orphan, room.now(), 'crashed', named.error_name, named.error_code)
        if (open !== undefined) {
          uncertain(room, row, definition, open.name, open.asked, { ...named, attempts, error_step: open.name })
        } else if (row.kind === 'try' || row.attempts >= row.max_attempts) {
          leave(room, row, { state: 'failed', ...named, ...finished(room, row.kind === 'try') })
        } else {
          const wait = pause(Math.max(attempts, 1), definition?.retries ?? {}, room.options.random)
          leave(room, row, { state: 'retrying', due: room.now() + wait, attempts, ...named })
        }
      }
    })
    recovered = true
  }

  /** Marks as running what is due and has its turn: some of each name, so that no name holds up another. */
  const claim = (now: number): readonly Begun[] => {
    const begun: Begun[] = []
    try {
      kernel.transaction(() => begin(begun, now))
      return begun
    } catch (error) {
      for (const [row] of begun) occupy(row, -1)
      throw error
    }
  }

  const begin = (begun: Begun[], now: number) => {
    for (const name of definitions.names()) {
      for (;;) {
        const free = definitions.limit(name) - (counts.get(`n:${name}`) ?? 0)
        const due = free <= 0 ? [] : table.due(name, now, free)
        if (due.length === 0) break
        for (const row of due) {
          const definition = admit(row, now)
          if (definition === undefined) continue
          const running = { state: 'running', runner: room.life, started_at: now, updated_at: now, waits: null } as const
          begun.push([table.update(row, { ...running, due: null, attempts: row.attempts + 1 }), definition])
          occupy(row, 1)
        }
      }
    }
    for (const row of table.strangers(definitions.names(), now)) admit(row, now)
  }

  /** Its definition if it may begin; otherwise it is put where it belongs. */
  const admit = (row: RunRow, now: number): ActionDefinition | undefined => {
    const put = (change: Parameters<typeof leave>[2]) => {
      room.changed(leave(room, row, change))
      if (row.lane !== null) table.open(`k:${row.lane}`, 1)
    }
    if (row.deadline !== null && now >= row.deadline) {
      if (row.state === 'uncertain') put({ state: 'uncertain', waits: row.waits })
      else put({ state: 'failed', error_name: 'ActionError', error_code: 'timed_out', ...finished(room, row.kind === 'try') })
      return undefined
    }
    const definition = definitions.get(row.name, row.version)
    if (definition === undefined) {
      put({ state: 'waiting', waits: `definition:${row.name}@${row.version}`, due: now + room.options.definitionCheckMs })
      return undefined
    }
    const gate = `k:${row.lane}`
    if (row.lane !== null && (counts.get(gate) ?? 0) >= (concurrencyOf(definition).perKey ?? 1)) {
      table.update(row, { gate })
      return undefined
    }
    const until = breakers.admit(definition.breaker, now)
    if (until === 0) return definition
    const name = typeof definition.breaker === 'object' ? definition.breaker.name : definition.breaker
    put({ state: row.state === 'uncertain' ? 'uncertain' : 'waiting', waits: `breaker:${name}`, due: until })
    return undefined
  }

  /** What was not due at `now` is waited for, however long it took to look. */
  const somethingNew = async (now: number) => {
    const due = table.nextAfter(now)
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    const cancel = due === undefined ? undefined : kernel.clock().timer(due - now, resolve)
    await promise
    cancel?.()
  }

  return {
    start: (row, definition) => {
      occupy(row, 1)
      return start(row, definition)
    },
    abort: (row, reason) => active.get(row.seq)?.abort(reason),
    wake: () => wake(),
    run: async (_, job) => {
      if (!table.exists()) return
      recover()
      const until = Math.min(room.now() + budgetMs, job.until)
      for (;;) {
        const now = room.now()
        for (const [row, definition] of now < until && !kernel.resting() ? claim(now) : []) {
          mine.add(row.seq)
          void start(row, definition).catch((error: unknown) => unsettled(row, error))
        }
        if (mine.size === 0) break
        await somethingNew(now)
      }
      return () => {
        settledSome()
        room.arm()
        // Should it be nothing that passes, not at once.
        if (!recovered) kernel.jobs.schedule({ name: jobName, key: jobName, at: room.now() + room.options.deadManMs, keep: true })
      }
    },
  }
}
