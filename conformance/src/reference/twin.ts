import { hmac, toHex } from '@do/provider'
import type { RequestHandler } from 'msw'
import { TwinCore, type TwinOptions, type VendorVoice } from '../kit/twin-core.ts'
import type { PlacedCall, SentMessage, SmsTwin, TelephonyTwin, TwinNumber } from '../twin.ts'
import type { Account } from './account.ts'
import { notFound, problem } from './answers.ts'
import { answer, callOf, finishRecording, hangUp, incoming, press } from './call-run.ts'
import { callHandlers } from './calls.ts'
import { deliver, inbound, messageHandlers } from './messages.ts'
import { catalogue, numberHandlers } from './numbers.ts'

const routes: readonly (readonly [RegExp, Readonly<Record<string, string>>])[] = [
  [/^\/v1\/messages$/, { POST: 'messages.create', GET: 'messages.list' }],
  [/^\/v1\/messages\/[^/]+\/cancel$/, { POST: 'messages.cancel' }],
  [/^\/v1\/messages\/[^/]+$/, { GET: 'messages.get' }],
  [/^\/v1\/available-numbers$/, { GET: 'numbers.search' }],
  [/^\/v1\/numbers$/, { POST: 'numbers.buy', GET: 'numbers.list' }],
  [/^\/v1\/numbers\/[^/]+$/, { GET: 'numbers.get', PATCH: 'numbers.update', DELETE: 'numbers.release' }],
  [/^\/v1\/calls$/, { POST: 'calls.create', GET: 'calls.list' }],
  [/^\/v1\/calls\/[^/]+\/(flow|end)$/, { POST: 'calls.update' }],
  [/^\/v1\/calls\/[^/]+\/recordings$/, { POST: 'recordings.create', GET: 'recordings.list' }],
  [/^\/v1\/calls\/[^/]+$/, { GET: 'calls.get' }],
]

const voice = (secret: () => string): VendorVoice => ({
  operation: ({ method, path }) => routes.find(([pattern]) => pattern.test(path))?.[1][method],
  rateLimited: (seconds) => problem(429, 'slow_down', 'Too many requests.', undefined, { 'retry-after': String(seconds) }),
  serverError: (status) => problem(status, 'broken', 'Something broke.'),
  unauthorized: () => problem(401, 'bad_key', 'The key is not valid.'),
  invalid: () => problem(422, 'bad_request', 'The request is not valid.'),
  notFound,
  sign: async (webhook, at) => {
    const seconds = String(Math.floor(at / 1000))
    return { 'memory-time': seconds, 'memory-signature': toHex(await hmac('SHA-256', secret(), `${seconds}.${webhook.body}`)) }
  },
  forge: (headers) => ({ ...headers, 'memory-signature': '0'.repeat(64) }),
})

/**
 * An invented vendor with every capability: a small JSON API, signed webhooks, lists that lag behind. The smallest
 * complete example of a twin, and the vendor of the reference adapters.
 */
export class MemoryTwin extends TwinCore implements SmsTwin, TelephonyTwin {
  readonly vendor = 'memory'
  readonly baseUrl = 'https://api.memory.example'
  readonly signsTime = true
  readonly sender = '+14155550100'
  readonly caller = '+14155550100'
  readonly credentials: { readonly apiKey: string; readonly webhookSecret: string }
  readonly handlers: readonly RequestHandler[]
  protected readonly voice: VendorVoice
  #account: Account
  #events = 0

  constructor(options: TwinOptions = {}) {
    super(options)
    const suffix = options.seed === undefined ? '' : `-${options.seed}`
    this.credentials = { apiKey: `key-for-tests-only${suffix}`, webhookSecret: `webhook-secret-for-tests${suffix}` }
    this.voice = voice(() => this.credentials.webhookSecret)
    this.#account = this.#fresh()
    // The routes look the account up at each request, because `reset` replaces it.
    const account = new Proxy({} as Account, {
      get: (_, name) => Reflect.get(this.#account, name),
      set: (_, name, value) => Reflect.set(this.#account, name, value),
    })
    this.handlers = [...messageHandlers(account), ...numberHandlers(account), ...callHandlers(account)]
  }

  get secrets(): readonly string[] {
    return Object.values(this.credentials)
  }

  protected clear(): void {
    this.#account = this.#fresh()
    this.#events = 0
  }

  #fresh(): Account {
    const own = { id: 'num_own', number: this.sender, features: ['voice', 'sms', 'mms'], createdAt: 0 } as const
    return {
      clock: this.clock,
      random: this.random,
      apiKey: this.credentials.apiKey,
      messages: [],
      forSale: catalogue(this.random),
      numbers: [{ ...own }],
      purchases: [],
      calls: [],
      recordings: [],
      optedOut: new Set(),
      answers: new Map(),
      notify: (url, type, data) => {
        this.#events += 1
        const body = JSON.stringify({
          id: `evt_${this.#events}`,
          type,
          created_at: new Date(this.clock.now()).toISOString(),
          data,
        })
        return this.send({ url: url ?? this.webhookUrl, contentType: 'application/json', body })
      },
    }
  }

  sent(): readonly SentMessage[] {
    return this.#account.messages
      .filter(({ direction }) => direction === 'outbound')
      .map(({ id, to, from, text, media, createdAt, status }) => ({ id, to, from, body: text, media, at: createdAt, status }))
  }

  deliver(id: string, outcome: 'sent' | 'delivered' | 'undelivered' | 'failed' = 'delivered'): Promise<void> {
    return deliver(this.#account, id, outcome)
  }

  inbound({ from, to = this.sender, body, media = [] }: Parameters<SmsTwin['inbound']>[0]): Promise<string> {
    return inbound(this.#account, { from, to, body, media })
  }

  async unknownEvent(): Promise<void> {
    await this.#account.notify(undefined, 'weather.changed', { sky: 'clear' })
  }

  optOut(number: string): void {
    this.#account.optedOut.add(number)
  }

  owned(): readonly TwinNumber[] {
    return this.#account.numbers.filter(({ id }) => id !== 'num_own')
  }

  purchases(): readonly string[] {
    return this.#account.purchases
  }

  calls(): readonly PlacedCall[] {
    return this.#account.calls.map(({ id, to, from, createdAt, direction, status, endedAt, heard }) => ({
      ...{ id, to, from, direction, status, heard: [...heard] },
      at: createdAt,
      ended: endedAt !== undefined,
      recordings: this.#account.recordings.filter(({ call }) => call === id).map((recording) => recording.id),
    }))
  }

  answer(id: string): Promise<void> {
    return answer(this.#account, id)
  }

  miss(id: string, how: 'busy' | 'no-answer' | 'failed'): Promise<void> {
    return hangUp(this.#account, callOf(this.#account, id), how)
  }

  press(id: string, digits: string): Promise<void> {
    return press(this.#account, id, digits)
  }

  finishRecording(id: string): Promise<void> {
    return finishRecording(this.#account, id)
  }

  async hangup(id: string): Promise<void> {
    await hangUp(this.#account, callOf(this.#account, id), 'completed')
  }

  incoming({ from, to = this.caller }: Parameters<TelephonyTwin['incoming']>[0]): Promise<string> {
    return incoming(this.#account, from, to)
  }
}

export const memoryTwin = (options?: TwinOptions): MemoryTwin => new MemoryTwin(options)
