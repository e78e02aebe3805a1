import { type Call, createWorker, DigitalObject, type ObjectContext, problem } from '../../full.ts'
import { withCall } from '../../kernel/call-context.ts'
import { count, sum } from '../aggregates.ts'
import type { ChangeOptions } from '../types.ts'
import { type Delivery, deliverDoor } from '../wire.ts'
import { scenarios } from './scenarios.ts'

export interface Order {
  readonly total: number
  readonly currency: string
  readonly status?: string
}

export const aggregate = {
  orders: count('collection:orders'),
  revenue: sum('collection:orders', 'total', { by: 'currency' }),
  paid: sum('collection:orders', 'total', { where: { status: 'paid' } }),
}

const quick = { backoffMs: 5, maxBackoffMs: 20, deadManMs: 50 }
const up: ChangeOptions['up'] = { filter: { source: 'collection:*' }, batch: { max: 20, ms: 1 } }
const retention = { rows: 1_000_000 }

/** Ids of orders that jobs have written, by the object's name: outlives the objects. */
export const acknowledged = new Map<string, string[]>()

/** What every level of the tests' tree has: orders, and what happened to each of them once written down for each. */
export class Node extends DigitalObject {
  static override readonly jobOptions = quick
  static override readonly actionOptions = { deadManMs: 50, random: () => 0 }
  static override readonly changes: ChangeOptions | false = { aggregate, retention, feed: true }

  orders = this.collection<Order>('orders')
  /** Of this life: what the handler is to throw, and how often it ran. */
  refusing = false
  readonly batches: { child: string; reset: boolean; keys: string[] }[] = []
  readonly offset: { ms: number } = { ms: 0 }
  /** Jobs and actions of this life, and what lets the held ones go. */
  readonly ran: string[] = []
  readonly held = Promise.withResolvers<void>()

