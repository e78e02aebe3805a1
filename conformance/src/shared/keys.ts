import { holds, outcome, refused, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import { why } from '../why.ts'
import { honest } from './settle.ts'
import type { Subject } from './subject.ts'

/** An idempotency key makes "once" a promise that survives repetition. */
export function keyChecks<W extends World>(subject: Subject<W>): Check<W>[] {
  const check = (name: string, title: string, run: Check<W>['run']): Check<W> => ({
    id: `${subject.name}.key.${name}`,
    level: 'must',
    title,
    why: why.keys,
    run,
  })
  const made = async (world: W, count: number) => same(await subject.effects(world), count, `${subject.noun}s made at the vendor`)
  return [
    check('repeated', `The same key twice makes one ${subject.noun} and gives the same answer`, async (world) => {
      const input = await subject.input(world)
      const first = await subject.run(world.provider, input, { idempotencyKey: 'order-1' })
      const second = await subject.run(world.provider, input, { idempotencyKey: 'order-1' })
      same(second.id, first.id, 'The id of the second answer')
      await made(world, 1)
    }),
    check('concurrent', `The same key at the same time makes one ${subject.noun}`, async (world) => {
      const input = await subject.input(world)
      const call = () => outcome(() => subject.run(world.provider, input, { idempotencyKey: 'order-2' }))
      const results = await Promise.all([call(), call(), call()])
      await made(world, 1)
      const ids = new Set(results.flatMap((result) => (result.ok ? [result.value.id] : [])))
      same(ids.size, 1, 'Different ids among the answers')
      for (const result of results) {
        holds(
          result.ok || result.error.effect === 'unknown',
          `One of the calls said that nothing happened, while another made the ${subject.noun}.`,
        )
      }
    }),
    check('other-input', 'A key that comes back with another input is refused', async (world) => {
      const [input, other] = [await subject.input(world), await subject.other(world)]
      await subject.run(world.provider, input, { idempotencyKey: 'order-3' })
      await refused(() => subject.run(world.provider, other, { idempotencyKey: 'order-3' }), 'The same key, another input', {
        code: 'idempotency_key_reused',
      })
      await made(world, 1)
    }),
    check('different', `Different keys make different ${subject.noun}s`, async (world) => {
      const [input, other] = [await subject.input(world), await subject.other(world)]
      const first = await subject.run(world.provider, input, { idempotencyKey: 'order-4' })
      const second = await subject.run(world.provider, other, { idempotencyKey: 'order-5' })
      holds(first.id !== second.id, 'Two keys gave the same id.')
      await made(world, 2)
    }),
    check('none', `Without a key every call makes its own ${subject.noun}`, async (world) => {
      const [input, other] = [await subject.input(world), await subject.other(world)]
      await subject.run(world.provider, input)
      await subject.run(world.provider, other)
      await made(world, 2)
    }),
    check('after-refusal', 'After a refusal without effect the same key may be used again', async (world) => {
      const input = await subject.input(world)
      world.twin.faults.always({ kind: 'refuse' }, { operation: subject.request })
      await refused(() => subject.run(world.provider, input, { idempotencyKey: 'order-6' }), 'The first call')
      world.twin.faults.clear()
      const made1 = await subject.run(world.provider, input, { idempotencyKey: 'order-6' })
      same((await subject.read(world.provider, made1.id)).id, made1.id, 'The id, read back')
      await made(world, 1)
    }),
    check('after-lost-answer', 'After a lost answer the same key finds what was made, and makes nothing new', async (world) => {
      const input = await subject.input(world)
      world.twin.faults.next({ kind: 'cut', when: 'after' }, { operation: subject.request })
      await outcome(() => subject.run(world.provider, input, { idempotencyKey: 'order-7', deadline: 500 }))
      world.twin.faults.clear()
      world.twin.clock.advance(60_000)
      await honest(subject, world, await outcome(() => subject.run(world.provider, input, { idempotencyKey: 'order-7' })))
      await made(world, 1)
    }),
  ]
}
