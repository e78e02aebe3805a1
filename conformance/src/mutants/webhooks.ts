import type { WebhookRequest } from '@do/provider'
import { toleranceSeconds } from '../reference/webhooks.ts'
import { changed, type Interface, type Mutant } from './mutant.ts'

type Receive = (request: WebhookRequest, context: any) => Promise<readonly any[]>
type Broken = (receive: Receive) => { readonly receive: Receive; readonly recognises?: (headers: Headers) => boolean }

/** What a body says, without asking whether it is true. */
async function believed(request: WebhookRequest, receive: Receive, context: any): Promise<readonly any[]> {
  try {
    return await receive(request, context)
  } catch {
    return [{ type: 'unknown', eventId: `believed-${request.text.length}`, raw: request.text }]
  }
}

const mistakes: readonly (readonly [string, string, readonly string[], Broken])[] = [
  [
    'believes-everybody',
    'Does not verify signatures.',
    ['forged', 'unsigned', 'tampered', 'stranger', 'bad-time'],
    (receive) => ({ recognises: () => true, receive: (request, context) => believed(request, receive, context) }),
  ],
  [
    'ignores-time',
    'Verifies the signature, but not when it was made.',
    ['expired', 'future'],
    (receive) => ({
      // The clock is always right when it is read from the webhook itself.
      receive: (request, context) =>
        receive(request, { ...context, clock: { now: () => Number(request.headers.get('memory-time')) * 1000 } }),
    }),
  ],
  [
    'one-sided-time',
    'Refuses old webhooks, but not those from the future.',
    ['future'],
    (receive) => ({
      receive: (request, context) => {
        const time = Number(request.headers.get('memory-time')) * 1000
        const old = time < context.clock.now() - toleranceSeconds * 1000
        return receive(request, old ? context : { ...context, clock: { now: () => time } })
      },
    }),
  ],
  [
    'refuses-all',
    'Checks the signature against the wrong bytes.',
    ['signed'],
    (receive) => ({ receive: (request, context) => receive({ ...request, text: `${request.text} ` }, context) }),
  ],
  [
    'random-event-id',
    'Makes up an event id at each delivery.',
    ['duplicate'],
    (receive) => ({
      receive: async (request, context) =>
        (await receive(request, context)).map((event) => ({ ...event, eventId: crypto.randomUUID() })),
    }),
  ],
  [
    'same-event-id',
    'Takes something for the event id that all events share.',
    ['distinct'],
    (receive) => ({
      receive: async (request, context) => (await receive(request, context)).map((event) => ({ ...event, eventId: 'event' })),
    }),
  ],
  [
    'throws-unknown',
    'Throws at kinds of events that it does not know.',
    ['unknown-type'],
    (receive) => ({
      receive: async (request, context) => {
        const events = await receive(request, context)
        if (events.some(({ type }) => type === 'unknown')) throw new Error('Unexpected event')
        return events
      },
    }),
  ],
  [
    'drops-unknown',
    'Leaves out kinds of events that it does not know.',
    ['unknown-type'],
    (receive) => ({
      receive: async (request, context) => (await receive(request, context)).filter(({ type }) => type !== 'unknown'),
    }),
  ],
]

/** A receiver that takes the events' types for what the interface does not have. */
const misshapen: readonly (readonly [string, string, readonly string[], Broken])[] = [
  [
    'own-types',
    'Gives events of types that the interface does not have.',
    ['signed'],
    (receive) => ({
      receive: async (request, context) =>
        (await receive(request, context)).map((event) => ({ ...event, type: `memory.${event.type}` })),
    }),
  ],
]

export const webhookMutants: readonly Mutant[] = (['sms', 'telephony', 'payments'] as const).flatMap((face: Interface) =>
  [...mistakes, ...misshapen].map(([id, wrong, caughtBy, broken]) => ({
    id: `${face}.webhook/${id}`,
    interface: face,
    wrong,
    caughtBy: caughtBy.map((check) => `${face}.webhook.${check}`),
    options: changed<Interface>(face, {
      driver: (driver) => ({
        ...driver,
        webhooks: { ...driver.webhooks, ...broken((request, context) => driver.webhooks.receive(request, context)) },
      }),
    }),
  })),
)

/** Clients: shared, or not there. */
export const clientMutants: readonly Mutant[] = (['sms', 'telephony', 'payments', 'llm'] as const).flatMap((face: Interface) => {
  const shared = Promise.resolve({ request: async () => ({}) })
  return [
    {
      id: `${face}.client/hidden`,
      interface: face,
      wrong: "Does not hand out the vendor's client.",
      caughtBy: [`${face}.client.there`],
      options: changed<Interface>(face, { provider: () => ({ client: undefined }) }),
    },
    {
      id: `${face}.client/shared`,
      interface: face,
      wrong: 'Uses one client for all instances.',
      caughtBy: [`${face}.client.own`],
      options: changed<Interface>(face, { provider: () => ({ client: shared }) }),
    },
  ]
})
