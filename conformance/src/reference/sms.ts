import { type AdapterOptions, createProvider, type Descriptor, type Driver, type DriverContext } from '@do/provider'
import { consentIn, type Message, type MessageStatus, type Sms, type SmsEvent, sms } from '@do/sms'
import { type MemoryClient, memoryClient, origin } from './client.ts'
import { errors, fault } from './errors.ts'
import { recognises, toleranceSeconds, verified } from './webhooks.ts'

export interface MemoryOptions extends AdapterOptions {
  readonly apiKey: string
  /** One, or several while a secret is being replaced. */
  readonly webhookSecret: string | readonly string[]
}

const descriptor: Descriptor = {
  vendor: 'memory',
  docs: 'https://memory.example/docs',
  capabilities: { mms: true, schedule: true, cancel: true, 'alphanumeric-sender': true, 'list-body': true, price: true },
  limits: { bodyLength: 1600, media: 10, webhookToleranceSeconds: toleranceSeconds },
  operations: {
    send: { class: 'keyed', keyWindowMs: 86_400_000, settleMs: 2_000, find: 'reference' },
    cancel: { class: 'convergent' },
  },
}

interface VendorMessage {
  readonly id: string
  readonly direction: 'outbound' | 'inbound'
  readonly to: string
  readonly from: string
  readonly text: string
  readonly media: readonly string[]
  readonly status: MessageStatus
  readonly error?: string
  readonly segments: number
  readonly price: { readonly amount: string; readonly currency: string }
  readonly created_at: string
}

function message(answer: unknown, { handle }: Pick<DriverContext, 'handle'>): Message {
  const raw = answer as VendorMessage
  const { id, direction, to, from, text, media, status, segments, price, created_at: createdAt } = raw
  return {
    id: handle(vendorId(id)),
    ...{ direction, to, from, status, segments, createdAt, raw },
    body: text,
    price: { decimal: price.amount, currency: price.currency },
    ...(media.length === 0 ? {} : { media: [...media] }),
    ...(raw.error === undefined ? {} : { failure: 'unreachable', vendorCode: raw.error }),
  }
}

/** An answer without the vendor's id is not the vendor's answer. */
export function vendorId(id: unknown): string {
  if (typeof id === 'string' && /^(msg|num|call|rec)_[0-9a-f]{16}$|^num_own$/.test(id)) return id
  throw new Error('The answer has no id of the vendor.')
}

export function memorySmsDriver(options: MemoryOptions): Driver<typeof sms, MemoryClient> {
  let made: MemoryClient | undefined
  const client = async () => (made ??= memoryClient(options))
  const secrets = typeof options.webhookSecret === 'string' ? [options.webhookSecret] : options.webhookSecret
  const found = async (query: Record<string, string | number | undefined>, signal: AbortSignal) => {
    const answer = await (await client()).request('GET', '/messages', { query, signal })
    return { items: answer.items as unknown[], ...(typeof answer.cursor === 'string' ? { cursor: answer.cursor } : {}) }
  }
  return {
    descriptor,
    client,
    errors,
    fault,
    operations: {
      send: async ({ to, from, body, media, sendAt }, context) => {
        const { key, reference, signal } = context
        const wire = { to, from, text: body, media, send_at: sendAt, reference, webhook_url: options.webhookUrl }
        return message(await (await client()).request('POST', '/messages', { body: wire, key, signal }), context)
      },
      get: async (handle, context) =>
        message(await (await client()).request('GET', `/messages/${context.id(handle)}`, { signal: context.signal }), context),
      list: async (filters, context) => {
        const { items, cursor } = await found(filters, context.signal)
        return { items: items.map((item) => message(item, context)), ...(cursor === undefined ? {} : { cursor }) }
      },
      cancel: async (handle, context) =>
        message(
          await (await client()).request('POST', `/messages/${context.id(handle)}/cancel`, { signal: context.signal }),
          context,
        ),
    },
    find: {
      send: async (_input, context) => {
        const { items } = await found({ reference: context.reference }, context.signal)
        return items[0] === undefined ? undefined : message(items[0], context)
      },
    },
    webhooks: {
      recognises,
      receive: async (request, context) => {
        const { id: eventId, type, created_at: at, data } = await verified(request, secrets, context)
        const facts = data as unknown as VendorMessage & { reference?: string }
        if (type === 'message.status') {
          const { to, from, status, error, reference } = facts
          const failed = error === undefined ? {} : { failure: 'unreachable' as const, vendorCode: error }
          const ours = reference === undefined ? {} : { reference }
          return [
            { type, eventId, message: context.handle(vendorId(facts.id)), status, to, from, at, ...failed, ...ours, raw: data },
          ]
        }
        if (type === 'message.received') {
          const { to, from, text, media } = facts
          const consent = consentIn(text)
          const event: SmsEvent = {
            ...{ type, eventId, message: context.handle(vendorId(facts.id)), to, from, body: text, at, raw: data },
            ...(media.length === 0 ? {} : { media: [...media] }),
            ...(consent === undefined ? {} : { consent }),
          }
          return [event]
        }
        return [{ type: 'unknown', eventId, raw: data }]
      },
    },
  }
}

/** SMS at the invented vendor: the reference that the suite itself is tested with. */
export function memorySms(options: MemoryOptions): Sms & { readonly client: Promise<MemoryClient> } {
  return createProvider(sms, memorySmsDriver(options), { ...options, defaultBaseUrl: origin })
}
