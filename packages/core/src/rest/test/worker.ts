import { problem } from '../../http/problem.ts'
import { mcp } from '../../mcp/mcp.ts'
import { DigitalObject } from '../../object/digital-object.ts'
import type { ObjectContext } from '../../platform/types.ts'
import { createWorker } from '../../worker/create-worker.ts'
import { rest } from '../rest.ts'
import { anything, fields, filled, flag, maybe, number, text, unnamed } from './schemas.ts'

interface Order {
  readonly status: string
  readonly total: number
  readonly paid?: boolean | undefined
  readonly zip?: string | undefined
  readonly note?: unknown
  readonly customer?: { readonly email?: string | undefined; readonly tags?: unknown } | undefined
}

const customer = fields<{ email?: string | undefined; tags?: unknown }>({ email: maybe(text), tags: maybe(anything) })
const Order = fields<Order>({
  status: text,
  total: number,
  paid: maybe(flag),
  zip: maybe(text),
  note: maybe(anything),
  customer: maybe(customer),
})

/** A shop over HTTP: what tests ask for stands beside what must not exist. */
export class Shop extends DigitalObject<{ SINK?: string }> {
  static override readonly prefix = '/shop'
  static override readonly methods = {
    rename: {
      input: [filled],
      parameters: ['name'],
      output: text,
      description: 'Renames the shop.',
    },
    add: { kind: 'read', input: [number, maybe(number)], parameters: ['a', 'b'], output: number },
    count: { kind: 'read' },
    slow: { input: [unnamed(text)], parameters: ['word'] },
    broken: {},
    refuses: {},
    admin: { scopes: ['admin'] },
  } as const

  orders = this.collection('orders', Order, { indexes: ['status', 'total', 'paid', 'zip', 'customer.email'] })
  notes = this.collection<{ text?: string; constructor?: unknown }>('notes', undefined, { indexes: ['text'] })
  secrets = this.collection<{ text: string }>('secrets')

  constructor(ctx: ObjectContext, env: { SINK?: string }) {
    super(ctx, env)
    this.use((context, next) => {
      const token = context.request.headers.get('authorization')
      if (token === 'Bearer nobody') throw problem(401, 'unauthorized', 'Send a token that is known.')
      const scopes = token === 'Bearer root' ? ['admin'] : (context.request.headers.get('x-scopes')?.split(',') ?? [])
      if (token !== null) context.vars.principal = { id: token.slice(7), scopes }
      return next()
    })
    this.$calls.authorize((call) => call.context.principal !== 'stranger')
    this.$calls.authorize((call) => !(call.context.principal === 'guest' && call.kind === 'write'))
    rest(this, {
      title: 'Shop',
      collections: {
        orders: { collection: this.orders, schema: Order, filters: ['status', 'total', 'paid', 'zip', 'customer.email'] },
        notes: this.notes,
        archive: { collection: this.orders, allow: ['list', 'read'], schema: Order },
        locked: { collection: this.notes, requireMatch: true, scopes: { write: ['admin'] } },
      },
    })
    mcp(this, { collections: { orders: this.orders } })
    this.route('GET', '/made', () => ({ made: this.$exists }))
    this.route('GET', '/own', () => ({ own: true }))
    this.route('GET', '/looked', () => ({
      name: this.state.get('name') ?? null,
      runs: this.state.get('runs') ?? 0,
      orders: this.orders.count(),
      answers: ctx.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'do_answers'").toArray().length,
    }))
  }

  rename(name: string): string {
    this.state.set('name', name)
    this.#ran()
    return name
  }

  add(a: number, b = 1): number {
    return a + b
  }

  count(): number {
    return this.orders.count()
  }

  /** Its effect is on disk; its answer waits for somebody else. */
  async slow(word: string): Promise<string> {
    this.#ran()
    await fetch(`${this.env.SINK}/wait`)
    return word
  }

  broken(): never {
    this.#ran()
    throw new Error('a secret nobody may read')
  }

  refuses(): never {
    throw problem(422, 'not_now', 'Come again later.')
  }

  admin(): string {
    return 'yes'
  }

  /** Not exposed. */
  destroy(): void {
    this.#ran()
  }

  #ran(): void {
    this.state.set('runs', (this.state.get<number>('runs') ?? 0) + 1)
  }
}

export default createWorker({ Shop }, { maxBodyBytes: 2_000_000, origin: (env: { ORIGIN?: string }) => env.ORIGIN })
