import { encodeJson } from '../storage/json.ts'
import type { Scene } from './attempt.ts'
import { checkRetries } from './definitions.ts'
import { ActionError, factsOf, never, stepError } from './errors.ts'
import type { StepRow } from './journal.ts'
import { pause } from './room.ts'
import { createScript, type Place } from './script.ts'
import type { SideEffect, Step, StepContext, StepOptions } from './step-types.ts'
import type { Settlement } from './types.ts'
import { createWaits } from './waits.ts'

const sideEffects: readonly SideEffect[] = ['none', 'idempotent', 'once']
export const maxAsked = 5

/** The steps of one attempt. */
export function createStep(scene: Scene): { readonly step: Step; readonly finish: () => void } {
  const { room, run, definition } = scene
  const { journal, kernel, breakers } = room
  const script = createScript(run.name, journal.read(run.seq))
  let open = 0

  const enter = (name: string, kind: StepRow['kind']): Place => {
    try {
      return script.enter(name, kind, open > 0)
    } catch (error) {
      scene.broken(error as ActionError)
      throw error
    }
  }
  const begin = () => {
    open += 1
    scene.begin()
  }
  const end = () => {
    open -= 1
    scene.end()
  }

  const keep = (place: Place, result: unknown, attempts: number) => {
    const what = `The result of the step "${place.name}"`
    const text = result === undefined ? null : encodeJson(result, what, 4_096)
    if (place.row === undefined && attempts === 1) {
      journal.done(run.seq, place.pos, place.name, place.joint, room.now(), text)
    } else {
      write(place, { state: 'done', attempts, result: text, error_name: null, error_code: null, final: 0 })
    }
  }
  const write = (place: Place, change: Partial<StepRow> & Pick<StepRow, 'state'>) => {
    const { pos, name, joint } = place
    const row = { at: room.now(), ...change }
    if (place.row === undefined) journal.insert({ run: run.seq, pos, name, kind: 'do', joint, ...row })
    else journal.update(run.seq, pos, row)
    place.row = { ...(place.row ?? ({ asked: 0, attempts: 1 } as StepRow)), ...row }
  }

  const perform = <T>(place: Place, fn: (context: StepContext) => unknown, options: StepOptions): Promise<T> => {
    const { sideEffect = 'once', timeoutMs, breaker } = options
    const attempt = place.row === undefined ? 1 : place.row.attempts + 1
    const admitted = breakers.admit(breaker, room.now())
    if (admitted > 0) return paused({ for: 'breaker', due: admitted, waits: `breaker:${nameOf(breaker)}` })
    const own = timeoutMs === undefined ? undefined : new AbortController()
    const context: StepContext = {
      attempt,
      signal: own === undefined ? scene.signal : AbortSignal.any([own.signal, scene.signal]),
      // Only who asks pays for the hash.
      get key() {
        return options.key ?? room.keyOf(run, place.name)
      },
    }
    const before = place.row
    let later: PromiseLike<unknown> | undefined
    let answer: unknown
    try {
      kernel.transaction(() => {
        const given = fn(context)
        if (isThenable(given)) {
          later = given
          // On disk before anything leaves: the platform holds requests that begin in a transaction back until it is, all of it.
          if (sideEffect === 'once') write(place, { state: 'open', attempts: attempt })
          return
        }
        answer = typeof given === 'function' ? given() : given
        keep(place, answer, attempt)
      })
    } catch (error) {
      // All of it was rolled back, the note that it began too.
      place.row = before
      return failed(place, error, options, attempt, true)
    }
    if (later === undefined) {
      breakers.succeeded(breaker)
      return Promise.resolve(answer as T)
    }
    return eventually<T>(place, later, options, attempt, own)
  }

  const eventually = <T>(
    place: Place,
    later: PromiseLike<unknown>,
    options: StepOptions,
    attempt: number,
    own: AbortController | undefined,
  ): Promise<T> => {
    begin()
    const { promise, resolve } = Promise.withResolvers<T>()
    let waiting = true
    const cancel =
      own === undefined
        ? () => {}
        : kernel.clock().timer(options.timeoutMs as number, () => {
            const error = new ActionError('step_timed_out', `The step "${place.name}" took longer than it may.`, {
              step: place.name,
            })
            own.abort(error)
            settle(() => failed(place, error, options, attempt, false))
          })
    const settle = (how: () => Promise<T>) => {
      if (!waiting) return
      waiting = false
      cancel()
      if (!scene.over()) resolve(how())
      end()
    }
    const succeeded = (given: unknown) => {
      if (!waiting || scene.over()) return tooLate(place, given, attempt)
      settle(() => {
        let answer: unknown
        try {
          kernel.transaction(() => {
            answer = typeof given === 'function' ? given() : given
            keep(place, answer, attempt)
          })
        } catch (error) {
          return failed(place, error, options, attempt, false)
        }
        breakers.succeeded(options.breaker)
        return Promise.resolve(answer as T)
      })
    }
    later.then(succeeded, (error: unknown) => settle(() => failed(place, error, options, attempt, false)))
    return promise
  }

  /** The attempt is over, but what a `once` step has answered after all is worth knowing. */
  const tooLate = (place: Place, given: unknown, attempt: number) => {
    if (typeof given === 'function') return
    kernel.transaction(() => {
      const row = journal.one(run.seq, place.pos)
      if (row?.attempts !== attempt || (row.state !== 'open' && row.state !== 'uncertain')) return
      keep({ ...place, row }, given, attempt)
      resume(room, run.id)
    })
  }

  const failed = (
    place: Place,
    error: unknown,
    { sideEffect = 'once', retries, breaker }: StepOptions,
    attempt: number,
    undone: boolean,
  ): Promise<never> => {
    const facts = factsOf(error)
    const named = { error_name: facts.name, error_code: facts.code }
    if (facts.outage) breakers.failed(breaker, room.now())
    if (sideEffect === 'once' && !undone && !facts.undone) {
      write(place, { state: 'uncertain', attempts: attempt, ...named })
      const due = definition.reconcile === undefined ? null : room.now() + pause(1, definition.retries ?? {}, room.options.random)
      return paused({ for: 'uncertain', due, waits: place.name, error: { ...facts, step: place.name } })
    }
    if (retries !== undefined && !facts.final && attempt < (retries.attempts ?? 5)) {
      write(place, { state: 'again', attempts: attempt, ...named })
      const wait = Math.max(pause(attempt, retries, room.options.random), facts.retryAfterMs)
      return paused({ for: 'retry', due: room.now() + wait, error: { ...facts, step: place.name } })
    }
    // Kept, in case the run goes on without it: then it must fail again when the run is repeated.
    const final = Number(facts.final || retries !== undefined)
    write(place, { state: 'failed', attempts: attempt, ...named, final })
    return Promise.reject(stepError(place.name, { ...named, final }, error))
  }

  const paused = (why: Parameters<Scene['pause']>[0]) => {
    open += 1
    scene.pause(why)
    return never()
  }

  /** It began and did not end. Whoever knows what became of it says so. */
  const interrupted = <T>(place: Place, row: StepRow, again: () => Promise<T>): Promise<T> => {
    const { reconcile } = definition
    const unknown = (asked: number) => {
      const due =
        reconcile === undefined || asked >= maxAsked
          ? null
          : room.now() + pause(asked, definition.retries ?? {}, room.options.random)
      return paused({ for: 'uncertain', due, waits: place.name })
    }
    if (reconcile === undefined || row.asked >= maxAsked) return unknown(maxAsked)
    const asked = row.asked + 1
    journal.update(run.seq, place.pos, { asked })
    begin()
    const question = {
      id: run.id,
      step: place.name,
      key: room.keyOf(run, place.name),
      input: JSON.parse(run.input) as unknown,
      asked: row.asked,
      signal: scene.signal,
    }
    const settled = (answer: Settlement | { readonly outcome: 'unknown' }): Promise<T> => {
      if (scene.over()) return never()
      try {
        if (answer?.outcome === 'done') {
          kernel.transaction(() => keep(place, answer.result, row.attempts))
          return Promise.resolve(answer.result as T)
        }
        if (answer?.outcome === 'not-done') {
          write(place, { state: 'again' })
          return again()
        }
      } finally {
        end()
      }
      return unknown(asked)
    }
    return new Promise<Settlement | { readonly outcome: 'unknown' }>((resolve) => resolve(reconcile.call(definition, question)))
      .catch(() => ({ outcome: 'unknown' }) as const)
      .then(settled)
  }

  const step: Step = {
    do: <T>(name: string, fn: (context: StepContext) => unknown, options: StepOptions = {}): Promise<T> => {
      if (scene.ended()) return never()
      try {
        checkOptions(options)
        const place = enter(name, 'do')
        const { row } = place
        if (row?.state === 'done') return Promise.resolve((row.result === null ? undefined : JSON.parse(row.result)) as T)
        if (row?.state === 'failed') return Promise.reject(stepError(place.name, row))
        const perhaps = row?.state === 'open' || row?.state === 'uncertain'
        const go = () => perform<T>(place, fn, options)
        return perhaps ? interrupted(place, row, go) : go()
      } catch (error) {
        return Promise.reject(error)
      }
    },
    ...createWaits(scene, enter, paused),
  }
  return { step, finish: () => script.finish() }
}

export function resume(room: Scene['room'], id: string): void {
  const row = room.table.byId(id)
  if (row?.state !== 'uncertain') return
  room.changed(room.table.update(row, { state: 'pending', due: room.now(), waits: null, updated_at: room.now() }))
  room.arm()
}

function checkOptions({ sideEffect, timeoutMs, retries, key }: StepOptions): void {
  const bad = (field: string, wanted: string) =>
    new ActionError('invalid_step', `"${field}" of a step must be ${wanted}.`, { final: true })
  if (sideEffect !== undefined && !sideEffects.includes(sideEffect)) throw bad('sideEffect', sideEffects.join(', '))
  if (timeoutMs !== undefined && !(timeoutMs >= 1)) throw bad('timeoutMs', 'at least 1')
  if (key !== undefined && (typeof key !== 'string' || key === '')) throw bad('key', 'a text')
  if (retries !== undefined) checkRetries(retries)
}

function nameOf(breaker: StepOptions['breaker']): string {
  return typeof breaker === 'object' ? breaker.name : (breaker ?? '')
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
