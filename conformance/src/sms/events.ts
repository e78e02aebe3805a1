import { laterStatus } from '@do/sms'
import { holds, same } from '../assert.ts'
import { webhookChecks } from '../shared/webhooks.ts'
import { why } from '../why.ts'
import { eventOf, eventsOf, onlySent, recipient, type SmsCheck, type SmsWorld, text } from './world.ts'

const person = '+14155550177'

/** What carriers report, and what it must be called. */
const reported = [
  ['sent', ['sent']],
  ['delivered', ['delivered']],
  ['undelivered', ['undelivered', 'failed']],
  ['failed', ['failed', 'undelivered']],
] as const

const statusChecks = reported.map(
  ([outcome, allowed]): SmsCheck => ({
    id: `sms.event.${outcome}`,
    level: 'must',
    title: `A message that is reported as ${outcome} gives an event that says so, of that very message`,
    why: why.webhooks,
    run: async (world) => {
      const { id } = await world.provider.send(text(world))
      await world.twin.deliver(onlySent(world).id, outcome)
      const event = eventOf(world, 'message.status')
      same(event.message, id, 'The message in the event')
      holds(
        allowed.some((status) => status === event.status),
        `The status is "${event.status}".`,
      )
      if (event.to !== undefined) same(event.to, recipient, 'to')
      if (outcome === 'undelivered') holds(event.failure !== undefined, 'The event does not say why (`failure`).')
    },
  }),
)

export const events: readonly SmsCheck[] = [
  ...webhookChecks<SmsWorld>({
    name: 'sms',
    send: async ({ twin }) => void (await twin.inbound({ from: person, body: 'Hello' })),
    unknown: ({ twin }) => twin.unknownEvent(),
  }),
  ...statusChecks,
  {
    id: 'sms.event.status-agrees',
    level: 'must',
    title: 'The webhook and the API call the same fact by the same name',
    why: why.webhooks,
    run: async (world) => {
      const { id } = await world.provider.send(text(world))
      for (const outcome of ['sent', 'delivered'] as const) {
        await world.twin.deliver(onlySent(world).id, outcome)
        same(
          eventOf(world, 'message.status').status,
          (await world.provider.get(id)).status,
          `Status by webhook after "${outcome}", against get`,
        )
      }
    },
  },
  {
    id: 'sms.event.late-status',
    level: 'must',
    title: 'A late report does not take a delivered message back to sent',
    why: why.webhooks,
    run: async (world) => {
      const { id } = await world.provider.send(text(world))
      const vendorId = onlySent(world).id
      await world.twin.deliver(vendorId, 'delivered')
      await world.twin.deliver(vendorId, 'sent')
      const statuses = eventsOf(world, 'message.status').map(({ status }) => status)
      same(statuses.reduce(laterStatus, 'queued'), 'delivered', 'The status that counts')
      same((await world.provider.get(id)).status, 'delivered', 'Status, read back')
    },
  },
  {
    id: 'sms.event.received',
    level: 'must',
    title: 'A message that somebody writes arrives as it was written, with numbers in E.164',
    why: why.e164,
    run: async (world) => {
      const body = ' 1 + 1 = 2 & more; ¿sí? 你好 👍🏽\nsecond line'
      await world.twin.inbound({ from: person, body })
      const event = eventOf(world, 'message.received')
      same([event.from, event.to], [person, world.twin.sender], 'from and to')
      same(event.body, body, 'The text')
      same(event.consent, undefined, 'Consent')
    },
  },
  {
    id: 'sms.event.received-media',
    level: 'must',
    needs: ['mms'],
    title: 'Pictures that somebody sends arrive as addresses',
    why: why.mms,
    run: async (world) => {
      const media = ['https://media.example.com/one.jpg', 'https://media.example.com/two.png']
      await world.twin.inbound({ from: person, body: 'Look', media })
      const event = eventOf(world, 'message.received')
      same(event.media?.length, 2, 'Media in the event')
      holds(
        event.media?.every((url) => URL.canParse(url)),
        `The media are no addresses: ${JSON.stringify(event.media)}.`,
      )
    },
  },
  {
    id: 'sms.event.received-readable',
    level: 'must',
    title: 'The message in a received event can be read, and answered from the number it came in on',
    why: why.handles,
    run: async (world) => {
      await world.twin.inbound({ from: person, body: 'Where is my order?' })
      const event = eventOf(world, 'message.received')
      const message = await world.provider.get(event.message)
      same([message.direction, message.from, message.to], ['inbound', person, world.twin.sender], 'direction, from and to')
      await world.provider.send({ to: event.from, from: event.to, body: 'On its way.' })
      same([onlySent(world).to, onlySent(world).from], [person, world.twin.sender], 'to and from of the answer')
    },
  },
]
