import type { Outcome, Pause } from './attempt.ts'
import { ActionError, factsOf } from './errors.ts'
import { pause, type Room } from './room.ts'
import type { RunRow } from './run-row.ts'
import { maxAsked } from './step.ts'
import type { Change } from './table.ts'
import type { ActionDefinition } from './types.ts'

/** Writes down what became of an attempt, unless somebody else has settled it meanwhile. In a transaction. */
export function settle(room: Room, begun: RunRow, definition: ActionDefinition, outcome: Outcome): RunRow | undefined {
  const row = room.table.bySeq(begun.seq)
  if (row === undefined || row.state !== 'running' || row.runner !== room.life || row.attempts !== begun.attempts)
    return undefined
  if (outcome.to === 'completed') {
    room.table.note(row, room.now(), 'completed')
    room.breakers.succeeded(definition.breaker)
    return leave(room, row, { state: 'completed', result: outcome.result, ...noError, ...finished(room) })
  }
  if (outcome.to === 'failed') return fail(room, row, definition, outcome.error, outcome.timedOut ?? false)
  if (outcome.to === 'paused') return rest(room, row, outcome.pauses)
  return undefined
}

const noError = { error_name: null, error_code: null, error_step: null }

function fail(room: Room, row: RunRow, definition: ActionDefinition, error: unknown, timedOut: boolean): RunRow {
  const now = room.now()
  const facts = factsOf(error)
  const step = error instanceof ActionError ? (error.step ?? null) : null
  const named = { error_name: facts.name, error_code: facts.code, error_step: step }
  if (facts.outage) room.breakers.failed(definition.breaker, now)
  const [open] = timedOut ? room.journal.interrupted(row.seq) : []
  if (open !== undefined) {
    room.table.note(row, now, 'uncertain', facts.name, facts.code)
    return uncertain(room, row, definition, open.name, open.asked, named)
  }
  room.table.note(row, now, 'failed', facts.name, facts.code)
  forgetFailure(room, row, error)
  const late = row.deadline !== null && now >= row.deadline
  if (facts.final || late || row.kind === 'try' || row.attempts >= row.max_attempts) {
    return leave(room, row, { state: 'failed', ...named, ...finished(room, row.kind === 'try') })
  }
  const wait = Math.max(pause(row.attempts, definition.retries ?? {}, room.options.random), facts.retryAfterMs)
  return leave(room, row, { state: 'retrying', due: dueBy(row, now + wait), ...named })
}

/**
 * The step that made the attempt fail is tried again with the next one. Failures that the run went on without stay in the
 * journal: there the run must find them again.
 */
function forgetFailure(room: Room, row: RunRow, error: unknown): void {
  const rows = room.journal.read(row.seq)
  const culprit = error instanceof ActionError ? error.step : undefined
  const last = rows.findLastIndex(({ state }) => state !== 'failed')
  rows.forEach((step, index) => {
    if (step.state === 'failed' && step.kind === 'do' && (index > last || step.name === culprit) && step.final === 0) {
      room.journal.remove(row.seq, step.pos)
    }
  })
}

function rest(room: Room, row: RunRow, pauses: readonly Pause[]): RunRow {
  // An attempt that only waits is none.
  const attempts = row.attempts - 1
  const doubt = pauses.find((one) => one.for === 'uncertain')
  const failed = doubt ?? pauses.find(({ error }) => error !== undefined)
  const error = failed?.error
  const named = error === undefined ? {} : { error_name: error.name, error_code: error.code, error_step: error.step }
  if (doubt !== undefined) {
    room.table.note(row, room.now(), 'uncertain', error?.name, error?.code)
    return leave(room, row, { state: 'uncertain', due: doubt.due, waits: doubt.waits ?? null, attempts, ...named })
  }
  const waiting = pauses.find(({ waits }) => waits !== undefined)
  const state = waiting !== undefined ? 'waiting' : pauses.some((one) => one.for === 'retry') ? 'retrying' : 'sleeping'
  const times = pauses.flatMap(({ due }) => (due === null ? [] : [due]))
  const pausedAt = times.length === 0 ? null : Math.min(...times)
  // What it waits for may have come while other steps of the attempt were under way.
  const got = waiting !== undefined && room.journal.arrived(row.seq, row.started_at ?? 0)
  const due = got ? room.now() : dueBy(row, pausedAt)
  return leave(room, row, { state, due, waits: waiting?.waits ?? null, attempts, ...named })
}

/** Nobody knows whether `step` happened. Asks `reconcile` by and by, where there is one. */
export function uncertain(
  room: Room,
  row: RunRow,
  definition: ActionDefinition | undefined,
  step: string,
  asked: number,
  more: Change,
): RunRow {
  const asks = definition?.reconcile !== undefined && asked < maxAsked
  const due = asks ? room.now() + pause(asked + 1, definition?.retries ?? {}, room.options.random) : null
  return leave(room, row, { state: 'uncertain', due, waits: step, ...more })
}

/** Out of `running`. */
export function leave(room: Room, row: RunRow, change: Change): RunRow {
  const after = room.table.update(row, { waits: null, due: null, runner: null, updated_at: room.now(), ...change })
  room.table.leaveStage(row)
  if (after.state === 'completed' || after.state === 'cancelled') room.journal.close(row.seq)
  return after
}

/** `forget: false` for dead letters: they stay until somebody discards them. */
export function finished(room: Room, forget = true): Change {
  const at = room.now()
  return { finished_at: at, forget_at: forget ? at + room.options.retentionMs : null }
}

/** It also comes when its time is over. */
export function dueBy({ deadline }: RunRow, at: number | null): number | null {
  return at === null ? deadline : deadline === null ? at : Math.min(at, deadline)
}
