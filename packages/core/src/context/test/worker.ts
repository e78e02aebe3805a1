import { refuse, testClock } from '@do/provider'
import { Capability } from '../../expose/capability.ts'
import type { Methods } from '../../expose/types.ts'
import { createWorker, DigitalObject, type ObjectClass, type ObjectContext, type Schema } from '../../full.ts'
import { problem } from '../../http/problem.ts'
import { currentCall } from '../../kernel/call-context.ts'
import type { ObjectBinding } from '../types.ts'
import { outcome, scenarios } from './scenarios.ts'

export interface Env {
  readonly Customer: ObjectBinding<typeof Customer>
  readonly Desk: ObjectBinding<typeof Desk>
  readonly Folder: ObjectBinding<typeof Folder>
}

/** A Standard Schema in a few lines. */
export function text(max = 100): Schema<string> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value === 'string' && value.length <= max ? { value: value.trim() } : { issues: [{ message: 'a short text' }] },
    },
  }
}

export class Invoice extends Capability {
  static override readonly methods = { pay: {}, total: { kind: 'read' } } satisfies Methods<Invoice>
  readonly #customer: Customer
  readonly number: number

  constructor(customer: Customer, number: number) {
    super()
    this.#customer = customer
    this.number = number
  }

  pay(amount: number) {
    this.#customer.note(`paid ${amount} of ${this.number}`)
    return { paid: amount }
  }

  total() {
    return 40 + this.number
  }

  void(): string {
    this.#customer.note('void')
    return 'void'
  }
}

export class Orders extends Capability {
  static override readonly methods = {
    latest: { kind: 'capability' },
    all: { kind: 'read' },
    each: { kind: 'read' },
    dies: { kind: 'read' },
  } satisfies Methods<Orders>
  readonly #customer: Customer

  constructor(customer: Customer) {
    super()
    this.#customer = customer
  }

