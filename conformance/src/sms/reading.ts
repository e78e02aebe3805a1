import { collect, holds, outcome, same } from '../assert.ts'
import { why } from '../why.ts'
import { onlySent, otherRecipient, recipient, type SmsCheck, type SmsWorld, text } from './world.ts'

/** Long enough for every vendor's lists to catch up. */
const lag = 120_000

/** Five messages a minute apart, to two recipients; then enough time for lists to show them. */
export async function five(world: SmsWorld): Promise<readonly string[]> {
  const ids: string[] = []
  for (let i = 1; i <= 5; i++) {
    const to = i % 2 === 1 ? recipient : otherRecipient
    ids.push((await world.provider.send(text(world, { to, body: `Message ${i}` }))).id)
    world.twin.clock.advance(60_000)
  }
  world.twin.clock.advance(lag)
  return ids
}

const idsIn = async (items: AsyncIterable<{ readonly id: string }>) => (await collect(items)).map(({ id }) => id)
const iso = (at: number) => new Date(at).toISOString()

export const reading: readonly SmsCheck[] = [
  {
    id: 'sms.get.same',
    level: 'must',
    title: 'A message reads back as it was sent, at once',
    why: why.handles,
    run: async (world) => {
      const { id } = await world.provider.send(text(world))
      const message = await world.provider.get(id)
      same([message.id, message.to, message.direction], [id, recipient, 'outbound'], 'id, to and direction')
      if (message.from !== undefined) same(message.from, world.twin.sender, 'from')
    },
  },
  {
    id: 'sms.get.body',
    level: 'must',
    needs: ['list-body'],
    title: 'A message reads back with its text, alone and in the list',
    why: why.capabilities,
    run: async (world) => {
      const body = 'Crème brûlée + 2 cafés = 12€ 🍮'
      const { id } = await world.provider.send(text(world, { body }))
      same((await world.provider.get(id)).body, body, 'The text, read back')
      world.twin.clock.advance(lag)
      const listed = (await collect(world.provider.list())).find((message) => message.id === id)
      same(listed?.body, body, 'The text in the list')
    },
  },
  {
    id: 'sms.get.follows-status',
    level: 'must',
    title: 'A message that was delivered reads as delivered',
    why: why.capabilities,
    run: async (world) => {
      const { id } = await world.provider.send(text(world))
      await world.twin.deliver(onlySent(world).id, 'delivered')
      same((await world.provider.get(id)).status, 'delivered', 'Status')
    },
  },
  {
    id: 'sms.get.failure',
    level: 'must',
    title: 'A message that could not be delivered says so, and why',
    why: why.capabilities,
    run: async (world) => {
      const { id } = await world.provider.send(text(world))
      await world.twin.deliver(onlySent(world).id, 'undelivered')
      const { status, failure } = await world.provider.get(id)
      holds(status === 'undelivered' || status === 'failed', `The status is "${status}".`)
      holds(failure !== undefined, 'The message does not say why (`failure`).')
    },
  },
  {
    id: 'sms.list.newest-first',
    level: 'must',
    title: 'The list begins with the newest message',
    why: why.paging,
    run: async (world) => {
      const ids = await five(world)
      same(await idsIn(world.provider.list()), [...ids].reverse(), 'The ids in the list')
    },
  },
  {
    id: 'sms.list.since',
    level: 'must',
    title: 'The list can begin at a point in time',
    why: why.paging,
    run: async (world) => {
      const ids = await five(world)
      const third = world.twin.sent()[2]?.at as number
      same(
        await idsIn(world.provider.list({ since: iso(third - 30_000) })),
        [...ids.slice(2)].reverse(),
        'The ids since the third message',
      )
    },
  },
  {
    id: 'sms.list.until',
    level: 'must',
    title: 'The list can end at a point in time',
    why: why.paging,
    run: async (world) => {
      const ids = await five(world)
      const third = world.twin.sent()[2]?.at as number
      same(
        await idsIn(world.provider.list({ until: iso(third - 30_000) })),
        [...ids.slice(0, 2)].reverse(),
        'The ids until before the third message',
      )
    },
  },
  {
    id: 'sms.list.to',
    level: 'must',
    title: 'The list can be of one recipient',
    why: why.paging,
    run: async (world) => {
      const ids = await five(world)
      same(await idsIn(world.provider.list({ to: otherRecipient, limit: 1 })), [ids[3], ids[1]], 'The ids of one recipient')
    },
  },
  {
    id: 'sms.list.from',
    level: 'must',
    title: 'The list can be of one sender',
    why: why.paging,
    run: async (world) => {
      const ids = await five(world)
      same((await idsIn(world.provider.list({ from: world.twin.sender }))).length, ids.length, 'Messages of the sender')
      same(await idsIn(world.provider.list({ from: '+14155550199' })), [], 'Messages of another sender')
    },
  },
  {
    id: 'sms.list.after-outage',
    level: 'must',
    title: 'What was sent during and after an outage is in the list, whoever sent it',
    why: why.paging,
    run: async (world) => {
      world.twin.faults.next({ kind: 'refuse' }, { operation: 'messages.create' })
      const during = await outcome(() => world.provider.send(text(world)))
      const after = await world.provider.send(text(world, { to: otherRecipient }))
      world.twin.clock.advance(lag)
      const wanted = [...(during.ok ? [during.value.id] : []), after.id]
      same((await idsIn(world.provider.list())).sort(), wanted.sort(), 'The ids in the list')
    },
  },
  {
    id: 'sms.list.empty',
    level: 'must',
    title: 'The list of an account without messages is empty',
    why: why.paging,
    run: async (world) => {
      same(await idsIn(world.provider.list()), [], 'The list')
    },
  },
]
