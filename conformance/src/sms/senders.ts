import { refused, same } from '../assert.ts'
import { why } from '../why.ts'
import { onlySent, otherRecipient, type SmsCheck, text } from './world.ts'

export const senders: readonly SmsCheck[] = [
  {
    id: 'sms.sender.default',
    level: 'must',
    title: 'Without a sender, one of the configured ones is taken',
    why: why.e164,
    run: async (world) => {
      const provider = await world.another({ senders: [world.twin.sender] })
      const { from: _, ...rest } = text(world)
      await provider.send(rest)
      same(onlySent(world).from, world.twin.sender, 'The sender at the vendor')
    },
  },
  {
    id: 'sms.sender.steady',
    level: 'must',
    title: 'A recipient keeps the same sender, so the conversation keeps its number',
    why: why.e164,
    run: async (world) => {
      const provider = await world.another({ senders: [world.twin.sender] })
      const { from: _, ...rest } = text(world)
      for (const to of [rest.to, otherRecipient, rest.to]) await provider.send({ ...rest, to })
      const [first, , third] = world.twin.sent()
      same(third?.from, first?.from, 'The sender of the second message to one recipient')
    },
  },
  {
    id: 'sms.sender.not-owned',
    level: 'must',
    title: 'A sender that is not configured is refused before anything is sent',
    why: why.e164,
    run: async (world) => {
      const provider = await world.another({ senders: [world.twin.sender] })
      await refused(() => provider.send(text(world, { from: '+14155550199' })), "Somebody else's sender", { field: 'from' })
      same(world.requests().length, 0, 'Requests sent')
    },
  },
  {
    id: 'sms.sender.refused-by-vendor',
    level: 'must',
    title: 'A sender that the account does not own is refused by the vendor, and that is known to have done nothing',
    why: why.e164,
    run: async (world) => {
      await refused(() => world.provider.send(text(world, { from: '+14155550199' })), "Somebody else's sender", { fault: ['caller', 'policy'] })
      same(world.twin.sent().length, 0, 'Messages at the vendor')
    },
  },
]
