import type { ProviderError } from '../errors.ts'
import { attemptOnce } from './attempt-once.ts'
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

export async function readFrom(
  call: Call,
  candidates: readonly Member[],
): Promise<{ readonly member: Member; readonly value: unknown }> {
  const errors: ProviderError[] = []
  const queue = [...candidates]
  for (let index = 0; index < queue.length; index++) {
    const member = queue[index] as Member
    const input = await admitted(call, member, errors, index > 0)
    if (input === undefined) continue
    const result = await attemptOnce({ member, call, input, key: '', reference: '', since: call.policy.clock.now() })
    await reportHealth(call, member, result.ok ? undefined : result.error)
    if (result.ok) return { member, value: result.value }
    errors.push(result.error)
    const isLast = index === candidates.length - 1
    const move = decide(result.error, member, call.policy, isLast, call.deadlineAt - call.policy.clock.now())
    if (move.to === 'stop') throw result.error.with({ trail: [...call.trail] })
    // The last one gets a second chance, since reading twice harms nobody: after its Retry-After, or alone after a passing fault.
    if (move.to === 'wait') {
      const cancelled = await pause(call, member, move.ms)
      if (cancelled !== undefined) throw cancelled
      queue.push(member)
    } else if (isLast && candidates.length === 1 && passing(result.error)) queue.push(member)
  }
  throw exhausted(call, errors)
}

const passing = (error: ProviderError) =>
  error.fault === 'network' || (error.fault === 'provider' && error.code !== 'unreadable_answer')

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
