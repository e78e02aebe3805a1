import { create, defineInterface, fields, list, type Provider, read, set, withSender } from '@do/provider'
import * as z from 'zod/mini'
import { sendBulk } from './bulk.ts'

/** How far a message has come. A status never goes back; `delivered`, `undelivered`, `failed` and `canceled` are final. */
export const messageStatus = z.enum([
  'scheduled',
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled',
  'received',
])

/** Why a message was not delivered, in the suite's own words, whatever the vendor calls it. */
export const deliveryFailure = z.enum([
  'opted_out',
  'invalid_recipient',
  'unreachable',
  'landline',
  'blocked',
  'filtered',
  'expired',
  'no_credit',
  'unknown',
])

/** An alphanumeric sender id (1–11 letters, digits and spaces with at least one letter), or a short code, or E.164. */
const sender = z.union(
  [fields.e164, z.string().check(z.regex(/^\d{3,8}$/)), z.string().check(z.regex(/^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/))],
  { error: 'must be a number in E.164, a short code, or an alphanumeric sender of at most 11 characters' },
)

const input = z
  .object({
    /** The recipient, in E.164. */
    to: fields.e164,
    /** The sender. Without it the provider takes one of its configured senders, always the same for one recipient. */
    from: z.optional(sender),
    /** The text. May be empty only with media. 1,600 characters at most. */
    body: z._default(z.string().check(z.maxLength(1600, 'must have at most 1600 characters')), ''),
    /** Public URLs of pictures and files: makes it an MMS. At most 10. */
    media: z.optional(z.array(fields.url).check(z.maxLength(10), z.minLength(1))),
    /** Send later (where the provider declares `schedule`). */
    sendAt: z.optional(fields.instant),
  })
  .check(
    z.refine((message) => message.body !== '' || message.media !== undefined, {
      path: ['body'],
      error: 'must not be empty: give a text, or media',
    }),
  )

const message = z.object({
  id: fields.handle,
  direction: z.enum(['outbound', 'inbound']),
  to: z.string(),
  /** Absent while the vendor still picks the sender. */
  from: z.optional(z.string()),
  /** Absent where the vendor does not give the text back. */
  body: z.optional(z.string()),
  media: z.optional(z.array(z.string())),
  status: messageStatus,
  failure: z.optional(deliveryFailure),
  /** The vendor's own code for the failure. */
  vendorCode: z.optional(z.string()),
  /** As counted by the vendor, where it says. */
  segments: z.optional(z.int()),
  price: z.optional(fields.price),
  createdAt: z.optional(fields.instant),
  /** The vendor's own object, as its SDK gave it. */
  raw: z.optional(z.unknown()),
})

const event = z.union([
  z.object({
    type: z.literal('message.status'),
    eventId: z.string(),
    message: fields.handle,
    status: messageStatus,
    failure: z.optional(deliveryFailure),
    vendorCode: z.optional(z.string()),
    to: z.optional(z.string()),
    from: z.optional(z.string()),
    at: z.optional(fields.instant),
    /** Our reference of the intent that sent it, where the vendor gave it back. */
    reference: z.optional(z.string()),
    raw: z.optional(z.unknown()),
  }),
  z.object({
    type: z.literal('message.received'),
    eventId: z.string(),
    message: fields.handle,
    from: z.string(),
    to: z.string(),
    body: z.string(),
    media: z.optional(z.array(z.string())),
    /** The person asked to stop, or to start again: by keyword, or because the vendor says so. */
    consent: z.optional(z.enum(['stop', 'start'])),
    at: z.optional(fields.instant),
    raw: z.optional(z.unknown()),
  }),
  z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
])

export const sms = defineInterface('sms', {
  capabilities: {
    mms: 'Sends pictures and files',
    schedule: 'Sends later, at a given time',
    cancel: 'Takes back a message that has not been sent yet',
    'alphanumeric-sender': 'Sends from a name instead of a number',
    'list-body': 'Lists and gets messages with their text',
    price: 'Says what a message cost',
  },
  operations: {
    /** Sends one SMS, or one MMS when there is media. */
    send: create({
      title: 'Send a message',
      input,
      output: message,
      needs: (given) => {
        const needs: string[] = []
        if (given.media) needs.push('mms')
        if (given.sendAt) needs.push('schedule')
        if (given.from !== undefined && /[A-Za-z]/.test(given.from)) needs.push('alphanumeric-sender')
        return needs
      },
      prepare: withSender,
    }),
    /** Reads one message again, from the provider that has it. */
    get: read({ title: 'Get a message', handle: '', input: fields.handle, output: message }),
    /** Messages, newest first, of every provider in turn. */
    list: list({
      title: 'List messages',
      input: z.object({
        since: z.optional(fields.instant),
        until: z.optional(fields.instant),
        to: z.optional(fields.e164),
        from: z.optional(z.string()),
        limit: z.optional(fields.limit),
      }),
      output: message,
    }),
    /** Takes back a scheduled message. */
    cancel: set({
      title: 'Cancel a scheduled message',
      handle: '',
      input: fields.handle,
      output: message,
      needs: () => ['cancel'],
    }),
  },
  event,
  derive: (provider) => ({
    /** Sends many messages with bounded concurrency; one result for each, in order. */
    sendBulk: sendBulk(provider),
  }),
})

/** Sends and receives SMS and MMS. */
export interface Sms extends Provider<typeof sms> {}

export type SendInput = z.input<typeof input>
export type Message = z.output<typeof message>
export type MessageStatus = z.output<typeof messageStatus>
export type DeliveryFailure = z.output<typeof deliveryFailure>
export type SmsEvent = z.output<typeof event>
