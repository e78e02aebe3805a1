import type { Where } from '../../collection/types.ts'
import { createWorker, DigitalObject, type ObjectContext } from '../../full.ts'
import { Capability } from '../capability.ts'
import type { Methods } from '../types.ts'
import { schemaOf } from './shop.ts'

interface Sale {
  readonly status: string
  readonly amount: number
}

/** What a till hands out: it remembers what was done with it. */
class Drawer extends Capability {
  static override readonly methods = { add: {}, count: { kind: 'read' } } satisfies Methods<Drawer>
  readonly #till: Till

  constructor(till: Till) {
    super()
    this.#till = till
  }

  add(): void {
    this.#till.state.set('added', true)
  }

  count(): number {
    return 1
  }

  burn(): void {
    this.#till.state.set('burnt', true)
  }
}

/** Open to the world, and nobody is allowed to change anything: whatever it stores after it began was not called rightly. */
export class Till extends DigitalObject {
  static override readonly methods = {
    greet: { kind: 'read' },
    pay: { input: [schemaOf<number>('number'), schemaOf<string>('string')] },
    basket: { kind: 'capability' },
    shelves: { kind: 'capability' },
    any: { kind: 'read' },
    find: { kind: 'read' },
    breaks: {},
    self: { kind: 'read' },
    admin: { kind: 'read', scopes: ['admin'] },
  } satisfies Methods<Till>
  sales = this.collection<Sale>('sales', undefined, { indexes: ['status', 'amount'] })

  constructor(ctx: ObjectContext, env: unknown) {
    super(ctx, env)
    this.$calls.authorize(({ kind }) => kind !== 'write')
    this.route('POST', '/begin', () => {
      for (const [index, status] of ['open', 'paid', 'open'].entries())
        this.sales.upsert(String(index), { status, amount: index })
      return this.rows()
    })
    this.route('GET', '/rows', () => this.rows())
  }

  greet(name: unknown): string {
    return `hello ${String(name)}`
  }

  pay(amount: number): number {
    this.state.set('paid', amount)
    return amount
  }

  basket() {
    return new Drawer(this)
  }

  shelves() {
    return { first: { drawers: [new Drawer(this)] } }
  }

  any(...args: unknown[]): number {
    return args.length
  }

  /** As an API would do it that lets callers filter. */
  find(where: Where, orderBy?: string, cursor?: string): number {
    return this.sales.list({ where, ...(orderBy === undefined ? {} : { orderBy }), ...(cursor === undefined ? {} : { cursor }) })
      .items.length
  }

  breaks(): never {
    this.state.set('broken', true)
    throw new Error('after a write')
  }

  self() {
    return this
  }

  admin(): string {
    return 'for admins'
  }

  burn(): void {
    this.state.set('burnt', true)
  }

  /** How many rows there are in each table, and the version. */
  rows() {
    const { sql } = this.ctx.storage
    const names = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'do_*'").toArray()
    const counts = names.map(({ name }) => [name, sql.exec<{ n: number }>(`SELECT count(*) AS n FROM "${name}"`).one().n])
    return {
      version: this.$version,
      sales: this.sales.count(),
      tables: Object.fromEntries(counts.sort()) as Record<string, number>,
    }
  }
}

const worker = createWorker({ Till })
export default { fetch: worker.fetch }
