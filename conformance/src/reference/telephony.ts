import { createProvider, type Descriptor, type Driver, type DriverContext } from '@do/provider'
import { type Call, type OwnedNumber, type Recording, type Telephony, type TelephonyEvent, telephony } from '@do/telephony'
import { type MemoryClient, type MemoryRequest, memoryClient, origin } from './client.ts'
import { errors, fault } from './errors.ts'
import { type MemoryOptions, vendorId } from './sms.ts'
import { recognises, toleranceSeconds, verified } from './webhooks.ts'

const verbs = ['say', 'play', 'gather', 'dial', 'conference', 'record', 'pause', 'redirect', 'reject', 'hangup']

const descriptor: Descriptor = {
  vendor: 'memory',
  docs: 'https://memory.example/docs',
  capabilities: {
    ...Object.fromEntries(verbs.map((verb) => [`flow.${verb}`, true] as const)),
    'machine-detection': 'The vendor has nobody to detect.',
    'list-calls': true,
    'toll-free': true,
    price: true,
  },
  limits: { webhookToleranceSeconds: toleranceSeconds },
  operations: {
    'numbers.buy': { class: 'referenced', settleMs: 2_000, find: 'reference' },
    'numbers.configure': { class: 'convergent' },
    'numbers.release': { class: 'convergent' },
    'calls.make': { class: 'referenced', settleMs: 2_000, find: 'reference' },
    'calls.update': { class: 'opaque' },
    'calls.end': { class: 'convergent' },
    'calls.record': { class: 'opaque' },
  },
}

type Handles = Pick<DriverContext, 'handle'>
type Raw = Readonly<Record<string, any>>

function owned(raw: Raw, { handle }: Handles): OwnedNumber {
  const { id, number, status, features, label, call_url: callUrl, message_url: messageUrl } = raw
  return { id: handle(vendorId(id)), number, status, features, label, callUrl, messageUrl, raw }
}

function call(raw: Raw, { handle }: Handles): Call {
  const { id, direction, to, from, status, seconds, price } = raw
  return {
    ...{ id: handle(vendorId(id)), direction, to, from, status, raw },
    createdAt: raw.created_at,
    answeredAt: raw.answered_at,
    endedAt: raw.ended_at,
    ...(seconds === undefined ? {} : { durationSeconds: seconds }),
    ...(price === undefined ? {} : { price: { decimal: price.amount, currency: price.currency } }),
  }
}

function recording(raw: Raw, { handle }: Handles): Recording {
  const { id, status, seconds, url } = raw
  return {
    ...{ id: handle(vendorId(id)), call: handle(vendorId(raw.call)), status, url, raw },
    createdAt: raw.created_at,
    ...(seconds === undefined ? {} : { durationSeconds: seconds }),
  }
}