  latest() {
    this.#customer.note('latest')
    return new Invoices(this.#customer)
  }

  all() {
    return [{ number: 1 }, { number: 2 }]
  }

  each() {
    return { items: [{ number: 1, invoice: new Invoice(this.#customer, 1) }], next: null }
  }

  dies() {
    return this.#customer.diesOnce()
  }
}

export class Invoices extends Capability {
  static override readonly methods = { invoice: { kind: 'capability' } } satisfies Methods<Invoices>
  readonly #customer: Customer

  constructor(customer: Customer) {
    super()
    this.#customer = customer
  }

  invoice() {
    this.#customer.note('invoice')
    return new Invoice(this.#customer, 2)
  }
}

/** What a mixin adds: a route, a method, and a name in the exposed methods of whoever takes it over. */
export function withNickname<B extends ObjectClass<DigitalObject<Env>>>(Base: B) {
  return class extends Base {
    // biome-ignore lint/suspicious/noExplicitAny: TypeScript wants exactly this signature from a mixin
    constructor(...args: any[]) {
      super(...args)
      this.route('GET', '/nickname', () => ({ nickname: this.nickname() }))
    }

    nickname(): string {
      return `the ${this.$name}`
    }
  }
}

export class Customer extends withNickname(DigitalObject<Env>) {
  static override readonly prefix = '/customers'
  static override readonly methods = {
    rename: { input: [text(20)] },
    call: { kind: 'read' },
    length: { kind: 'read' },
    name: { kind: 'read' },
    nickname: { kind: 'read' },
    orders: { kind: 'capability' },
    whoami: { kind: 'read' },
    secret: { kind: 'read', scopes: ['admin'] },
    fails: { kind: 'read' },
    refuses: {},
    conflicts: {},
    leaks: { kind: 'read' },
    leaksFunction: { kind: 'read' },
    dies: {},
    diesOnce: { kind: 'read' },
    slow: {},
    waits: { kind: 'read' },
    log: { kind: 'read' },
    locked: {},
    echo: { kind: 'read' },
    callBack: {},
    neighbour: { kind: 'read' },
  } satisfies Methods<Customer>
  gates = Promise.withResolvers<void>()

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    this.$calls
      .before((call) => {
        if (call.method === 'locked') throw refuse('locked', 'The door is locked.', { fault: 'policy' })
      })
      .use(async (call, next) => (call.method === 'name' ? `${await next()}!` : next()))
      .error((call, error) => this.seen.push(`${call.method}: ${(error as { code?: string }).code ?? 'untyped'}`))
    this.route('POST', '/write', () => {
      this.state.set('written', true)
      return { call: currentCall()?.requestId, status: this.$tree.lifecycle.status }
    })
    /** From the first time on, its time moves only like this. */
    this.route('POST', '/time/:ms', ({ params }) => {
      this.clock = this.fake
      this.fake.advance(Number(params.ms))
    })
    this.route('GET', '/read', () => ({
      ...this.$record,
      status: this.$tree.lifecycle.status,
      principal: currentCall()?.principal ?? null,
    }))
  }
  readonly seen: string[] = []
  readonly fake = testClock()

  rename(name: string): string {
    this.state.set('name', name)
    return name
  }

  name(): string {
    return this.state.get<string>('name') ?? ''
  }

  call() {
    return 'called'
  }

  length() {
    return 3
  }

  orders() {
    this.note('orders')
    return new Orders(this)
  }

  whoami() {
    const { requestId, traceparent, deadline, principal, scopes } = currentCall() ?? { requestId: 'none' }
    return { requestId, traceparent, deadline, principal, scopes }
  }

  secret() {
    return 'for admins'
  }

  fails(): never {
    throw new Error('password=hunter2')
  }

  refuses(): never {
    throw refuse('too_poor', 'There is not enough money.', { field: 'amount', fault: 'declined', retryAfterMs: 1_500 })
  }

  conflicts(): never {
    throw problem(409, 'version_conflict', 'It is at version 3 now.', { field: 'version' })
  }

  leaks() {
    return { me: this }
  }

  leaksFunction() {
    return () => 'code'
  }

  dies(): void {
    this.note('dies')
    this.ctx.abort('killed by a test')
  }

  async diesOnce() {
    const times = (this.state.get<number>('deaths') ?? 0) + 1
    this.state.set('deaths', times)
    await this.ctx.storage.sync()
    if (times === 1) this.ctx.abort('killed by a test')
    return times
  }

  async slow(): Promise<string> {
    this.note('slow')
    await this.gates.promise
    return 'late'
  }

  async waits(): Promise<string> {
    await this.gates.promise
    return 'read late'
  }

  open(): void {
    this.gates.resolve()
  }

  log() {
    return { log: this.state.get<string[]>('log') ?? [], seen: this.seen }
  }

  note(what: string): void {
    this.state.set('log', [...(this.state.get<string[]>('log') ?? []), what])
  }

  locked() {
    this.note('locked')
  }

  echo(...args: unknown[]) {
    return args
  }

  async callBack(back: (word: string) => Promise<string>) {
    return `they said ${await back('hello')}`
  }

  neighbour() {
    return this.$.Customer('next').orders()
  }

  /** Not exposed: by no way may anybody outside call it. */
  wipe(): string {
    this.note('wiped')
    return 'wiped'
  }
}

/** While true, no folder opens its doors to others. Gone with the process. */
let stalled = false

/** In the tree: a folder has folders. */
export class Folder extends DigitalObject<Env> {
  static override readonly jobOptions = { deadManMs: 300, backoffMs: 50 }
  static override readonly methods = { put: {}, look: { kind: 'read' } } satisfies Methods<Folder>

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    this.jobs.define('tick', () => this.state.set('ticks', (this.state.get<number>('ticks') ?? 0) + 1))
    // By GET, which a suspended object still answers.
    this.route('GET', '/do/:what', async ({ params, url }) => {
      const args = JSON.parse(url.searchParams.get('args') ?? '[]') as unknown[]
      return { result: (await outcome(() => this.act(params.what ?? '', args))) ?? null }
    })
    this.route('POST', '/put', () => ({ put: this.put('by http') }))
    const { open } = this.kernel.doors
    this.kernel.doors.open = (...knock) => (stalled ? new Promise(() => {}) : open(...knock))
  }

  act(what: string, [first, second]: unknown[]): unknown {
    const { lifecycle } = this.$tree
    const options = first as never
    const acts: Record<string, () => unknown> = {
      child: () => this.$.child('Folder', String(first)).look(),
      put: () => this.$.child('Folder', String(first)).put('by its parent'),
      adoptOnly: () => this.$tree.adopt(String(second ?? 'Folder'), String(first)),
      children: () => this.$.children(options),
      parent: () => this.$.parent(),
      ancestors: () => this.$.ancestors(),
      descendants: () => this.$.descendants(options),
      status: () => lifecycle.status,
      suspend: () => lifecycle.suspend(),
      resume: () => lifecycle.resume(),
      delete: () => lifecycle.delete(options),
      statusOf: () => this.$.lifecycle('Folder', String(first)).status(),
      suspendChild: () => this.$.lifecycle('Folder', String(first)).suspend(),
      move: () => this.$setContext(first as string | null),
      create: () => this.$create({ context: first as string | null }),
      tick: () => void this.jobs.schedule({ name: 'tick' }),
      jobs: () => this.jobs.list().map(({ name, key, state, attempts }) => ({ name, key, state, attempts })),
      record: () => ({ ...this.$record, exists: this.$exists }),
      tables: () =>
        this.ctx.storage.sql
          .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
          .toArray(),
      stall: () => {
        stalled = true
      },
    }
    return acts[what]?.()
  }

  put(value: string): string {
    this.state.set('value', value)
    return this.$context ?? 'nowhere'
  }

  look() {
    return { value: this.state.get('value') ?? null, context: this.$context, ticks: this.state.get('ticks') ?? 0 }
  }
}

/** Runs what a test asks for, from inside an object. */
export class Desk extends DigitalObject<Env, { readonly sms: { send(body: string): string } }> {
  static override readonly methods = {} satisfies Methods<Desk>
  readonly providers = { sms: { send: (body: string) => `sent ${body}` } }
  readonly fake = testClock()

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    this.use((context, next) => {
      const principal = context.request.headers.get('x-principal')
      if (principal !== null) context.vars.principal = JSON.parse(principal) as unknown
      return next()
    })
    this.route('POST', '/scenario/:name', async (context) => {
      const scenario = scenarios[context.params.name ?? '']
      if (scenario === undefined) throw problem(404, 'not_found', 'No such scenario')
      return { result: (await scenario(this, (await context.json()) as never)) ?? null }
    })
  }
}

/** Without a member `providers`. */
export class Bare extends DigitalObject<Env> {
  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    this.route('GET', '/sms', () => {
      const $ = this.$ as unknown as { readonly sms: unknown }
      return { sms: typeof $.sms }
    })
  }
}

const worker = createWorker({ Customer, Folder, Desk, Bare })
export default { fetch: worker.fetch }
