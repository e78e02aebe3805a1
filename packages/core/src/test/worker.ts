import { createCollection } from '../collection/collection.ts'
import {
  type Collection,
  type CollectionOptions,
  createWorker,
  DigitalObject,
  durableBreakers,
  durableIntents,
  notFound,
  type ObjectClass,
  type ObjectContext,
  problem,
  type Schema,
} from '../index.ts'
import { scenarios } from './scenarios.ts'

/** What `/call` may reach. */
export type Room = 'state' | 'orders' | 'jobs' | 'intents' | 'breakers'

interface Order {
  readonly status?: string | null
  readonly total?: number
  readonly paid?: boolean
  readonly customer?: { readonly email: string }
  readonly note?: string
}

/** A desk that lets tests call each room of the runtime over HTTP and look at what it did. */
export class Desk extends DigitalObject<{ SINK?: string }> {
  static override readonly prefix = '/t'
  static override readonly jobOptions = { attempts: 3, backoffMs: 20, maxBackoffMs: 100, deadManMs: 300, concurrency: 2 }

  orders = this.collection<Order>('orders', undefined, { indexes: ['status', 'total', 'paid'], unique: ['customer.email'] })
  intents = durableIntents(this.ctx.storage, { jobs: this.jobs, retentionMs: 60_000 })
  breakers = durableBreakers(this.ctx.storage)
  /** What ran in this life of the object. */
  readonly ran: string[] = []

  constructor(ctx: ObjectContext, env: { SINK?: string }) {
    super(ctx, env)
    this.use(async (context, next) => {
      if (context.request.headers.get('x-refuse') !== null) throw problem(401, 'unauthorized', 'Send a token.')
      context.vars.seen = 'by middleware'
      const response = await next()
      response.headers.set('x-after', String(response.status))
      return response
    })
    this.use((context, next) => (context.request.headers.get('x-short') === null ? next() : new Response('short')))
    this.route('GET', '/', () => ({ ...this.$record, name: this.$name, exists: this.$exists }))
    this.route('GET', '/things/:id', ({ params, vars }) => ({ id: params.id, seen: vars.seen }))
    this.route('GET', '/things/fixed', () => ({ fixed: true }))
    this.route('PUT', '/things/:id', async (context) => context.json())
    this.route('GET', '/missing', () => {
      throw notFound('The thing')
    })
    this.route('GET', '/broken', () => {
      throw new Error('a secret nobody may read')
    })
    this.route('POST', '/hooks/:provider/*', async ({ request, params, url }) => {
      const bytes = new Uint8Array(await request.arrayBuffer())
      return { bytes: [...bytes], params, url: url.href, type: request.headers.get('content-type') }
    })
    this.route('POST', '/call', async (context) => {
      const { on, method, args } = (await context.json()) as { on: Room; method: string; args: unknown[] }
      const room = this[on] as unknown as Record<string, (...args: unknown[]) => unknown>
      return { result: (await room[method]?.(...args)) ?? null }
    })
    this.route('POST', '/scenario/:name', async (context) => {
      const scenario = scenarios[context.params.name ?? '']
      if (scenario === undefined) throw notFound('The scenario')
      return { result: (await scenario(this)) ?? null }
    })
    this.jobs.define<string>('note', (word) => {
      this.ran.push(word)
      return () => this.state.set(`ran:${word}`, this.clock.now())
    })
    this.jobs.define('fail', (_, job) => {
      this.state.set(`attempt:${job.attempts}`, true)
      throw Object.assign(new Error('with a secret'), { code: 'always' })
    })
    this.jobs.define('hang', async (_, job) => {
      this.state.set('hang', job.attempts)
      await this.ctx.storage.sync()
      if (job.attempts === 1) await fetch(`${this.env.SINK}/hang`)
      return () => this.state.set('hung', job.attempts)
    })
    this.jobs.define('slow', () => fetch(`${this.env.SINK}/wait`).then(() => undefined))
    this.jobs.define(
      'stuck',
      (_, job) => new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason))),
      {
        timeoutMs: 30,
        attempts: 1,
      },
    )
  }

  /** A collection as another life of this object would open it: nothing is remembered of which tables are there. */
  reopen<T extends object>(name: string, schema: Schema<T> | undefined, options: CollectionOptions): Collection<T> {
    const { storage } = this.ctx
    const forgetful = new Proxy(storage, {
      get: (_, property) => {
        const value: unknown = storage[property as keyof typeof storage]
        return typeof value === 'function' ? value.bind(storage) : value
      },
    })
    return createCollection<T>({ storage: forgetful, now: () => this.clock.now(), exists: () => {}, name, schema, options })
  }
}

/** What a mixin adds: every request is noted, and may be read back. */
function withVisits<B extends ObjectClass>(Base: B) {
  return class extends Base {
    // biome-ignore lint/suspicious/noExplicitAny: TypeScript wants exactly this signature from a mixin
    constructor(...args: any[]) {
      super(...args)
      this.use((context, next) => {
        this.state.set('visits', this.visits + 1)
        return context.path === '/deny' ? new Response('denied', { status: 403 }) : next()
      })
      this.route('GET', '/visits', () => ({ visits: this.visits, type: this.$type }))
    }

    get visits(): number {
      return this.state.get<number>('visits') ?? 0
    }
  }
}

/** Without a prefix of its own: mounted under its name. */
export class FrontDoor extends withVisits(DigitalObject) {}

export default createWorker(
  { Desk, FrontDoor },
  {
    maxBodyBytes: 10_000,
    origin: (env: { ORIGIN?: string }) => env.ORIGIN,
    routes: (router) => router.on('GET', '/about', () => ({ about: 'this' })),
  },
)