export function memoryTelephonyDriver(options: MemoryOptions): Driver<typeof telephony, MemoryClient> {
  let made: MemoryClient | undefined
  const client = async () => (made ??= memoryClient(options))
  const secrets = typeof options.webhookSecret === 'string' ? [options.webhookSecret] : options.webhookSecret
  const ask = async (method: string, path: string, more: MemoryRequest) => (await client()).request(method, path, more)
  const page = async <T>(
    path: string,
    query: NonNullable<MemoryRequest['query']>,
    signal: AbortSignal,
    read: (item: Raw) => T,
  ) => {
    const { items, cursor } = await ask('GET', path, { query, signal })
    return { items: (items as Raw[]).map(read), ...(typeof cursor === 'string' ? { cursor } : {}) }
  }
  const webhook_url = options.webhookUrl
  return {
    descriptor,
    client,
    errors,
    fault,
    operations: {
      numbers: {
        search: ({ country, type, areaCode, contains, features, limit, cursor }, context) => {
          const query = { country, type, area_code: areaCode, contains, features: features?.join(','), limit, cursor }
          return page('/available-numbers', query, context.signal, (raw) => ({
            ...{ id: context.handle(String(raw.number)), number: String(raw.number), country: String(raw.country), raw },
            ...{ type: raw.type, features: raw.features, locality: raw.locality },
            monthlyPrice: { decimal: raw.monthly_price.amount, currency: raw.monthly_price.currency },
          }))
        },
        buy: async ({ id, label, callUrl, messageUrl }, context) => {
          const { reference, signal } = context
          const body = { number: context.id(id), label, call_url: callUrl, message_url: messageUrl, reference }
          return owned(await ask('POST', '/numbers', { body, signal }), context)
        },
        get: async (handle, context) =>
          owned(await ask('GET', `/numbers/${context.id(handle)}`, { signal: context.signal }), context),
        list: (filters, context) => page('/numbers', filters, context.signal, (raw) => owned(raw, context)),
        configure: async ({ id, label, callUrl, messageUrl }, context) => {
          const body = { label, call_url: callUrl, message_url: messageUrl }
          return owned(await ask('PATCH', `/numbers/${context.id(id)}`, { body, signal: context.signal }), context)
        },
        release: async (handle, context) => {
          try {
            await ask('DELETE', `/numbers/${context.id(handle)}`, { signal: context.signal })
          } catch (error) {
            // Gone is what was wanted.
            if (fault(error).vendorCode !== 'not_found') throw error
          }
          return { id: handle, released: true }
        },
      },
      calls: {
        make: async ({ to, from, flow, timeout, record }, context) => {
          const { reference, signal } = context
          const body = { to, from, flow, timeout, record, reference, webhook_url }
          return call(await ask('POST', '/calls', { body, signal }), context)
        },
        get: async (handle, context) =>
          call(await ask('GET', `/calls/${context.id(handle)}`, { signal: context.signal }), context),
        list: (filters, context) => page('/calls', filters, context.signal, (raw) => call(raw, context)),
        update: async ({ id, flow }, context) =>
          call(await ask('POST', `/calls/${context.id(id)}/flow`, { body: { flow }, signal: context.signal }), context),
        end: async (handle, context) =>
          call(await ask('POST', `/calls/${context.id(handle)}/end`, { signal: context.signal }), context),
        record: async ({ id, maxSeconds }, context) => {
          const body = { max_seconds: maxSeconds }
          return recording(await ask('POST', `/calls/${context.id(id)}/recordings`, { body, signal: context.signal }), context)
        },
        recordings: ({ id, limit, cursor }, context) =>
          page(`/calls/${context.id(id)}/recordings`, { limit, cursor }, context.signal, (raw) => recording(raw, context)),
      },
      respond: async ({ flow }) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: flow === undefined ? '{}' : JSON.stringify({ flow }),
      }),
    },
    find: {
      'numbers.buy': async (_input, context) =>
        (await page('/numbers', { reference: context.reference }, context.signal, (raw) => owned(raw, context))).items[0],
      'calls.make': async (_input, context) =>
        (await page('/calls', { reference: context.reference }, context.signal, (raw) => call(raw, context))).items[0],
    },
    webhooks: {
      recognises,
      receive: async (request, context) => {
        const { id: eventId, type, created_at: at, data } = await verified(request, secrets, context)
        const raw: Raw = data
        if (!type.startsWith('call.')) return [{ type: 'unknown', eventId, raw }]
        const { to, from, status, reference, seconds } = raw
        const facts = { eventId, call: context.handle(vendorId(raw.id)), to, from, at, reference, raw, awaiting: false }
        const event: Readonly<Record<string, () => TelephonyEvent>> = {
          'call.incoming': () => ({ ...facts, type: 'call.incoming', awaiting: true }),
          'call.status': () => ({ ...facts, type: 'call.status', status, durationSeconds: seconds }),
          'call.gathered': () => ({ ...facts, type: 'call.gathered', awaiting: true, digits: raw.digits, reason: raw.reason }),
          'call.recorded': () => ({
            ...{ ...facts, type: 'call.recorded', recording: context.handle(vendorId(raw.recording)) },
            ...{ url: raw.url, durationSeconds: seconds },
          }),
        }
        return [event[type]?.() ?? { type: 'unknown', eventId, raw }]
      },
    },
  }
}

/** Telephony at the invented vendor. */
export function memoryTelephony(options: MemoryOptions): Telephony & { readonly client: Promise<MemoryClient> } {
  return createProvider(telephony, memoryTelephonyDriver(options), { ...options, defaultBaseUrl: origin })
}
