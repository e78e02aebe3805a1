import { act, create, defineInterface, fields, list, type Provider, read, search, set, withSender } from '@do/provider'
import * as z from 'zod/mini'
import { flowNeeds, flowSchema } from './flow.ts'

const numberType = z.enum(['local', 'mobile', 'toll-free'])
const numberFeature = z.enum(['voice', 'sms', 'mms'])

const availableNumber = z.object({
  /** Pass it to `numbers.buy`: only the provider that found the number can sell it. */
  id: fields.handle,
  number: fields.e164,
  country: z.string(),
  type: z.optional(numberType),
  features: z.array(numberFeature),
  locality: z.optional(z.string()),
  region: z.optional(z.string()),
  monthlyPrice: z.optional(fields.price),
  raw: z.optional(z.unknown()),
})

const ownedNumber = z.object({
  id: fields.handle,
  number: fields.e164,
  /** Bought, and usable at once, or still being set up by the carrier. */
  status: z.enum(['active', 'pending']),
  features: z.array(numberFeature),
  label: z.optional(z.string()),
  /** Where incoming calls are announced. */
  callUrl: z.optional(z.string()),
  /** Where incoming messages are announced. */
  messageUrl: z.optional(z.string()),
  raw: z.optional(z.unknown()),
})

export const callStatus = z.enum(['queued', 'ringing', 'in-progress', 'completed', 'busy', 'no-answer', 'failed', 'canceled'])

const call = z.object({
  id: fields.handle,
  direction: z.enum(['outbound', 'inbound']),
  to: z.string(),
  from: z.string(),
  status: callStatus,
  createdAt: z.optional(fields.instant),
  answeredAt: z.optional(fields.instant),
  endedAt: z.optional(fields.instant),
  durationSeconds: z.optional(z.number()),
  price: z.optional(fields.price),
  raw: z.optional(z.unknown()),
})

const recording = z.object({
  id: fields.handle,
  call: z.optional(fields.handle),
  status: z.enum(['in-progress', 'processing', 'completed', 'failed']),
  durationSeconds: z.optional(z.number()),
  /** Where the sound is; most vendors want their own credentials there. */
  url: z.optional(z.string()),
  createdAt: z.optional(fields.instant),
  raw: z.optional(z.unknown()),
})

const callEvent = {
  eventId: z.string(),
  call: fields.handle,
  from: z.optional(z.string()),
  to: z.optional(z.string()),
  at: z.optional(fields.instant),
  /** The vendor waits for instructions: answer with `respond({ event, flow })`. */
  awaiting: z.boolean(),
  /** What the adapter needs to go on with the flow; opaque, pass the event whole. */
  continuation: z.optional(z.string()),
  /** Our reference of the intent that made the call, where the vendor gave it back. */
  reference: z.optional(z.string()),
  raw: z.optional(z.unknown()),
}

const event = z.union([
  z.object({ type: z.literal('call.incoming'), ...callEvent }),
  z.object({
    type: z.literal('call.status'),
    ...callEvent,
    status: callStatus,
    durationSeconds: z.optional(z.number()),
  }),
  z.object({
    type: z.literal('call.gathered'),
    ...callEvent,
    digits: z.string(),
    /** `timeout`: nobody pressed a key in time. */
    reason: z.enum(['digits', 'finish-key', 'timeout', 'hangup']),
  }),
  z.object({
    type: z.literal('call.recorded'),
    ...callEvent,
    recording: fields.handle,
    url: z.optional(z.string()),
    durationSeconds: z.optional(z.number()),
  }),
  /** One step of the flow has ended; `respond({ event })` lets the vendor go on with the next. */
  z.object({ type: z.literal('call.step'), ...callEvent }),
  z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
])

const verbs = ['say', 'play', 'gather', 'dial', 'conference', 'record', 'pause', 'redirect', 'reject', 'hangup'] as const

