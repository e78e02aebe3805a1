import { type Page, refuse } from '@do/provider'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Document, Query } from '../collection/types.ts'
import { anything, kindSchema, list, missing, oneOf, optional, text, whole } from './check.ts'

/** Where somebody wants to be told. Its secrets are made from the object's key, not stored: nothing of them is in change events. */
export interface Endpoint {
  readonly url: string
  /** `Order.placed`, `Order.*`, `*`. */
  readonly events: readonly string[]
  /** `failed`: switched off here, after too many failures in a row. */
  readonly state: 'active' | 'paused' | 'failed'
  readonly failures: number
  /** Counted up by `rotate`. */
  readonly secretVersion: number
}

/** One event for one endpoint, until it is through. */
export interface Delivery {
  readonly endpoint: string
  readonly event: string
  /** Also the `webhook-id`: the receiver knows a repeated one by it. */
  readonly message: string
  /** JSON text: signed and sent as it is. */
  readonly body: string
  readonly state: 'waiting' | 'delivered' | 'dead'
  readonly attempts: number
  /** Epoch milliseconds. */
  readonly dueAt: number
  /** Of the last answer. */
  readonly status?: number
}

export interface WebhookOptions {
  /** Tries of one delivery before it is dead. Default 8. */
  readonly attempts?: number
  /** Pause after the first failure, doubled with each further one up to a day. Default 5,000 ms. */
  readonly backoffMs?: number
  /** Deliveries that die one after another before their endpoint is switched off. Default 5. */
  readonly failuresAllowed?: number
  /** Also http and hosts that are addresses or local names: for tests. Default false. */
  readonly anyHost?: boolean
}

/** The outbox: what is to be sent is written with the change that it tells; sending it is somebody else's. */
export interface Webhooks {
  /** `invalid_url` for anything but https to a public name; `invalid_input` */
  add(endpoint: { readonly url: string; readonly events: readonly string[] }): Document<Endpoint>
  get(id: string): Document<Endpoint> | undefined
  pause(id: string): Document<Endpoint>
  /** Also brings one back that was switched off. */
  resume(id: string): Document<Endpoint>
  /** A new secret; the one before stays valid beside it until the next. */
  rotate(id: string): Document<Endpoint>
  /** With all that waits for it. */
  remove(id: string): boolean
  list(query?: Query): Page<Document<Endpoint>>
  /** Writes a delivery for each active endpoint that wants the event; in the transaction around it. */
  publish(event: string, data: unknown): readonly Document<Delivery>[]
  /** What is due, the earliest first. Default limit 100. */
  due(limit?: number): readonly Document<Delivery>[]
  /** When the next is due; undefined when nothing waits. */
  nextDueAt(): number | undefined
  delivered(id: string, status: number): Document<Delivery>
  /** Waits for another try, or is dead. `status` where there was an answer. */
  failed(id: string, status?: number): Document<Delivery>
  /** A dead one gets all its attempts again. */
  redrive(id: string): Document<Delivery>
  /** By `endpoint`, `state`, `event`. */
  deliveries(query?: Query): Page<Document<Delivery>>
}

