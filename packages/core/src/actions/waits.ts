import { wherePredicate } from '../storage/where.ts'
import type { Scene } from './attempt.ts'
import { ActionError, never, stepError } from './errors.ts'
import type { StepRow } from './journal.ts'
import type { Place } from './script.ts'
import type { Step, WaitOptions } from './step-types.ts'
import type { Signal } from './types.ts'

type Waits = Pick<Step, 'sleep' | 'sleepUntil' | 'waitFor'>

/** Durable sleeping and waiting: what it waits for is in the journal, and the attempt ends. */
export function createWaits(
  scene: Scene,
  enter: (name: string, kind: StepRow['kind']) => Place,
  paused: (why: Parameters<Scene['pause']>[0]) => Promise<never>,
): Waits {
  const { room, run } = scene
  const { journal } = room

  const refuseInTry = (name: string) => {
    if (run.kind !== 'try') return
    throw new ActionError('try_cannot_wait', `A try has one attempt now, and cannot wait at "${name}". Use do.`, { final: true })
  }

  const sleepUntil = async (name: string, until: (now: number) => number): Promise<void> => {
    if (scene.ended()) return never()
    refuseInTry(name)
    const { row, pos, name: id, joint } = enter(name, 'sleep')
    if (row?.state === 'done') return
    const now = room.now()
    const due = row?.due ?? Math.ceil(until(now))
    if (!Number.isFinite(due)) throw new ActionError('invalid_step', `The sleep "${name}" needs a number.`, { final: true })
    const state = now >= due ? 'done' : 'open'
    if (row === undefined) journal.insert({ run: run.seq, pos, name: id, kind: 'sleep', state, joint, at: now, due })
    else if (state === 'done') journal.update(run.seq, pos, { state, at: now })
    return state === 'done' ? undefined : paused({ for: 'sleep', due })
  }

  const waitFor = async (name: string, type: string, { match, timeoutMs, lookbackMs = 0 }: WaitOptions = {}): Promise<Signal> => {
    if (scene.ended()) return never()
    refuseInTry(name)
    wherePredicate(match)
    const { row, pos, name: id, joint } = enter(name, 'wait')
    if (row?.state === 'done') return JSON.parse(row.result ?? 'null') as Signal
    if (row?.state === 'failed') throw stepError(id, row)
    const now = room.now()
    const waits = `event:${type}`
    if (row !== undefined) {
      if (row.due === null || now < row.due) return paused({ for: 'wait', due: row.due, waits })
      const error = { error_name: 'ActionError', error_code: 'wait_timed_out', final: 1 }
      journal.update(run.seq, pos, { state: 'failed', at: now, ...error })
      throw stepError(id, error)
    }
    const due = timeoutMs === undefined ? null : Math.ceil(now + timeoutMs)
    if (Number.isNaN(due)) throw new ActionError('invalid_step', `The time-out of "${name}" needs a number.`, { final: true })
    const found = room.signals.find(type, run.created_at - lookbackMs, match, journal.events(run.seq))
    const place = { run: run.seq, pos, name: id, kind: 'wait', joint, at: now } as const
    if (found !== undefined) {
      journal.insert({ ...place, state: 'done', event: found.id, result: JSON.stringify(found) })
      return found
    }
    journal.insert({ ...place, state: 'open', due, topic: type, detail: match === undefined ? null : JSON.stringify(match) })
    return paused({ for: 'wait', due, waits })
  }

  return {
    sleep: (name, ms) => sleepUntil(name, (now) => now + Math.max(0, ms)),
    sleepUntil: (name, at) => sleepUntil(name, () => at),
    waitFor: waitFor as Step['waitFor'],
  }
}