export const telephony = defineInterface('telephony', {
  capabilities: {
    ...(Object.fromEntries(verbs.map((verb) => [`flow.${verb}`, `Call flow step "${verb}"`])) as Record<
      `flow.${(typeof verbs)[number]}`,
      string
    >),
    'machine-detection': 'Tells people from answering machines',
    'list-calls': 'Lists ended calls',
    'toll-free': 'Sells toll-free numbers',
    price: 'Says what a call cost',
  },
  operations: {
    numbers: {
      /** Numbers for sale. The first provider in the order that answers gives the list. */
      search: search({
        title: 'Search numbers for sale',
        input: z.object({
          country: fields.country,
          type: z._default(numberType, 'local'),
          /** National destination code, digits only: "415". */
          areaCode: z.optional(z.string().check(z.regex(/^\d{1,6}$/, 'must be digits only'))),
          /** Digits the number must contain. */
          contains: z.optional(z.string().check(z.regex(/^\d{1,15}$/, 'must be digits only'))),
          features: z.optional(z.array(numberFeature)),
          limit: z.optional(fields.limit),
        }),
        output: availableNumber,
        needs: (given) => (given.type === 'toll-free' ? ['toll-free'] : []),
      }),
      /** Buys one number that `search` found. Never buys it twice. */
      buy: create({
        title: 'Buy a number',
        handle: 'id',
        input: z.object({
          id: fields.handle,
          label: z.optional(z.string().check(z.maxLength(64))),
          callUrl: z.optional(fields.url),
          messageUrl: z.optional(fields.url),
        }),
        output: ownedNumber,
      }),
      get: read({ title: 'Get an owned number', handle: '', input: fields.handle, output: ownedNumber }),
      /** Owned numbers, of every provider in turn. */
      list: list({
        title: 'List owned numbers',
        input: z.object({ contains: z.optional(z.string().check(z.regex(/^\d{1,15}$/))), limit: z.optional(fields.limit) }),
        output: ownedNumber,
      }),
      /** Says where calls and messages to the number go. Fields left out stay as they are. */
      configure: set({
        title: 'Configure a number',
        handle: 'id',
        input: z.object({
          id: fields.handle,
          label: z.optional(z.string().check(z.maxLength(64))),
          callUrl: z.optional(fields.url),
          messageUrl: z.optional(fields.url),
        }),
        output: ownedNumber,
      }),
      /** Gives the number back. A number that is already gone is no error. */
      release: set({
        title: 'Release a number',
        handle: '',
        input: fields.handle,
        output: z.object({ id: fields.handle, released: z.literal(true) }),
      }),
    },
    calls: {
      /** Calls somebody and runs the flow when they answer. */
      make: create({
        title: 'Make a call',
        input: z.object({
          to: fields.e164,
          from: z.optional(fields.e164),
          flow: flowSchema,
          /** Seconds to ring. Default 30. */
          timeout: z.optional(z.int().check(z.gte(5), z.lte(600))),
          /** Record the whole call. */
          record: z.optional(z.boolean()),
          machineDetection: z.optional(z.boolean()),
        }),
        output: call,
        needs: (given) => [...flowNeeds(given.flow), ...(given.machineDetection ? ['machine-detection'] : [])],
        prepare: withSender,
      }),
      get: read({ title: 'Get a call', handle: '', input: fields.handle, output: call }),
      list: list({
        title: 'List calls',
        input: z.object({
          since: z.optional(fields.instant),
          until: z.optional(fields.instant),
          to: z.optional(fields.e164),
          from: z.optional(fields.e164),
          status: z.optional(callStatus),
          limit: z.optional(fields.limit),
        }),
        output: call,
        needs: () => ['list-calls'],
      }),
      /** Gives a live call a new flow. */
      update: act({
        title: 'Change a live call',
        handle: 'id',
        input: z.object({ id: fields.handle, flow: flowSchema }),
        output: call,
        needs: (given) => flowNeeds(given.flow),
      }),
      /** Hangs up. A call that has already ended is no error. */
      end: set({ title: 'End a call', handle: '', input: fields.handle, output: call }),
      /** Starts recording a live call. */
      record: act({
        title: 'Record a call',
        handle: 'id',
        input: z.object({ id: fields.handle, maxSeconds: z.optional(z.int().check(z.gte(1), z.lte(14400))) }),
        output: recording,
      }),
      /** The recordings of one call. */
      recordings: list({
        title: "List a call's recordings",
        handle: 'id',
        input: z.object({ id: fields.handle, limit: z.optional(fields.limit) }),
        output: recording,
      }),
    },
    /**
     * What to answer to the vendor's webhook: the next flow, or nothing new. Send it back as it is
     * (`toResponse(answer)`). Where the vendor takes commands instead of answers, they are sent before this resolves.
     */
    respond: act({
      title: 'Answer a call webhook',
      handle: 'event.call',
      input: z.object({ event, flow: z.optional(flowSchema) }),
      output: z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }),
      needs: (given) => flowNeeds(given.flow),
    }),
  },
  event,
})

/** Phone numbers and calls. */
export interface Telephony extends Provider<typeof telephony> {}

export type AvailableNumber = z.output<typeof availableNumber>
export type OwnedNumber = z.output<typeof ownedNumber>
export type NumberFeature = z.output<typeof numberFeature>
export type Call = z.output<typeof call>
export type CallStatus = z.output<typeof callStatus>
export type Recording = z.output<typeof recording>
export type TelephonyEvent = z.output<typeof event>
