import { ProviderError } from '@do/provider'
import type { memorySmsDriver } from '../reference/index.ts'
import { type Change, changed, inTurn, type Mutant, onTheWay } from './mutant.ts'

const mutant = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  change: Change<'sms'>,
  unbroken?: Change<'sms'>,
): Mutant => ({
  id: `sms.${id}`,
  interface: 'sms',
  wrong,
  caughtBy: caughtBy.map((check) => `sms.${check}`),
  options: changed('sms', change),
  ...(unbroken === undefined ? {} : { unbroken: changed('sms', unbroken) }),
})

type Driver = ReturnType<typeof memorySmsDriver>

const withoutMms: Change<'sms'> = {
  driver: (driver: Driver) => ({
    ...driver,
    descriptor: { ...driver.descriptor, capabilities: { ...driver.descriptor.capabilities, mms: 'The vendor has no MMS.' } },
  }),
}

/** Maps each normalised event. */
const retold = (change: (event: any) => any): Change<'sms'> => ({
  driver: (driver: Driver) => ({
    ...driver,
    webhooks: {
      ...driver.webhooks,
      receive: async (request, context) => (await driver.webhooks.receive(request, context)).map(change),
    },
  }),
})

const status = (from: string, to: string) =>
  retold((event) => (event.type === 'message.status' && event.status === from ? { ...event, status: to } : event))

const invalid = ['to', 'from', 'body', 'too-long', 'media', 'media-count', 'send-at', 'list', 'nothing'].map(
  (name) => `invalid.${name}`,
)