const eventName = text(128, /^(\*|[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*(\.\*)?)$/)
const endpointSchema = kindSchema<Endpoint>({
  url: text(2_000),
  events: list(eventName),
  state: oneOf('active', 'paused', 'failed'),
  failures: whole(),
  secretVersion: whole(1),
})
const deliverySchema = kindSchema<Delivery>({
  endpoint: text(),
  event: eventName,
  message: text(),
  body: anything,
  state: oneOf('waiting', 'delivered', 'dead'),
  attempts: whole(),
  dueAt: whole(),
  status: optional(whole(100, 599)),
})

export function createWebhooks(kernel: CollectionKernel, options: WebhookOptions = {}): Webhooks {
  const { attempts = 8, backoffMs = 5_000, failuresAllowed = 5, anyHost = false } = options
  const endpoints = collectionIn<Endpoint>(kernel, 'webhooks', endpointSchema, { indexes: ['state'] })
  const deliveries = collectionIn<Delivery>(kernel, 'webhook_deliveries', deliverySchema, {
    indexes: ['event', ['state', 'dueAt'], ['endpoint', 'state']],
  })
  const now = () => kernel.clock().now()
  const waiting = (id: string, states: readonly string[]) => {
    const found = deliveries.get(id)
    if (found === undefined) throw missing('delivery', id)
    if (states.includes(found.state)) return found
    throw refuse('invalid_state', `This delivery is ${found.state}. List the deliveries to see what waits.`, { field: 'state' })
  }

  return {
    add: ({ url, events }) =>
      endpoints.insert({ url: checkedUrl(url, anyHost), events, state: 'active', failures: 0, secretVersion: 1 }),
    get: (id) => endpoints.get(id),
    pause: (id) => endpoints.update(id, { state: 'paused' }),
    resume: (id) => endpoints.update(id, { state: 'active', failures: 0 }),
    rotate: (id) => endpoints.update(id, (now) => ({ ...now, secretVersion: now.secretVersion + 1 })),
    remove: (id) =>
      kernel.transaction(() => {
        for (;;) {
          const { items } = deliveries.list({ where: { endpoint: id }, limit: 1_000, select: [] })
          for (const { $id } of items) deliveries.delete($id)
          if (items.length < 1_000) return endpoints.delete(id)
        }
      }),
    list: (query) => endpoints.list(query),
    publish: (event, data) => {
      if (eventName(event) !== undefined || event.includes('*')) {
        throw refuse('invalid_input', 'An event has a name such as "Order.placed".', { field: 'event' })
      }
      return kernel.transaction(() => {
        const made: Document<Delivery>[] = []
        let cursor: string | undefined
        do {
          const page = endpoints.list({ where: { state: 'active' }, limit: 1_000, ...(cursor === undefined ? {} : { cursor }) })
          for (const { $id: endpoint, events } of page.items) {
            if (!events.some((wanted) => wants(wanted, event))) continue
            const at = now()
            const message = `msg_${crypto.randomUUID()}`
            const body = JSON.stringify({ type: event, timestamp: new Date(at).toISOString(), data: data ?? null })
            made.push(deliveries.insert({ endpoint, event, message, body, state: 'waiting', attempts: 0, dueAt: at }))
          }
          cursor = page.cursor
        } while (cursor !== undefined)
        return made
      })
    },
    due: (limit) =>
      deliveries.list({
        where: { state: 'waiting', dueAt: { lte: now() } },
        orderBy: ['state', 'dueAt'],
        ...(limit === undefined ? {} : { limit }),
      }).items,
    nextDueAt: () => deliveries.list({ where: { state: 'waiting' }, orderBy: ['state', 'dueAt'], limit: 1 }).items[0]?.dueAt,
    delivered: (id, status) =>
      kernel.transaction(() => {
        const { endpoint, attempts: tried } = waiting(id, ['waiting'])
        const known = endpoints.get(endpoint)
        if (known !== undefined && known.failures > 0) endpoints.update(endpoint, { failures: 0 })
        return deliveries.update(id, { state: 'delivered', attempts: tried + 1, status })
      }),
    failed: (id, status) =>
      kernel.transaction(() => {
        const found = waiting(id, ['waiting'])
        const tried = found.attempts + 1
        const dead = tried >= attempts
        const endpoint = endpoints.get(found.endpoint)
        if (dead && endpoint !== undefined) {
          const failures = endpoint.failures + 1
          endpoints.update(endpoint.$id, {
            failures,
            ...(failures >= failuresAllowed && endpoint.state === 'active' ? { state: 'failed' } : {}),
          })
        }
        return deliveries.update(id, {
          attempts: tried,
          state: dead ? 'dead' : 'waiting',
          dueAt: now() + Math.min(backoffMs * 2 ** (tried - 1), 86_400_000),
          ...(status === undefined ? {} : { status }),
        })
      }),
    redrive: (id) => {
      waiting(id, ['dead'])
      return deliveries.update(id, { state: 'waiting', attempts: 0, dueAt: now() })
    },
    deliveries: (query) => deliveries.list(query),
  }
}

/**
 * Headers of a delivery by Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body. After a rotation
 * the signature of the secret before stands beside the new one. `key` is the object's own, of 32 bytes, from its vault.
 */
export async function signDelivery(
  key: Uint8Array<ArrayBuffer>,
  endpoint: Document<Endpoint>,
  { message, body }: Delivery,
  at: number,
): Promise<Readonly<Record<string, string>>> {
  const seconds = Math.floor(at / 1_000)
  const versions = [endpoint.secretVersion, endpoint.secretVersion - 1].filter((version) => version >= 1)
  const signatures = await Promise.all(
    versions.map(
      async (version) =>
        `v1,${base64(await hmac(await secretBytes(key, endpoint.$id, version), `${message}.${seconds}.${body}`))}`,
    ),
  )
  return {
    'content-type': 'application/json',
    'webhook-id': message,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  }
}

/** What the owner of the endpoint is shown once, to verify with: `whsec_…`. */
export async function webhookSecret(key: Uint8Array<ArrayBuffer>, endpoint: Document<Endpoint>): Promise<string> {
  return `whsec_${base64(await secretBytes(key, endpoint.$id, endpoint.secretVersion))}`
}

async function secretBytes(key: Uint8Array<ArrayBuffer>, endpoint: string, version: number): Promise<Uint8Array<ArrayBuffer>> {
  if (key.length < 32) throw refuse('invalid_key', 'The key that secrets are made from has at least 32 bytes.', { field: 'key' })
  return new Uint8Array(await hmac(key, `webhook:${endpoint}:${version}`))
}

async function hmac(key: Uint8Array<ArrayBuffer>, message: string): Promise<ArrayBuffer> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(message))
}

function base64(bytes: ArrayBuffer | Uint8Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
}

function wants(wanted: string, event: string): boolean {
  return wanted === '*' || wanted === event || (wanted.endsWith('.*') && event.startsWith(wanted.slice(0, -1)))
}

/** A name may still lead inside: whoever sends has to refuse private addresses after looking it up. */
function checkedUrl(given: string, anyHost: boolean): string {
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined
  const named =
    url !== undefined &&
    /\.[a-z][a-z0-9-]*\.?$/.test(url.hostname) &&
    !/\.(local|localhost|internal|home\.arpa)\.?$/.test(url.hostname)
  const good = anyHost ? url?.protocol === 'http:' || url?.protocol === 'https:' : url?.protocol === 'https:' && named
  if (url !== undefined && good && url.username === '' && url.password === '') return url.href
  throw refuse('invalid_url', 'An endpoint is an https URL of a public host name, without credentials in it.', { field: 'url' })
}
