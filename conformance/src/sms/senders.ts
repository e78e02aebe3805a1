import { outcome, refused, same } from '../assert.ts'
import { why } from '../why.ts'
import { failedLater, onlySent, otherRecipient, type SmsCheck, text } from './world.ts'

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
      for (const to of [rest.to, rest.to, otherRecipient, otherRecipient, rest.to]) await provider.send({ ...rest, to })
      const used = new Set(
        world.twin
          .sent()
          .filter(({ to }) => to === rest.to)
          .map(({ from }) => from),
      )
      same([...used], [world.twin.sender], 'Senders of the messages to one recipient')
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
    title: 'A sender that the account does not own is refused by the vendor, at once or in the message’s status',
    why: why.e164,
    run: async (world) => {
      const input = text(world, { from: '+14155550199' })
      const result = await outcome(() => world.provider.send(input))
      if (result.ok) return failedLater(world, result.value.id)
      same(
        [result.error.effect, ['caller', 'policy'].includes(result.error.fault)],
        ['none', true],
        `Effect, and "the caller's fault" (${result.error.code}, ${result.error.fault})`,
      )
      same(world.twin.sent().length, 0, 'Messages at the vendor')
    },
  },
]
