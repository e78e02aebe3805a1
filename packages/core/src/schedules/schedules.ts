import { refuse } from '@do/provider'
import type { Actions } from '../actions/types.ts'
import type { Kernel } from '../kernel/types.ts'
import type { Json } from '../storage/json.ts'
import { limitOf, pageOf, readCursor } from '../storage/paging.ts'
import { hasTable, once } from '../storage/sql.ts'
import { createFluent, type Keep } from './every.ts'
import { createRuns } from './runs.ts'
import { type Spec, specOf } from './spec.ts'
import { runOf, type ScheduleRow, scheduleTable } from './table.ts'
import { dueBetween, nextDue } from './timing.ts'
import type { Schedule, ScheduleHandler, ScheduleState, Schedules, SkipReason } from './types.ts'
import { checkZone } from './zone.ts'

export interface ScheduleRoomOptions {
  /** IANA time zone of schedules that name none. Default UTC. */
  readonly timezone?: string
  /** Where the handler of a schedule is a name that `define` does not know. The action's key is the run's id. */
  readonly actions?: Pick<Actions, 'send' | 'defined'>
}

export interface ScheduleRoom {
  readonly schedules: Schedules
  /** Writes down what the constructor registered. To be called with the first write of an object that did not exist. */
  settle(): void
}

const tickName = 'core.schedules.tick'
/** Schedules looked after in one transaction; further ones follow at once. */
const tickSize = 100

/**
 * Schedules in the object's own SQLite, run by its jobs. What the constructor registers is written when the constructor is
 * done, for an object that exists; for a new one with its first write, so that asking for an object leaves nothing behind.
 */