export const smsRuleMutants: readonly Mutant[] = [
  mutant('invalid/asks-first', 'Asks the vendor before it looks at the input.', invalid, {
    provider: ({ send, list }, at) => {
      const ask = () => at.fetch(`${at.baseUrl}/v1/messages`)
      return {
        send: (input: any, options: any) => inTurn(ask(), () => send(input, options)),
        list: (input: any, options: any) => ({
          ...list(input, options),
          page: () => inTurn(ask(), () => list(input, options).page()),
        }),
      }
    },
  }),
  mutant(
    'invalid/nameless',
    'Does not say which field is wrong.',
    ['invalid.to', 'invalid.from', 'invalid.media', 'sender.not-owned'],
    {
      provider: ({ send }) => ({
        send: (input: any, options: any) =>
          send(input, options).catch((error: ProviderError) =>
            Promise.reject(new ProviderError({ ...error.toJSON(), field: 'input' })),
          ),
      }),
    },
  ),
  mutant('invalid/cuts', 'Cuts a text that is too long, and sends the rest.', ['invalid.too-long'], {
    provider: ({ send }) => ({
      send: (input: any, options: any) => send({ ...input, body: input?.body?.slice?.(0, 1600) }, options),
    }),
  }),
  mutant(
    'capability/drops-silently',
    'Leaves pictures out where it cannot send them.',
    ['capability.refused'],
    {
      ...withoutMms,
      provider: ({ send }) => ({ send: ({ media: _, ...input }: any, options: any) => send(input, options) }),
    },
    withoutMms,
  ),
  mutant('capability/modest', 'Does what it says it cannot do.', ['send.media', 'send.media-only', 'event.received-media'], {
    provider: (provider) => ({ supports: (capability: string) => capability !== 'mms' && provider.supports(capability) }),
  }),
  mutant(
    'sender/ignores-senders',
    'Does not know the configured senders.',
    ['sender.default', 'sender.steady', 'sender.not-owned'],
    {
      at: ({ senders: _, ...at }) => at,
    },
  ),
  mutant('sender/wanders', 'Takes the next sender for each message.', ['sender.steady'], {
    at: (at) => {
      let turn = 0
      return onTheWay((body) => {
        if (body.from !== undefined && turn++ % 2 === 1) body.from = 'Acme'
      })(at)
    },
  }),
  mutant('schedule/now', 'Sends at once what should wait.', ['schedule.waits', 'cancel.scheduled'], {
    at: onTheWay((body) => void delete body.send_at),
  }),
  mutant(
    'cancel/pretends',
    'Says canceled without asking the vendor.',
    ['cancel.scheduled', 'cancel.delivered', 'cancel.lost-answer'],
    {
      provider: ({ get }) => ({ cancel: async (id: any, options: any) => ({ ...(await get(id, options)), status: 'canceled' }) }),
    },
  ),
  mutant('cancel/again-sends', 'Takes a second cancellation for a new message.', ['cancel.twice'], {
    provider: ({ cancel, get }) => {
      let calls = 0
      return {
        cancel: async (id: any, options: any) => (calls++ === 0 ? cancel(id, options) : { ...(await get(id)), status: 'queued' }),
      }
    },
  }),
  mutant('cancel/lost-is-none', 'Says that nothing was canceled when the answer is lost.', ['cancel.lost-answer'], {
    provider: (provider, at) => ({
      cancel: async (id: string) => {
        const url = `${at.baseUrl}/v1/messages/${id.split(':')[1]}/cancel`
        await at.fetch(url, { method: 'POST', headers: { authorization: 'Bearer key-for-tests-only' } }).catch(() => {
          throw new ProviderError({
            effect: 'none',
            fault: 'network',
            code: 'connection_lost',
            message: 'Lost.',
            provider: provider.name,
          })
        })
        return provider.get(id)
      },
    }),
  }),
  mutant('bulk/twice', 'Starts a list of messages twice.', ['bulk.each-once'], {
    provider: ({ sendBulk }) => ({
      sendBulk: (messages: any, options: any) => inTurn(sendBulk(messages), () => sendBulk(messages, options)),
    }),
  }),
  mutant('bulk/one-breaks-all', 'Ends at the first message that fails.', ['bulk.one-bad'], {
    provider: ({ send }) => ({ sendBulk: async (messages: any[]) => Promise.all(messages.map((message) => send(message))) }),
  }),
  mutant('bulk/forgets-key', 'Does not pass the key of a list on.', ['bulk.repeated'], {
    provider: ({ sendBulk }) => ({
      sendBulk: (messages: any, { idempotencyKey: _, ...options }: any = {}) => sendBulk(messages, options),
    }),
  }),
  mutant('opt-out/callers-fault', 'Calls an opt-out a bad input.', ['opt-out.refused', 'opt-out.holds'], {
    driver: (driver: Driver) => ({ ...driver, errors: {} }),
  }),
  mutant(
    'opt-out/deaf',
    'Does not hear STOP and START.',
    ['opt-out.stop', 'opt-out.start'],
    retold(({ consent: _, ...event }) => event),
  ),
  mutant(
    'opt-out/hears-stop-everywhere',
    'Hears STOP in the middle of sentences.',
    ['opt-out.only-alone'],
    retold((event) => (event.body?.toLowerCase().includes('stop') ? { ...event, consent: 'stop' } : event)),
  ),
  mutant(
    'event/sent-is-delivered',
    'Takes "sent" for "delivered".',
    ['event.sent', 'event.status-agrees'],
    status('sent', 'delivered'),
  ),
  mutant(
    'event/delivered-is-sent',
    'Takes "delivered" for "sent".',
    ['event.delivered', 'event.status-agrees', 'event.late-status'],
    status('delivered', 'sent'),
  ),
  mutant('event/undelivered-is-sent', 'Takes "undelivered" for "sent".', ['event.undelivered'], status('undelivered', 'sent')),
  mutant('event/failed-is-queued', 'Takes "failed" for "queued".', ['event.failed'], status('failed', 'queued')),
  mutant(
    'event/no-reason',
    'Does not say why a message was not delivered.',
    ['event.undelivered'],
    retold(({ failure: _, ...event }) => event),
  ),
  mutant(
    'event/other-message',
    'Takes the event’s id for the message’s.',
    ['event.sent', 'event.delivered', 'event.received-readable'],
    retold((event) => (event.message === undefined ? event : { ...event, message: `memory:${event.eventId}` })),
  ),
  mutant(
    'event/eats-plus',
    'Loses the plus sign of numbers coming in.',
    ['event.received', 'event.received-readable'],
    retold((event) => (event.from === undefined ? event : { ...event, from: event.from.slice(1) })),
  ),
  mutant(
    'event/trims',
    'Trims what comes in.',
    ['event.received'],
    retold((event) => (event.body === undefined ? event : { ...event, body: event.body.trim() })),
  ),
  mutant(
    'event/drops-media',
    'Leaves out pictures that come in.',
    ['event.received-media'],
    retold(({ media: _, ...event }) => event),
  ),
]