  constructor(ctx: ObjectContext, env: unknown) {
    super(ctx, env)
    const real = this.clock
    this.clock = { ...real, now: () => real.now() + this.offset.ms }
    this.migrate([
      {
        name: 'applied',
        // A change that is applied twice breaks the key.
        up: ({ sql }) =>
          void sql.exec(
            'CREATE TABLE applied (id TEXT, epoch INTEGER, sequence INTEGER, body TEXT, PRIMARY KEY (id, epoch, sequence))',
          ),
      },
    ])
    this.$changes.onChild(({ child, changes, reset }) => {
      if (this.refusing) throw problem(409, 'refusing', 'Not now.')
      this.batches.push({ child, reset, keys: changes.map(({ key }) => key) })
      for (const { origin, after, source } of changes) {
        if (source === 'aggregate') continue
        const query = 'INSERT INTO applied VALUES (?, ?, ?, ?)'
        ctx.storage.sql.exec(query, origin?.id ?? '', origin?.epoch ?? 0, origin?.sequence ?? 0, JSON.stringify(after ?? null))
      }
    })
    this.jobs.define('hold', () => this.held.promise)
    this.jobs.define('note', (word) => void this.ran.push(String(word)))
    // Writes for as long as it is let, and notes outside of the object what was acknowledged.
    this.jobs.define('busy', async () => {
      for (let index = 0; ; index += 1) {
        const id = `busy-${index}`
        this.orders.insert({ total: 1, currency: 'EUR' }, { id })
        acknowledged.set(this.$name, [...(acknowledged.get(this.$name) ?? []), id])
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })
    this.$actions.define('hold', { run: () => this.held.promise })
    this.$actions.define('note', { run: (word) => void this.ran.push(String(word)) })
    this.$events.on('Order.told', ({ data }) => void this.state.set(`heard:${data}`, 1))
    // Reads are answered while the object is suspended or on its way out.
    this.route('GET', '/scenario/:name', async ({ params, url }) => {
      const input: unknown = JSON.parse(url.searchParams.get('input') ?? 'null')
      return { result: (await scenarios[params.name ?? '']?.(this, input as never)) ?? null }
    })
    this.route('POST', '/order', async (context) => {
      const { id, total } = (await context.json()) as { id: string; total: number }
      if (this.orders.get(id) === undefined) this.orders.insert({ total, currency: total % 2 ? 'EUR' : 'USD' }, { id })
      return { id }
    })
    this.route('POST', '/scenario/:name', async (context) => {
      const scenario = scenarios[context.params.name ?? '']
      if (scenario === undefined) throw problem(404, 'not_found', 'No such scenario.')
      const call = { requestId: context.requestId, principal: 'ada' }
      const input = (await context.json()) as never
      return { result: (await withCall(call, () => scenario(this, input))) ?? null }
    })
    this.route('POST', '/grouped', async () => {
      const id = await this.$writer.write(() => {
        const key = `k${Math.random()}`
        this.state.set(key, 'v'.repeat(100))
        return key
      })
      return { id }
    })
    this.route('POST', '/single', () => {
      const key = `k${Math.random()}`
      this.state.set(key, 'v'.repeat(100))
      return { id: key }
    })
  }

  /** As if a child had sent it. */
  deliver(delivery: Delivery): Promise<unknown> {
    return this.kernel.doors.open(deliverDoor, delivery, undefined)
  }

  /** The database as it was: what a restore does. */
  dump(): Record<string, unknown[]> {
    const { sql } = this.ctx.storage
    const names = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
      .toArray()
      .map(({ name }) => name)
      .filter((name) => name !== 'do_jobs' && !name.startsWith('sqlite'))
    return Object.fromEntries(names.map((name) => [name, sql.exec(`SELECT * FROM "${name}"`).toArray()]))
  }

  restore(dump: Record<string, Record<string, string | number | null>[]>): void {
    const { sql } = this.ctx.storage
    this.transaction(() => {
      for (const name of Object.keys(this.dump())) sql.exec(`DELETE FROM "${name}"`)
      for (const [name, rows] of Object.entries(dump)) {
        for (const row of rows) {
          const fields = Object.keys(row).filter((field) => !['status', 'total'].includes(field) || name !== 'c_orders')
          const query = `INSERT INTO "${name}" (${fields.map((field) => `"${field}"`).join(', ')}) VALUES (${fields.map(() => '?').join(', ')})`
          sql.exec(query, ...fields.map((field) => row[field] ?? null))
        }
      }
    })
  }
}

export class Business extends Node {}
export class Saas extends Node {
  static override readonly changes: ChangeOptions | false = { aggregate, retention, up, feed: true, backlog: 1_000 }
}
export class Tenant extends Node {
  static override readonly changes: ChangeOptions | false = { aggregate, retention, up, feed: true }
}
/** Tells only how its totals move, and under another name what is paid. */
export class Terse extends Node {
  static override readonly changes: ChangeOptions | false = { aggregate, retention, up: { ...up, send: 'aggregates' } }
}
export class Changing extends Node {
  static override readonly changes: ChangeOptions | false = {
    aggregate,
    retention,
    up: {
      filter: { source: 'collection:orders', operation: 'create' },
      batch: { ms: 1 },
      transform: ({ source, operation, key, after }) =>
        key.startsWith('secret')
          ? undefined
          : { source, operation, key: `new-${key}`, after: { ...(after as object), card: 'hidden' } },
    },
  }
}
/** Keeps little. */
export class Short extends Node {
  static override readonly changes: ChangeOptions | false = {
    retention: { rows: 10, maxRows: 500, maxAgeMs: 60_000 },
    feed: true,
  }
}
export class Quiet extends Node {
  static override readonly changes: ChangeOptions | false = false
}
export class Small extends Node {
  static override readonly changes: ChangeOptions | false = { retention: { rows: 0 } }
  static override readonly storageOptions = { limitBytes: 2_000_000 }
  static override readonly writerOptions = { maxWaiting: 5 }
}

/** Whether it keeps its changes is decided anew in each life, as if another version of the class had been deployed. */
export const switched = { on: true }
export class Switched extends Node {}
Object.defineProperty(Switched, 'changes', { get: () => (switched.on ? { retention, up: { batch: up.batch } } : false) })

/** Says who may read its changes. */
export class Guarded extends Node {
  constructor(ctx: ObjectContext, env: unknown) {
    super(ctx, env)
    this.use((context, next) => {
      context.vars.principal = context.request.headers.get('x-principal') ?? undefined
      return next()
    })
  }

  override authorize({ method, kind, context }: Call): boolean {
    return method !== 'changes.read' || (kind === 'read' && context.principal === 'auditor')
  }
}

export default createWorker(
  { Business, Saas, Tenant, Terse, Changing, Short, Quiet, Small, Switched, Guarded },
  { origin: (env: { ORIGIN?: string }) => env.ORIGIN },
)
