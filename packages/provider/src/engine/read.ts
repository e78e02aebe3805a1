import type { ProviderError } from '../errors.ts'
import { type AttemptInput, type AttemptResult, attemptOnce } from './attempt-once.ts'
import type { Call } from './call.ts'
import { admitted, candidatesFor } from './create.ts'
import { decide } from './decide.ts'
import { exhausted, pause, reportHealth } from './ending.ts'
import type { Member } from './member.ts'
import type { Engine } from './policy.ts'

/** Reads may be repeated and asked elsewhere; a second one may be started early when the first is slow (hedging). */
export async function runRead(engine: Engine, call: Call): Promise<unknown> {
  const candidates = candidatesFor(engine, call)
  const { hedgeAfter } = call.policy
  if (hedgeAfter === undefined) return (await readFrom(call, candidates)).value
  const second = candidates.length > 1 ? [...candidates.slice(1), candidates[0] as Member] : candidates
  const ask = (order: readonly Member[]) => async (signal: AbortSignal) => (await readFrom({ ...call, signal }, order)).value
  return hedged(call, hedgeAfter, ask(candidates), ask(second))
}

/** Any provider may do it, one after the other: each attempt costs, so never two at once. */
export async function runCompute(engine: Engine, call: Call): Promise<unknown> {
  return (await firstToAnswer(stepsOf(engine, call))).value
}

/** One candidate: a provider, with what it is asked for. */
interface Step {
  readonly member: Member
  readonly call: Call
}

/** Each input of the chain, at each provider in its order. */
export function stepsOf(engine: Engine, call: Call): readonly Step[] {
  return call.spec.chain(call.input).flatMap((input) => {
    const own = { ...call, input }
    return candidatesFor(engine, own).map((member) => ({ member, call: own }))
  })
}

export function readFrom(call: Call, candidates: readonly Member[]): Promise<Answer<unknown>> {
  return firstToAnswer(candidates.map((member) => ({ member, call })))
}

/** A step whose turn comes, once more where it is worth it. */
interface Turn extends Step {
  /** How often it has been asked before. */
  readonly again: number
  readonly isLast: boolean
}

interface Answer<T> extends Step {
  readonly value: T
}

/** Asks one after the other until one answers, by `once`. */
export async function firstToAnswer<T = unknown>(
  steps: readonly Step[],
  once: (attempt: AttemptInput) => Promise<AttemptResult<T>> = attemptOnce,
): Promise<Answer<T>> {
  const errors: ProviderError[] = []
  const queue: Turn[] = steps.map((step, index) => ({ ...step, again: 0, isLast: index === steps.length - 1 }))
  for (let index = 0; index < queue.length; index++) {
    const turn = queue[index] as Turn
    const { member, call, again, isLast } = turn
    const input = await admitted(call, member, errors, index > 0)
    if (input === undefined) continue
    const result = await once({ member, call, input, key: '', reference: '', since: call.policy.clock.now() })
    // A stream that has begun well may still break: it reports at its end.
    if (!result.ok || call.spec.stream === undefined) await reportHealth(call, member, result.ok ? undefined : result.error)
    if (result.ok) return { member, call, value: result.value }
    errors.push(result.error)
    const remaining = call.deadlineAt - call.policy.clock.now()
    const move = decide(result.error, member, call.policy, isLast && again === 0, remaining)
    if (move.to === 'stop') throw result.error.with({ trail: [...call.trail] })
    const wait = again < call.policy.retries ? waitToAskAgain(result.error, call, again, remaining) : undefined
    if (wait !== undefined) {
      const cancelled = await pause(call, member, wait, result.error.fault === 'quota' ? 'rate limit' : 'passing fault')
      if (cancelled !== undefined) throw cancelled
      queue.splice(index + 1, 0, { ...turn, again: again + 1 })
      continue
    }
    // The last one gets a second chance, since asking twice harms nobody: after its Retry-After, or alone after a passing fault.
    if (move.to === 'wait') {
      const cancelled = await pause(call, member, move.ms)
      if (cancelled !== undefined) throw cancelled
      queue.push({ ...turn, isLast: false })
    } else if (isLast && again === 0 && steps.length === 1 && passing(result.error, call)) queue.push({ ...turn, isLast: false })
  }
  throw exhausted((steps[0] as Step).call, errors)
}

/** What was slow once is not paid for twice. */
const passing = ({ fault, code }: ProviderError, { spec }: Call) =>
  (fault === 'network' && (spec.kind === 'read' || spec.kind === 'list' || !slow.has(code))) ||
  (fault === 'provider' && code !== 'unreadable_answer' && code !== 'not_json')

/** How long until the same provider may be asked again, in milliseconds; undefined where the next one is better. */
function waitToAskAgain(error: ProviderError, call: Call, again: number, remaining: number): number | undefined {
  const { rateLimitWait, random } = call.policy
  const { fault, retryAfterMs, elsewhere } = error
  if (elsewhere || (fault === 'quota' ? retryAfterMs === undefined : !passing(error, call))) return undefined
  if (retryAfterMs !== undefined) return retryAfterMs <= rateLimitWait && retryAfterMs < remaining ? retryAfterMs : undefined
  // Many who were cut off at once shall not come back at once.
  const wait = 100 * 2 ** again * (0.5 + random() / 2)
  return wait < remaining ? wait : undefined
}

const slow: ReadonlySet<string> = new Set(['timeout', 'connect_timeout', 'first_output_timeout', 'idle_timeout'])

async function hedged(
  call: Call,
  after: number,
  first: (signal: AbortSignal) => Promise<unknown>,
  second: (signal: AbortSignal) => Promise<unknown>,
): Promise<unknown> {
  const stop = new AbortController()
  const signal = call.signal === undefined ? stop.signal : AbortSignal.any([call.signal, stop.signal])
  let cancelTimer = () => {}
  try {
    const one = first(signal)
    const two = new Promise<unknown>((resolve, reject) => {
      let started = false
      cancelTimer = call.policy.clock.timer(after, () => {
        started = true
        second(signal).then(resolve, reject)
      })
      // If the first fails before the second has started, there is nothing to wait for.
      one.catch((error: unknown) => started || reject(error))
    })
    return await Promise.any([one, two]).catch((error: AggregateError) => Promise.reject(error.errors[0]))
  } finally {
    cancelTimer()
    stop.abort()
  }
}
