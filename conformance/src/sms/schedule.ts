import { holds, outcome, refused, same } from '../assert.ts'
import { why } from '../why.ts'
import { onlySent, type SmsCheck, type SmsWorld, text } from './world.ts'

const tomorrow = (world: SmsWorld) => new Date(world.twin.clock.now() + 86_400_000).toISOString()
const later = (world: SmsWorld) => world.provider.send(text(world, { sendAt: tomorrow(world) }))
const needs = ['schedule', 'cancel']

export const schedule: readonly SmsCheck[] = [
  {
    id: 'sms.schedule.waits',
    level: 'must',
    needs: ['schedule'],
    title: 'A message for tomorrow is taken on today, once, and waits',
    why: why.capabilities,
    run: async (world) => {
      const message = await later(world)
      onlySent(world)
      same(message.status, 'scheduled', 'Status')
      same((await world.provider.get(message.id)).status, 'scheduled', 'Status, read back')
    },
  },
  {
    id: 'sms.cancel.scheduled',
    level: 'must',
    needs,
    title: 'A scheduled message can be taken back',
    why: why.capabilities,
    run: async (world) => {
      const { id } = await later(world)
      const canceled = await world.provider.cancel(id)
      same(canceled.id, id, 'The id')
      same(canceled.status, 'canceled', 'Status')
      same((await world.provider.get(id)).status, 'canceled', 'Status, read back')
    },
  },
  {
    id: 'sms.cancel.twice',
    level: 'must',
    needs,
    title: 'Taking a message back twice is either fine or refused, and changes nothing',
    why: why.capabilities,
    run: async (world) => {
      const { id } = await later(world)
      await world.provider.cancel(id)
      const again = await outcome(() => world.provider.cancel(id))
      if (again.ok) same(again.value.status, 'canceled', 'Status')
      else same(again.error.effect, 'none', `Effect of the refusal (${again.error.code})`)
      same((await world.provider.get(id)).status, 'canceled', 'Status, read back')
    },
  },
  {
    id: 'sms.cancel.delivered',
    level: 'must',
    needs: ['cancel'],
    title: 'What has been delivered cannot be taken back, and that is said',
    why: why.capabilities,
    run: async (world) => {
      const { id } = await world.provider.send(text(world))
      await world.twin.deliver(onlySent(world).id, 'delivered')
      const { code } = await refused(() => world.provider.cancel(id), 'Canceling a delivered message', { fault: 'caller' })
      holds(code !== 'unsupported', 'Canceling is not supported at all.')
      same((await world.provider.get(id)).status, 'delivered', 'Status, read back')
    },
  },
  {
    id: 'sms.cancel.lost-answer',
    level: 'must',
    needs,
    title: 'A cancellation whose answer is lost ends as canceled, or is reported as unknown',
    why: why.lostAnswer,
    run: async (world) => {
      const { id } = await later(world)
      world.twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'messages.cancel' })
      const result = await outcome(() => world.provider.cancel(id))
      world.twin.faults.clear()
      if (result.ok) same(result.value.status, 'canceled', 'Status')
      else same(result.error.effect, 'unknown', `Effect of the error (${result.error.code})`)
      holds((await world.provider.get(id)).status === 'canceled', 'The message was canceled at the vendor, but reads otherwise.')
    },
  },
]
