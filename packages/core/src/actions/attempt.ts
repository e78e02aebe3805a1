import { withCall } from '../kernel/call-context.ts'
import { byteLength, encodeJson } from '../storage/json.ts'
import { ActionError, type ErrorFacts } from './errors.ts'
import type { Room } from './room.ts'
import type { RunRow } from './run-row.ts'
import { createStep } from './step.ts'
import type { ActionDefinition, Compensation } from './types.ts'

/** Why a run stops in the middle, without having failed. */
export interface Pause {
  readonly for: 'sleep' | 'wait' | 'breaker' | 'retry' | 'uncertain'
  /** Epoch milliseconds; null when nothing happens by itself. */
  readonly due: number | null
  readonly waits?: string
  readonly error?: ErrorFacts & { readonly step: string }
}

export type Outcome =
  | { readonly to: 'completed'; readonly result: string | null }
  | { readonly to: 'failed'; readonly error: unknown; readonly timedOut?: boolean }
  | { readonly to: 'paused'; readonly pauses: readonly Pause[] }
  /** Somebody else has said already what becomes of it. */
  | { readonly to: 'nothing' }

/** What the steps of an attempt share with it. */
export interface Scene {
  readonly room: Room
  readonly run: RunRow
  readonly definition: ActionDefinition
  readonly signal: AbortSignal
  /** No further step begins: the run has answered, or is paused. */
  ended(): boolean
  /** Nothing more is kept: the time is over, or somebody has cancelled it. */
  over(): boolean
  begin(): void
  end(): void
  pause(pause: Pause): void
  /** It failed whatever the run makes of it. */
  broken(error: ActionError): void
}

export interface Running {
  readonly outcome: Promise<Outcome>
  /** Ends it now. */
  abort(reason: unknown): void
}

export function beginAttempt(room: Room, run: RunRow, definition: ActionDefinition): Running {
  const clock = room.kernel.clock()
  const controller = new AbortController()
  const { promise: stopped, resolve } = Promise.withResolvers<Outcome>()
  const pauses: Pause[] = []
  let under = 0
  let ended = false
  let over = false
  let looking = false
  let broken: ActionError | undefined
  let quiet = () => {}

  const stop = (outcome: Outcome) => {
    ended = true
    over = true
    resolve(outcome)
  }
  /** One turn later, so that whatever a step has just set going can call the next one. */
  const look = () => {
    if (looking || ended || under > 0 || pauses.length === 0) return
    looking = true
    clock.timer(0, () => {
      looking = false
      if (!ended && under === 0) stop({ to: 'paused', pauses })
    })
  }
  const scene: Scene = {
    room,
    run,
    definition,
    signal: controller.signal,
    ended: () => ended,
    over: () => over,
    begin: () => {
      under += 1
    },
    end: () => {
      under -= 1
      if (under === 0) quiet()
      look()
    },
    pause: (pause) => {
      pauses.push(pause)
      look()
    },
    broken: (error) => {
      broken ??= error
    },
  }
  const { step, finish } = createStep(scene)

  const work = async (): Promise<Outcome> => {
    try {
      const result = await body(run, definition, step)
      finish()
      return {
        to: 'completed',
        result:
          result === undefined
            ? null
            : encodeJson(result, `The result of "${run.name}" with its input`, 16_384 + byteLength(run.input)),
      }
    } catch (error) {
      return { to: 'failed', error }
    }
  }
  const whole = async (): Promise<void> => {
    const outcome = await work()
    ended = true
    // What a failed sibling has left behind is still under way, and its answer is worth keeping.
    while (under > 0) await new Promise<void>((done) => (quiet = done))
    stop(broken === undefined ? outcome : { to: 'failed', error: broken })
  }

  const left = Math.min(run.timeout_ms, run.deadline === null ? run.timeout_ms : run.deadline - clock.now())
  const cancelTimer = clock.timer(Math.max(left, 0), () => {
    const error = new ActionError('timed_out', `The action "${run.name}" took longer than it may.`)
    stop({ to: 'failed', error, timedOut: true })
    controller.abort(error)
  })
  void inCall(run, whole)
  return {
    outcome: stopped.finally(cancelTimer),
    abort: (reason) => {
      stop({ to: 'nothing' })
      controller.abort(reason)
    },
  }
}

function body(run: RunRow, definition: ActionDefinition, step: ReturnType<typeof createStep>['step']): unknown {
  const input: unknown = JSON.parse(run.input)
  return run.kind === 'compensate' ? definition.compensate?.(input as Compensation, step) : definition.run(input, step)
}

/** In the call that asked for it, as far as it is worth keeping. */
function inCall(run: RunRow, work: () => Promise<void>): Promise<void> {
  return run.trace === null ? work() : withCall(JSON.parse(run.trace), work)
}
