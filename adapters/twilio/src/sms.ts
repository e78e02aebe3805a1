import { type Driver, type DriverContext, type FindContext, type Page, refuse } from '@do/provider'
import type { Message, SendInput, sms } from '@do/sms'
import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message.js'
import { type TwilioClient, twilioClient } from './client.ts'
import { smsDescriptor } from './descriptor.ts'
import { errors, fault } from './errors.ts'
import { failureOf, statusOf } from './message-status.ts'
import { callback, type TwilioOptions } from './options.ts'
import { iso, oldest, period, position, price, readPage, sid } from './read.ts'
import { smsEvents } from './sms-events.ts'
import { recognises } from './webhooks.ts'

export interface TwilioSmsOptions extends TwilioOptions {
  /** `MG…`: picks the sender where none is given, and is what Twilio wants for scheduled messages. */
  readonly messagingServiceSid?: string
}

export function smsDriver(options: TwilioSmsOptions): Driver<typeof sms, TwilioClient> {
  const client = twilioClient(options)
  const service = options.messagingServiceSid
  return {
    descriptor: smsDescriptor(service !== undefined),
    client,
    errors,
    fault,
    check(operation, input: SendInput) {
      if (operation !== 'send' || input.from !== undefined || service !== undefined) return
      throw refuse('sender_missing', 'Twilio needs a sender: give "from", or set senders or messagingServiceSid.', {
        field: 'from',
        elsewhere: true,
      })
    },
    operations: {
      async send(input, context) {
        const { messages } = await client()
        const viaService = input.from === undefined || input.sendAt !== undefined
        const message = await messages.create({
          to: input.to,
          from: input.from,
          body: input.body || undefined,
          mediaUrl: input.media,
          messagingServiceSid: viaService ? service : undefined,
          statusCallback: callback(options, { do_ref: context.reference }),
          scheduleType: input.sendAt === undefined ? undefined : 'fixed',
          sendAt: input.sendAt === undefined ? undefined : new Date(input.sendAt),
        })
        return toMessage(message, context, input.media)
      },
      async get(handle, context) {
        return toMessage(await (await client()).messages(context.id(handle)).fetch(), context)
      },
      async list(input, context): Promise<Page<Message>> {
        const { after, before, holds } = period(input)
        const filter = { to: input.to, from: input.from, dateSentAfter: after, dateSentBefore: before }
        const page = await (await client()).messages.page({ ...filter, ...position(input) })
        const { items, ...rest } = readPage(page, 'messages', (message) => toMessage(message, context))
        return { ...rest, items: items.filter(({ createdAt }) => holds(createdAt)) }
      },
      async cancel(handle, context) {
        // Twilio refuses to cancel twice, so a message that is canceled already is left alone.
        const message = (await client()).messages(context.id(handle))
        const now = await message.fetch()
        return toMessage(now.status === 'canceled' ? now : await message.update({ status: 'canceled' }), context)
      },
    },
    find: { send: (input: SendInput, context) => findSent(client, input, context) },
    webhooks: { recognises, receive: smsEvents(options) },
  }
}

/**
 * The message that a lost answer made: same recipient, sender, text and number of files. Twilio's list is newest first; its
 * date filter is not used, since it looks at the time of sending, which comes later.
 */
async function findSent(
  client: () => Promise<TwilioClient>,
  input: SendInput,
  context: FindContext,
): Promise<Message | undefined> {
  const { messages } = await client()
  const { to, from, body = '', media } = input
  return oldest(
    context,
    (at) => messages.page({ to, from, ...at }),
    'messages',
    ({ dateCreated: created, dateSent }) => ({ created, listed: dateSent ?? created }),
    (message) =>
      message.direction !== 'inbound' &&
      message.to === to &&
      (from === undefined || message.from === from) &&
      message.body === body &&
      Number(message.numMedia) === (media?.length ?? 0)
        ? toMessage(message, context, media)
        : undefined,
  )
}

function toMessage(message: MessageInstance, context: Pick<DriverContext, 'handle'>, media?: readonly string[]): Message {
  const { status, errorCode } = message
  return {
    id: context.handle(sid(message.sid, 'SM|MM')),
    direction: message.direction === 'inbound' ? 'inbound' : 'outbound',
    to: message.to,
    from: message.from ?? undefined,
    body: message.body ?? undefined,
    media: media && [...media],
    status: statusOf(status),
    failure: failureOf(status, errorCode),
    vendorCode: errorCode ? String(errorCode) : undefined,
    segments: message.numSegments ? Number(message.numSegments) : undefined,
    price: price(message.price, message.priceUnit),
    createdAt: iso(message.dateCreated),
    raw: message.toJSON(),
  }
}
