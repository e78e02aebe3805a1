import type { TwinFault } from '@do/conformance'
import { Random } from '@do/conformance/kit'
import { failover, type OutcomeUnknownError, ProviderError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { plainStacks } from '../house/plain-stacks.ts'
import { vendors } from './vendors.ts'

plainStacks()

type Meaning =
  /** The vendor takes the message on. */
  | 'acts'
  /** It does not, and the next may. */
  | 'next'
  /** It does not, and nobody else is asked. */
  | 'stop'

const faults: readonly (readonly [TwinFault | undefined, Meaning])[] = [
  [undefined, 'acts'],
  [{ kind: 'slow', ms: 1_500 }, 'acts'],
  [{ kind: 'cut', when: 'after' }, 'acts'],
  [{ kind: 'hang', when: 'after' }, 'acts'],
  [{ kind: 'error', status: 500, when: 'after' }, 'acts'],
  [{ kind: 'error', status: 502, when: 'after' }, 'acts'],
  [{ kind: 'error', status: 504, when: 'after' }, 'acts'],
  [{ kind: 'truncated' }, 'acts'],
  [{ kind: 'foreign-page', when: 'after' }, 'acts'],
  [{ kind: 'refuse' }, 'next'],
  [{ kind: 'cut', when: 'before' }, 'next'],
  [{ kind: 'hang', when: 'before' }, 'next'],
  [{ kind: 'error', status: 500, when: 'before' }, 'next'],
  [{ kind: 'error', status: 503, when: 'before' }, 'next'],
  [{ kind: 'foreign-page', when: 'before' }, 'next'],
  [{ kind: 'rate-limit', retryAfterSeconds: 60 }, 'next'],
  [{ kind: 'unauthorized' }, 'next'],
  [{ kind: 'invalid' }, 'stop'],
]

const plans = 1_000
const quietMinute = 60_000

/** One fault for each vendor's send, and for some plans one for the look-ups too. */
async function runPlan(seed: number) {
  const random = new Random(seed)
  const { clock, all } = vendors(undefined, seed)
  const chosen = all.map(() => random.pick(faults))
  const blind = all.map(() => random.next() < 0.15)
  for (const [index, { twin }] of all.entries()) {
    const fault = chosen[index]?.[0]
    if (fault !== undefined) twin.faults.next(fault, { operation: 'messages.create' })
  }
  const sms = failover(
    all.map((vendor) => vendor.sms),
    { clock, deadline: 600_000, attemptTimeout: 5_000 },
  )
  for (const [index, { twin }] of all.entries()) {
    if (blind[index])
      for (const operation of ['messages.list', 'detail_records.list'])
        twin.faults.always({ kind: 'error', status: 500, when: 'before' }, { operation })
  }
  const input = { to: `+1415555${String(1000 + (seed % 9000))}`, body: `Plan ${seed} ${random.hex(8)}` }
  const result = await sms.send(input, { idempotencyKey: `plan-${seed}` }).then(
    (message) => ({ message, error: undefined }),
    (error: unknown) => ({ message: undefined, error }),
  )
  const effects = () => all.flatMap(({ name, twin }) => twin.sent().map(({ id, body }) => ({ name, id, body })))
  return { clock, all, sms, input, chosen, blind, result, effects }
}

describe(`${plans} random fault plans over failover of three vendors`, () => {
  it('never has two effects, exactly one wherever the rules let a vendor act, and loses no intent', async () => {
    const counts = { done: 0, none: 0, unknown: 0, settledDone: 0, settledNone: 0 }
    for (let seed = 1; seed <= plans; seed++) {
      const plan = await runPlan(seed)
      const label = `plan ${seed}: ${plan.chosen.map(([fault]) => JSON.stringify(fault ?? 'ok')).join(' ')} blind ${plan.blind.join()}`
      const { message, error } = plan.result
      const effects = plan.effects()
      expect(effects.length, label).toBeLessThanOrEqual(1)
      if (message !== undefined) {
        counts.done += 1
        expect(
          effects.map(({ name, id }) => `${name}:${id}`),
          label,
        ).toEqual([message.id])
        expect(effects[0]?.body, label).toBe(plan.input.body)
        continue
      }
      expect(ProviderError.is(error), `${label} ${String(error)}`).toBe(true)
      const failure = error as ProviderError
      if (failure.effect === 'none') {
        counts.none += 1
        expect(effects, label).toEqual([])
        // Nobody who could have acted was left out.
        const meanings = plan.chosen.map(([, meaning]) => meaning)
        const reachable = meanings.slice(0, meanings.includes('stop') ? meanings.indexOf('stop') : undefined)
        expect(reachable.includes('acts'), label).toBe(false)
        continue
      }
      counts.unknown += 1
      expect(failure.code, label).toBe('outcome_unknown')
      // Only a vendor whose look-ups fail may leave an intent unknown.
      expect(plan.blind.some(Boolean), label).toBe(true)
      for (const { twin } of plan.all) twin.faults.clear()
      plan.clock.advance(quietMinute)
      const settlement = await (failure as OutcomeUnknownError).resolve()
      expect(settlement.effect, label).toBe(effects.length === 1 ? 'done' : 'none')
      counts[settlement.effect === 'done' ? 'settledDone' : 'settledNone'] += 1
      // The same key now gives the one message, or sends it for the first time.
      const again = await plan.sms.send(plan.input, { idempotencyKey: `plan-${seed}` })
      expect(
        plan.effects().map(({ name, id }) => `${name}:${id}`),
        label,
      ).toEqual([again.id])
    }
    expect(counts.done + counts.none + counts.unknown).toBe(plans)
    // The plans must have reached every ending, or this test proves less than it says.
    for (const [ending, count] of Object.entries(counts)) expect(count, ending).toBeGreaterThan(10)
  }, 240_000)
})
