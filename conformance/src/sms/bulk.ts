import { holds, same } from '../assert.ts'
import { why } from '../why.ts'
import { type SmsCheck, type SmsWorld, text } from './world.ts'

const numbers = ['+14155550151', '+14155550152', '+14155550153', '+14155550154', '+14155550155']
const all = (world: SmsWorld) => numbers.map((to, index) => text(world, { to, body: `Hello ${index}` }))

export const bulk: readonly SmsCheck[] = [
  {
    id: 'sms.bulk.each-once',
    level: 'must',
    title: 'Many messages are each sent once, and answered in order',
    why: why.duplicate,
    run: async (world) => {
      const results = await world.provider.sendBulk(all(world), { concurrency: 2 })
      same(
        results.map(({ outcome }) => outcome),
        numbers.map(() => 'sent'),
        'Outcomes',
      )
      same(
        results.map(({ to }) => to),
        numbers,
        'Recipients, in order',
      )
      same(
        world.twin
          .sent()
          .map(({ to }) => to)
          .sort(),
        numbers,
        'Recipients at the vendor',
      )
    },
  },
  {
    id: 'sms.bulk.one-bad',
    level: 'must',
    title: 'One bad message does not keep the others from being sent',
    why: why.duplicate,
    run: async (world) => {
      world.twin.faults.next({ kind: 'invalid' }, { operation: 'messages.create' })
      const messages = all(world).map((message, index) => (index === 3 ? { ...message, to: 'nobody' } : message))
      const results = await world.provider.sendBulk(messages, { concurrency: 1 })
      same(
        results.map(({ outcome }) => outcome),
        ['failed', 'sent', 'sent', 'failed', 'sent'],
        'Outcomes',
      )
      same(results[0]?.error?.effect, 'none', 'Effect of the error of the message that the vendor refused')
      same(results[3]?.error?.code, 'invalid_input', 'The error of the number that is none')
      same(world.twin.sent().length, 3, 'Messages at the vendor')
    },
  },
  {
    id: 'sms.bulk.repeated',
    level: 'must',
    title: 'Many messages sent again under the same key are sent once',
    why: why.keys,
    run: async (world) => {
      await world.provider.sendBulk(all(world), { idempotencyKey: 'newsletter' })
      const progress: number[] = []
      await world.provider.sendBulk(all(world), { idempotencyKey: 'newsletter', onProgress: ({ done }) => progress.push(done) })
      same(world.twin.sent().length, numbers.length, 'Messages at the vendor')
      holds(progress.at(-1) === numbers.length, 'The progress did not end at the last message.')
    },
  },
]