export function createSchedules(kernel: Kernel, { timezone = 'UTC', actions }: ScheduleRoomOptions = {}): ScheduleRoom {
  checkZone(timezone)
  const table = scheduleTable(kernel)
  const handlers = new Map<string, ScheduleHandler>()
  const declared = new Map<string, { readonly spec: Spec; readonly handler: ScheduleHandler | undefined }>()
  let constructing = true
  let settling = false

  const handlerOf = (name: string, spec: Spec): ScheduleHandler | undefined => {
    const action = spec.handler
    if (action === null) return declared.get(name)?.handler
    const known = handlers.get(action)
    if (known !== undefined || actions === undefined) return known
    // The action is begun in the transaction that records the run: both or neither.
    return ({ id, payload }) =>
      () => {
        actions.send(action, payload as Json, { key: id })
      }
  }
  const runs = createRuns(kernel, table, handlerOf)
  const now = () => kernel.clock().now()
  const dated = (row: ScheduleRow, spec: Spec = JSON.parse(row.spec)) => ({ ...spec, anchor: row.anchor })

  /** The one job of all schedules follows the table, in the same transaction. */
  const arm = () => {
    const at = table.nextAt()
    if (at === null) kernel.jobs.cancel(tickName)
    else if (kernel.jobs.get(tickName)?.at !== at || kernel.jobs.get(tickName)?.state !== 'waiting')
      kernel.jobs.schedule({ name: tickName, key: tickName, at })
  }
  const change = <T>(run: () => T): T =>
    kernel.transaction(() => {
      table.open()
      const result = run()
      arm()
      return result
    })

  /** Records everything that was due up to now as skipped, for this reason. */
  const skip = (row: ScheduleRow, reason: SkipReason, to = now(), keep = 0): readonly number[] => {
    if (row.next_at === null) return []
    const { count, newest, before } = dueBetween(dated(row), row.next_at, to, keep)
    if (before !== null) {
      const id = `${runId(row.name, row.next_at)}${before === row.next_at ? '' : `/${new Date(before).toISOString()}`}`
      table.record({
        id,
        schedule: row.name,
        due: row.next_at,
        until: before,
        count: count - newest.length,
        state: 'skipped',
        reason,
      })
    }
    return newest
  }
  const move = (row: ScheduleRow, after: number) => {
    const next = nextDue(dated(row), after)
    const state = row.state === 'active' && next === null ? 'done' : row.state
    table.put({ ...row, next_at: next, state })
  }

  /** Everything of one schedule that is due: what is run by its policy, what is recorded as missed, and when it is due again. */
  const advance = (row: ScheduleRow, at: number) => {
    const spec: Spec = JSON.parse(row.spec)
    const newest = dueBetween(dated(row, spec), row.next_at as number, at, 1).newest[0] ?? 0
    const onTime = newest >= at - spec.graceMs
    const kept = { skip: onTime ? 1 : 0, once: 1, all: spec.catchUpLimit + (onTime ? 1 : 0) }[spec.catchUp]
    const due = skip(row, 'missed', at, kept)
    for (const time of due) {
      const caughtUp = !(onTime && time === newest)
      runs.admit({ id: runId(row.name, time), schedule: row.name, due: time, caughtUp }, spec, caughtUp || due.length > 1)
    }
    move(row, at)
  }

  const tick = () => {
    const at = now()
    for (const row of table.due(at, tickSize)) advance(row, at)
    arm()
  }
  kernel.jobs.define(tickName, () => tick, { attempts: Number.POSITIVE_INFINITY })

  const upsert = (name: string, spec: Spec, origin: 'code' | 'call') => {
    const text = JSON.stringify(spec)
    const row = table.find(name)
    if (row !== undefined && row.spec === text && row.origin === origin) return
    const at = now()
    if (row !== undefined && JSON.stringify(JSON.parse(row.spec).timing) === JSON.stringify(spec.timing)) {
      // Another handler or policy: what is due stays due.
      const next = { ...row, spec: text, origin, state: row.state === 'done' ? 'active' : row.state }
      const ended = row.state === 'done' && spec.timing.kind === 'once'
      if (ended) table.put({ ...next, state: 'done' })
      else move(next, row.next_at === null ? at : row.next_at - 1)
      return
    }
    if (row?.state === 'active') skip(row, 'changed')
    const made = {
      name,
      spec: text,
      origin,
      state: row?.state === 'paused' ? 'paused' : 'active',
      anchor: at,
      next_at: null,
      created_at: row?.created_at ?? at,
    }
    const { timing } = spec
    // An instant that was past when its schedule was made is recorded, not run.
    if (timing.kind === 'once' && 'at' in timing && timing.at <= at) skip({ ...made, next_at: timing.at }, 'missed')
    move(made, at)
  }
  const erase = (row: ScheduleRow) => {
    if (row.state === 'active') skip(row, 'removed')
    runs.drop(row.name)
    table.remove(row)
  }

  const sync = () => {
    const stored = table.all()
    const gone = stored.filter(({ name, origin }) => origin === 'code' && !declared.has(name))
    if (declared.size === 0 && gone.length === 0) return
    change(() => {
      for (const [name, { spec }] of declared) upsert(name, spec, 'code')
      for (const row of gone) {
        erase(row)
        kernel.log({ at: new Date(now()).toISOString(), level: 'warn', event: 'schedule.removed', schedule: row.name })
      }
    })
  }
  const settle = () => {
    // Asked with every write, so it must cost nothing: both answers are remembered.
    if (constructing || settling || !hasTable(kernel.storage, 'do_record')) return
    settling = true
    try {
      once(kernel.storage, 'schedules', sync)
    } finally {
      settling = false
    }
  }
  // The constructor is synchronous, so this runs when it is done and nothing has reached the object yet.
  queueMicrotask(() => {
    constructing = false
    settle()
  })

  const keep: Keep = (text, timingOf, handler, options) => {
    const zone = checkZone(options.timezone ?? timezone)
    const named = typeof handler === 'string' ? handler : null
    const spec = specOf(text, timingOf(zone), named, options)
    const derived = named === null ? text : `${text} → ${named}`
    if (constructing) {
      const name = options.name ?? unused(derived, declared)
      if (declared.has(name)) throw taken(name)
      declared.set(name, { spec, handler: typeof handler === 'function' ? handler : undefined })
      return name
    }
    if (named === null) {
      throw refuse(
        'invalid_schedule',
        'A function cannot be kept: register it in the constructor, or name a handler (schedules.define) or an action.',
        { field: 'handler' },
      )
    }
    if (!handlers.has(named) && actions?.defined(named) !== true) {
      throw refuse(
        'unknown_handler',
        `Nothing is called "${named}". Define it in the constructor, by schedules.define or actions.define.`,
        {
          field: 'handler',
        },
      )
    }
    const { timing } = spec
    if (timing.kind === 'once' && 'at' in timing && timing.at < now()) {
      throw refuse('invalid_time', 'This time is past. Give one to come, or run it now.', { field: 'when' })
    }
    // Two one-shots of the same words are two, while a repeated one is the same again.
    const name = options.name ?? (timing.kind === 'once' ? `${derived.slice(0, 100)} ${crypto.randomUUID()}` : derived)
    if (declared.has(name)) throw taken(name)
    kernel.exists()
    change(() => upsert(name, spec, 'call'))
    return name
  }

  const needed = (name: string): ScheduleRow => {
    settle()
    const row = table.find(name)
    if (row !== undefined) return row
    throw refuse('not_found', `There is no schedule "${String(name).slice(0, 200)}". List what there is.`, { field: 'name' })
  }
  const switched = (name: string, from: ScheduleState, to: ScheduleState): boolean => {
    settle()
    const row = table.find(name)
    if (row?.state !== from) return false
    change(() => {
      if (to === 'paused') return table.put({ ...row, state: to })
      skip(row, 'paused')
      move({ ...row, state: to }, now())
    })
    return true
  }

  let fluent: ReturnType<typeof createFluent> | undefined
  const say = () => {
    fluent ??= createFluent(keep)
    return fluent
  }
  const schedules: Schedules = {
    get every() {
      return say().every
    },
    get at() {
      return say().at
    },
    get in() {
      return say().in
    },
    define: (name, handler) => {
      handlers.set(name, handler)
    },
    list: () => {
      settle()
      return table.all().map(scheduleOf)
    },
    get: (name) => {
      settle()
      const row = table.find(name)
      return row === undefined ? undefined : scheduleOf(row)
    },
    next: (name, count = 10) => {
      const row = needed(name)
      const found: number[] = []
      for (let at = row.next_at; at !== null && found.length < limitOf(count); at = nextDue(dated(row), at)) found.push(at)
      return found
    },
    history: ({ name, state, limit, cursor } = {}) => {
      const count = limitOf(limit)
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(readCursor(cursor, 1)[0])
      const found = table.runs(name ?? null, state ?? null, before, count + 1)
      return pageOf(found, count, runOf, ({ seq }) => [seq])
    },
    pause: (name) => switched(name, 'active', 'paused'),
    resume: (name) => switched(name, 'paused', 'active'),
    runNow: (name) => {
      const row = needed(name)
      const id = `${name}!${crypto.randomUUID()}`
      change(() => runs.admit({ id, schedule: name, due: now(), caughtUp: false }, JSON.parse(row.spec), false))
      return runOf(table.findRun(id) as NonNullable<ReturnType<typeof table.findRun>>)
    },
    delete: (name) => {
      settle()
      const row = table.find(name)
      if (row === undefined) return false
      if (declared.has(name)) {
        throw refuse('schedule_declared', `The constructor registers "${name}". Remove it there, or pause it.`, { field: 'name' })
      }
      change(() => erase(row))
      return true
    },
  }
  return { schedules, settle }
}

function runId(name: string, due: number): string {
  return `${name}@${new Date(due).toISOString()}`
}

function unused(name: string, taken: ReadonlyMap<string, unknown>): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name} #${count}`
    if (!taken.has(candidate)) return candidate
  }
}

function taken(name: string) {
  return refuse('schedule_taken', `There is a schedule "${name}" already. Give this one another name.`, { field: 'name' })
}

function scheduleOf(row: ScheduleRow): Schedule {
  const { text, timing, handler, payload, catchUp, overlap }: Spec = JSON.parse(row.spec)
  return {
    name: row.name,
    text,
    timing,
    state: row.state as ScheduleState,
    nextAt: row.state === 'active' ? row.next_at : null,
    handler,
    payload,
    catchUp,
    overlap,
    createdAt: row.created_at,
  }
}
