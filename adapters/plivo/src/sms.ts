import { type Driver, type DriverContext, refuse } from '@do/provider'
import { type Message, segments, type sms } from '@do/sms'
import type { Connection } from './client.ts'
import { smsDescriptor } from './descriptor.ts'
import { errors, fault } from './errors.ts'
import type { PlivoSmsOptions } from './options.ts'
import type { Client, SdkMessage } from './sdk.ts'
import { failureOf, readSmsEvents, statusOf } from './sms-events.ts'
import { recognises, secrets, verify } from './webhooks.ts'
import { bare, e164, filterTime, instant, must, pageOf, pageSize, plain, position, price, sameNumber, withQuery } from './wire.ts'

const day = 86_400_000
/** Characters of a text that does not fit GSM-7: https://www.plivo.com/docs/messaging/troubleshooting/error-codes (110). */
const longestUnicode = 737
/** Our clock and Plivo's may differ by this much, in milliseconds. */
const skew = 5_000

export function smsDriver(plivo: () => Promise<Connection>, options: PlivoSmsOptions): Driver<typeof sms, Client> {
  const webhookUrl = options.webhookUrl === undefined ? undefined : new URL(options.webhookUrl).href
  const tokens = secrets(options.authToken)
  return {
    descriptor: smsDescriptor,
    client: async () => (await plivo()).client,
    check(operation, input) {
      if (operation !== 'send') return
      if (input.from === undefined) {
        throw refuse('sender_missing', 'Plivo needs a sender. Give "from", or configure the adapter\'s "senders".', {
          field: 'from',
          elsewhere: true,
        })
      }
      const { encoding } = segments(input.body)
      if (encoding === 'ucs-2' && input.body.length > longestUnicode) {
        throw refuse('body_too_long', 'Plivo sends at most 737 characters when one is outside GSM-7.', {
          field: 'body',
          elsewhere: true,
        })
      }
    },
    operations: {
      async send(input, context) {
        const { to, body, media } = input
        const from = input.from as string
        const { api } = await plivo()
        const answer = await api.messages.create(bare(from), bare(to), body, {
          ...(media === undefined ? {} : { type: 'mms', media_urls: media }),
          ...(webhookUrl === undefined ? {} : { url: withQuery(webhookUrl, { do_ref: context.reference }), method: 'POST' }),
        })
        const id = must(answer.messageUuid?.[0], 'message id')
        const about = { direction: 'outbound', to, from, body, status: 'queued', raw: plain(answer) } as const
        return { id: context.handle(id), ...about, ...(media === undefined ? {} : { media }) }
      },
      async get(handle, context) {
        const { api } = await plivo()
        return message(await api.messages.get(context.id(handle)), context)
      },
      async list({ since, until, to, from, limit, cursor }, context) {
        const { api } = await plivo()
        const at = position(cursor)
        // Without a time Plivo looks back one day only; it keeps 90.
        const oldest = context.clock.now() - 89 * day
        const earliest = Math.max(since === undefined ? oldest : Date.parse(since), oldest)
        const latest = at.until ?? (until === undefined ? undefined : Date.parse(until))
        const list = await api.messages.list({
          limit: pageSize(limit),
          offset: at.offset,
          message_time__gte: filterTime(earliest),
          ...(latest === undefined ? {} : { message_time__lte: filterTime(latest) }),
          ...(to === undefined ? {} : { to_number: to }),
          ...(from === undefined ? {} : { from_number: from }),
        })
        return pageOf(
          list,
          at,
          list.map((item) => message(item, context)),
          (item) => item.messageTime,
        )
      },
    },
    find: {
      /** Plivo keeps neither a reference nor the text: the oldest unclaimed message to the same number since then. */
      async send({ from, to, media }, context) {
        const { api } = await plivo()
        const since = context.since - skew
        const found: SdkMessage[] = []
        for (let offset = 0; ; ) {
          const list = await api.messages.list({ limit: 20, offset, message_time__gte: filterTime(since), to_number: to })
          found.push(...list)
          offset += list.length
          if (!list.meta?.next || list.length === 0) break
        }
        for (const candidate of found.reverse()) {
          const outbound = candidate.messageDirection === 'outbound' && sameNumber(candidate.toNumber, to)
          const kind = (candidate.messageType === 'mms') === (media !== undefined)
          // Records have no finer time than a second.
          const late = Date.parse(instant(candidate.messageTime) ?? '') >= Math.floor(since / 1000) * 1000
          if (!outbound || !kind || !late || !sameNumber(candidate.fromNumber, from)) continue
          const known = message(candidate, context)
          if (!(await context.claimed(known.id))) return known
        }
        return undefined
      },
    },
    fault,
    errors,
    webhooks: {
      recognises,
      receive: async (request, context) =>
        readSmsEvents(await verify(request, tokens, options.requireV3 !== true), context.handle),
    },
  }

  function message(record: SdkMessage, context: Pick<DriverContext, 'handle'>): Message {
    const inbound = record.messageDirection === 'inbound'
    const code = record.errorCode === null || record.errorCode === undefined ? '' : String(record.errorCode)
    const createdAt = instant(record.messageTime)
    const segments = Number(record.units)
    return {
      id: context.handle(must(record.messageUuid, 'message id')),
      direction: inbound ? 'inbound' : 'outbound',
      to: e164(must(record.toNumber, 'recipient')),
      ...(record.fromNumber ? { from: e164(record.fromNumber) } : {}),
      status: inbound ? 'received' : statusOf(record.messageState),
      ...failureOf(code),
      ...(Number.isInteger(segments) ? { segments } : {}),
      ...price(record.totalAmount),
      ...(createdAt === undefined ? {} : { createdAt }),
      raw: plain(record),
    }
  }
}
