import { createHash } from 'node:crypto'
import { refuse } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import { encodeJson, type Json } from '../storage/json.ts'
import { createActionBreakers } from './breakers.ts'
import { createCancel } from './cancel.ts'
import { createRun, type InternalOptions } from './create.ts'
import { deadLettersOf } from './dead-letters.ts'
import { createDefinitions } from './definitions.ts'
import { createForgetting } from './forget.ts'
import { createHandles } from './handle.ts'
import { createJournal } from './journal.ts'
import { listRuns } from './list.ts'
import { createPump, jobName } from './pump.ts'
import type { ActionRoomOptions, Room } from './room.ts'
import { signalled } from './signalled.ts'
import { createSignals } from './signals.ts'
import { createTable } from './table.ts'
import type { ActionDefinition, ActionOptions, Actions } from './types.ts'

export interface ActionsRoom {
  readonly actions: Actions
  /** For other rooms of this package: the events room delivers by it. Answers the run's id. */
  enqueue(name: string, input: Json, options: InternalOptions): string
}

/** Durable actions: runs with a journal of their steps, in the object's own SQLite, moved on by the one alarm. */
export function createActions(kernel: Kernel, options: ActionRoomOptions = {}): ActionsRoom {
  const { storage, jobs } = kernel
  const handles = createHandles(() => room)
  const room: Room = {
    kernel,
    options: {
      retentionMs: 604_800_000,
      eventBufferMs: 86_400_000,
      deadManMs: 10_000,
      definitionCheckMs: 3_600_000,
      epoch: () => 0,
      random: Math.random,
      ...options,
    },
    table: createTable(kernel),
    journal: createJournal(storage),
    breakers: createActionBreakers(storage),
    signals: createSignals(storage),
    definitions: createDefinitions(),
    life: crypto.randomUUID(),
    now: () => kernel.clock().now(),
    keyOf: ({ id }, step) =>
      createHash('sha256')
        .update(JSON.stringify([kernel.record().$id, room.options.epoch(), id, step]))
        .digest('hex'),
    changed: handles.changed,
    arm: () => {
      const at = room.table.next()
      if (at !== undefined) jobs.schedule({ name: jobName, key: jobName, at: Math.max(at, 1), keep: true })
      else if (jobs.get(jobName)?.state === 'waiting') jobs.cancel(jobName)
      pump.wake()
    },
  }
  const { table, definitions, journal, breakers } = room
  const forgetting = createForgetting(room)
  const pump = createPump(room, forgetting.armed)
  const cancel = createCancel(room, pump, forgetting.armed)
  const handle = <Result>(id: string) => handles.make<Result>(id, cancel)
  const forever = { attempts: Number.POSITIVE_INFINITY, timeoutMs: 870_000, backoffMs: 100, maxBackoffMs: 10_000, concurrency: 1 }
  jobs.define(jobName, pump.run, forever)

  /** Runs that waited for a definition which this deploy has brought back; once, when the constructor has defined them all. */
  let looked = false
  const lookForStranded = () => {
    if (looked) return
    looked = true
    queueMicrotask(() => {
      const stranded = table.select("waits >= 'definition:' AND waits < 'definition;'")
      const back = stranded.filter(({ name, version }) => definitions.get(name, version) !== undefined)
      if (back.length === 0) return
      kernel.transaction(() => {
        for (const row of back) table.update(row, { due: room.now() })
        room.arm()
      })
    })
  }

  const actions: Actions = {
    define: (name, definition) => {
      definitions.add(name, definition as ActionDefinition)
      lookForStranded()
    },
    defined: (name) => definitions.has(name),
    do: (name, input = null, more = {}) => handle(createRun(room, 'do', name, input, more).row.id),
    send: (name, input = null, more = {}) => createRun(room, 'send', name, input, more).row.id,
    try: async <Result>(name: string, input: Json = null, more: ActionOptions = {}) => {
      const breaker = definitions.get(name, more.version ?? definitions.newest(name) ?? 0)?.breaker
      const until = breakers.admit(breaker, room.now())
      if (until > 0) {
        throw refuse('breaker_open', `What "${name}" depends on is known to be down. Try again later, or use do.`, {
          fault: 'provider',
          retryAfterMs: until - room.now(),
        })
      }
      const { row, definition, made } = createRun(room, 'try', name, input, { ...more, attempts: 1 })
      if (made) await pump.start(row, definition)
      return handle<Result>(row.id).result()
    },
    handle,
    get: (idOrKey) => {
      const row = table.byId(idOrKey) ?? table.byKey(idOrKey)
      return row === undefined ? undefined : handles.details(row)
    },
    list: (query = {}) => listRuns(table, query),
    cancel,
    resolve: (id, step, settlement) => {
      const row = table.byId(id)
      const place = row === undefined ? undefined : journal.interrupted(row.seq).find(({ name }) => name === step)
      if (row?.state !== 'uncertain' || place === undefined) {
        throw refuse('not_uncertain', `The action has no uncertain step "${step}". Look at its steps.`, { field: 'step' })
      }
      const done = settlement?.outcome === 'done'
      if (!done && settlement?.outcome !== 'not-done') {
        throw refuse('invalid_option', 'The outcome of a step is "done" or "not-done".', { field: 'outcome' })
      }
      const result =
        done && settlement.result !== undefined ? encodeJson(settlement.result, 'The result of the step', 4_096) : null
      kernel.transaction(() => {
        journal.update(row.seq, place.pos, { state: done ? 'done' : 'again', result })
        // Other steps may be uncertain too: then it comes back to them.
        handles.changed(table.update(row, { state: 'pending', due: room.now(), waits: null, updated_at: room.now() }))
        room.arm()
      })
    },
    deadLetters: deadLettersOf(room, handles.details),
    breakers: () => breakers.list(room.now()),
    signal: (signal) => signalled(room, signal),
  }
  return { actions, enqueue: (name, input, more) => createRun(room, 'send', name, input, more).row.id }
}
