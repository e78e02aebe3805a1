import type { OutcomeUnknownError, ProviderError, Settlement, Trail } from '@do/provider'
import { fail, holds, type Outcome, outcome, same } from '../assert.ts'
import type { World } from '../check.ts'
import { cannotBeFound } from '../facts.ts'
import { operationOf, type Subject } from './subject.ts'

/** Longer than any vendor takes to show in its lists what it made, in milliseconds. */
const patience = 120_000

/**
 * Whatever became of a call, the provider must say so, now or by `resolve()`, and it must be what really happened:
 * done means made once, none means not made, and nothing is ever made twice. `earlier` are things made before.
 */
export async function honest<W extends World>(
  subject: Subject<W>,
  world: W,
  result: Outcome<{ readonly id: string }>,
  earlier: readonly string[] = [],
): Promise<void> {
  world.twin.faults.clear()
  const made = async () => (await subject.effects(world)) - earlier.length
  const doneOnce = async ({ id }: { readonly id: string }) => {
    same(await made(), 1, `The provider said that it is done; ${subject.noun}s made at the vendor`)
    holds(!earlier.includes(id), `The provider gave the id of an earlier ${subject.noun}.`)
    same((await subject.read(world.provider, id)).id, id, 'The id, read back')
  }
  if (result.ok) return doneOnce(result.value)
  if (result.error.effect === 'none') {
    return same(
      await made(),
      0,
      `The provider said that nothing happened (${result.error.code}), but the ${subject.noun}s made at the vendor are`,
    )
  }
  same(result.error.effect, 'unknown', `Effect of the error (${result.error.code})`)
  holds(
    canResolve(result.error),
    `The outcome is unknown, but the error (${result.error.name}, ${result.error.code}) has no resolve().`,
  )
  const settlement = await settlementOf(world, result.error)
  const count = await made()
  holds(count <= 1, `The vendor made ${count} ${subject.noun}s for one call.`)
  if (settlement.effect === 'done') return doneOnce(settlement.value)
  if (settlement.effect === 'none')
    return same(await made(), 0, `resolve() said that nothing happened, but the ${subject.noun}s made are`)
  const operation = operationOf(subject.name)
  holds(
    cannotBeFound(world.provider, operation),
    `resolve() still does not know after ${patience / 1000} s, but the descriptor says that ${operation} can be looked for.`,
  )
}

async function settlementOf(world: World, error: OutcomeUnknownError): Promise<Settlement<{ readonly id: string }>> {
  for (let waited = 0; waited <= patience; waited += 20_000) {
    const settlement = await error.resolve()
    if (settlement.effect !== 'unknown') return settlement as Settlement<{ readonly id: string }>
    world.twin.clock.advance(20_000)
  }
  return { effect: 'unknown' }
}

export function canResolve(error: ProviderError): error is OutcomeUnknownError {
  return 'resolve' in error && typeof error.resolve === 'function'
}

/** Runs a call and keeps its decision record. */
export async function traced<W extends World>(
  subject: Subject<W>,
  world: W,
  input: unknown,
): Promise<{ readonly result: Outcome<{ readonly id: string }>; readonly trail: Trail }> {
  let trail: Trail | undefined
  const result = await outcome(() => subject.run(world.provider, input, { onTrail: (given) => (trail = given) }))
  if (trail === undefined) return fail('The decision record was not given to onTrail.')
  return { result, trail }
}
