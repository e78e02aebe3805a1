import { type Driver, type FindContext, type Page, refuse } from '@do/provider'
import { type Message, type SendInput, segments, type sms } from '@do/sms'
import type { Telnyx } from 'telnyx'
import {
  answered,
  defined,
  everyRow,
  lazyClient,
  proven,
  referenceIn,
  rows,
  type TelnyxOptions,
  withReference,
} from './client.ts'
import { smsDescriptor } from './descriptor.ts'
import { errors, readFault, renamed } from './errors.ts'
import { type MessagePayload, type MessageRecord, messageOf, messageOfRecord } from './message-map.ts'
import { smsEvent } from './sms-events.ts'
import { recognises, verified } from './webhooks.ts'

export interface TelnyxSmsOptions extends TelnyxOptions {
  /** Needed to send from a name, and to let Telnyx choose among the profile's numbers. */
  readonly messagingProfileId?: string
}

const sizeMost = 50
/** https://developers.telnyx.com/docs/messaging/messages/message-encoding */
const mostParts = 10

/** Telnyx compares days; the exact instants are compared here. */
const day = (at: number) => new Date(at).toISOString().slice(0, 10)
const dayMs = 86_400_000

export function smsDriver(options: TelnyxSmsOptions): Driver<typeof sms, Telnyx> {
  const client = lazyClient(options)
  const { messagingProfileId, webhookUrl } = options

  const find = async (input: SendInput, context: FindContext): Promise<Message | undefined> => {
    // Telnyx lists no message before it is sent, so "not found" would prove nothing.
    if (input.sendAt !== undefined) throw new Error('A scheduled message cannot be looked up.')
    const telnyx = await client()
    const since = context.since - 5_000
    const filter = defined({ ...recordFilter({ since, to: input.to, from: input.from }), direction: 'outbound' })
    for await (const record of everyRow<MessageRecord>(telnyx, '/detail_records', { filter, sort: '-created_at' }, sizeMost)) {
      if (record.uuid === undefined || !within(record, since)) continue
      const reference = referenceIn(record.delivery_status_webhook_url)
      if (reference !== undefined && reference !== context.reference) continue
      const { data } = await telnyx.messages.retrieve(record.uuid)
      const payload = proven(data as MessagePayload | undefined, 'id')
      const handle = context.handle(payload.id)
      const same = webhookUrl === undefined ? sameContent(input, payload) : referenceIn(payload.webhook_url) === context.reference
      if (same && !(await context.claimed(handle))) return messageOf(payload, handle)
    }
    return undefined
  }

  return {
    descriptor: smsDescriptor(options),
    client,
    errors,
    fault: readFault,
    check: (operation, input: SendInput) => {
      if (operation !== 'send') return
      const { body = '' } = input
      // Ten parts hold at least 670 characters, so most texts need not be counted.
      if (input.media === undefined && body.length > mostParts * 67 && segments(body).count > mostParts) {
        throw refuse('message_too_long', 'Telnyx sends at most ten parts. Shorten the text.', { field: 'body', elsewhere: true })
      }
      if (input.from !== undefined || messagingProfileId !== undefined) return
      throw refuse('sender_required', 'Telnyx needs a sender: give "from", or configure senders or messagingProfileId.', {
        field: 'from',
        elsewhere: true,
      })
    },
    operations: {
      send: async (input, { handle, reference }) => {
        const { messages } = await client()
        const named = input.from === undefined || /[A-Za-z]/.test(input.from)
        const body = defined({
          to: input.to,
          from: input.from,
          text: input.body === '' ? undefined : input.body,
          media_urls: input.media,
          messaging_profile_id: named ? messagingProfileId : undefined,
          webhook_url: webhookUrl === undefined ? undefined : withReference(webhookUrl, reference),
        })
        const { data } = await (input.sendAt === undefined
          ? messages.send(body)
          : messages.schedule({ ...body, send_at: input.sendAt }))
        const payload = proven(data as MessagePayload | undefined, 'id')
        return messageOf(payload, handle(payload.id), input.sendAt === undefined ? 'queued' : 'scheduled')
      },
      get: async (input, { id, handle }) => {
        const { data } = await (await client()).messages.retrieve(id(input))
        const payload = proven(data as MessagePayload | undefined, 'id')
        return messageOf(payload, handle(payload.id))
      },
      list: async ({ since, until, to, from, limit, cursor }, { handle }): Promise<Page<Message>> => {
        const [number = '1', last] = cursor?.split(':') ?? []
        const from_ = since === undefined ? undefined : Date.parse(since)
        const until_ = until === undefined ? undefined : Date.parse(until)
        const filter = recordFilter({ since: from_, until: until_, to, from })
        const size = Math.min(limit ?? sizeMost, sizeMost)
        const page = await rows<MessageRecord>(
          await client(),
          '/detail_records',
          { filter, sort: '-created_at' },
          Number(number),
          size,
        )
        // What came in meanwhile moves the pages: go on after the last item that was already given.
        const seen = last === undefined ? -1 : page.items.findIndex(({ uuid }) => uuid === last)
        const items = page.items.slice(seen + 1).flatMap((record) => {
          const { uuid } = proven(record, 'uuid')
          return within(record, from_, until_) ? [messageOfRecord(record, handle(uuid as string))] : []
        })
        const next = page.items.at(-1)?.uuid
        return page.more && next !== undefined ? { items, cursor: `${Number(number) + 1}:${next}` } : { items }
      },
      cancel: async (input, { id, handle }) => {
        const telnyx = await client()
        const { data } = await telnyx.messages.retrieve(id(input))
        const known = proven(data as MessagePayload | undefined, 'id')
        const message = messageOf(known, handle(known.id))
        if (message.status === 'canceled') return message
        try {
          // The one answer that Telnyx does not wrap in `data`.
          const payload = proven((await telnyx.messages.cancelScheduled(known.id)) as unknown as MessagePayload, 'id')
          return messageOf(payload, handle(payload.id), 'canceled')
        } catch (error) {
          throw answered(error, 403) ? renamed(error, 'cancel:403') : error
        }
      },
    },
    find: { send: find },
    webhooks: {
      recognises,
      receive: async (request, context) => [smsEvent(await verified(request, context, options), context)],
    },
  }
}

function recordFilter({
  since,
  until,
  to,
  from,
}: {
  since?: number | undefined
  until?: number | undefined
  to?: string | undefined
  from?: string | undefined
}) {
  const created = defined({
    gte: since === undefined ? undefined : day(since),
    lt: until === undefined ? undefined : day(until + dayMs),
  })
  return defined({
    record_type: 'messaging',
    cld: to,
    cli: from,
    created_at: Object.keys(created).length === 0 ? undefined : created,
  })
}

function within({ created_at }: MessageRecord, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY): boolean {
  const at = Date.parse(created_at ?? '')
  return Number.isNaN(at) || (at >= since && at <= until)
}

function sameContent(input: SendInput, payload: MessagePayload): boolean {
  const urls = (payload.media ?? []).map(({ url }) => url)
  return (
    (payload.text ?? '') === (input.body ?? '') &&
    (input.media ?? []).every((url) => urls.includes(url)) &&
    urls.length === (input.media ?? []).length
  )
}
