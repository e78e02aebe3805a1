// The object that the RPC tests call: one of each kind of method, all of them deterministic, so that what a session answers can be
// compared with what an uninterrupted one answers.
import { refuse } from '@do/provider'
import { Capability } from '../../expose/capability.ts'
import type { Methods } from '../../expose/types.ts'
import type { RequestContext } from '../../http/context.ts'
import { FullObject as DigitalObject } from '../../object/full-object.ts'

export type Listener = (value: unknown) => Promise<unknown>

/** A number that can be calculated with, and handed out again. */
export class Counter extends Capability {
  static override readonly methods = {
    add: { kind: 'read' },
    times: { kind: 'capability' },
    pair: { kind: 'capability' },
    ask: { kind: 'read' },
    post: { kind: 'write' },
    fail: { kind: 'read' },
    boot: { kind: 'read' },
  } satisfies Methods<Counter>
  readonly #value: number
  readonly #desk: Desk

  constructor(value: number, desk: Desk) {
    super()
    this.#value = value
    this.#desk = desk
    desk.alive += 1
  }

  add(amount: number) {
    return this.#value + amount
  }

  times(factor: number) {
    return new Counter(this.#value * factor, this.#desk)
  }

  pair(other: number) {
    return { name: `pair of ${this.#value}`, left: new Counter(this.#value, this.#desk), right: [new Counter(other, this.#desk)] }
  }

  async ask(listener: Listener) {
    return { answer: await listener(this.#value) }
  }

  post(text: string) {
    return this.#desk.post(`${this.#value}:${text}`)
  }

  fail(code: string): never {
    throw refuse(code, `The counter at ${this.#value} fails as it was told.`, { field: 'code' })
  }

  boot() {
    return this.#desk.life
  }

  [Symbol.dispose]() {
    this.#desk.alive -= 1
    this.#desk.disposed += 1
  }
}

export class Desk extends DigitalObject {
  static override readonly methods = {
    echo: { kind: 'read' },
    counter: { kind: 'capability' },
    slow: { kind: 'read' },
    list: { kind: 'read' },
    later: { kind: 'capability' },
    leak: { kind: 'read' },
    post: { kind: 'write' },
    postSlowly: { kind: 'write' },
    posted: { kind: 'read' },
    fail: { kind: 'read' },
    call: { kind: 'read' },
    listen: { kind: 'write' },
    unlisten: { kind: 'write' },
    tell: { kind: 'read' },
    ring: { kind: 'write' },
    stats: { kind: 'read' },
    numbers: { kind: 'read' },
    feed: { kind: 'read' },
    total: { kind: 'read' },
  } satisfies Methods<Desk>

  /** Another text is another life of the object. */
  readonly life = crypto.randomUUID().slice(0, 8)
  alive = 0
  disposed = 0
  readonly #gates = new Map<string, PromiseWithResolvers<void>>()

  constructor(ctx: ConstructorParameters<typeof DigitalObject>[0], env: unknown) {
    super(ctx, env)
    this.use(async (context: RequestContext, next) => {
      const principal = context.request.headers.get('x-principal') ?? context.url.searchParams.get('as')
      if (principal !== null) context.vars.principal = principal
      return next()
    })
    this.jobs.define('ring', async (value) => {
      await this.tell(`${value}`)
    })
    this.route('POST', '/open/:gate', ({ params }) => {
      this.#gate(params.gate ?? '').resolve()
      return { open: params.gate as string }
    })
    this.route('GET', '/posted', () => this.posted())
    this.route('POST', '/taken', () => {
      const texts = this.posted()
      this.state.delete('posted')
      return texts
    })
    this.route('GET', '/stats', () => this.stats())
  }

  #gate(name: string) {
    const gate = this.#gates.get(name) ?? Promise.withResolvers<void>()
    this.#gates.set(name, gate)
    return gate
  }

  echo(value: unknown) {
    return value
  }

  counter(value: number) {
    return new Counter(value, this)
  }

  async later(value: number) {
    await Promise.resolve()
    return new Counter(value, this)
  }

  /** Answers a capability, but is not said to be one that can be made again. */
  leak(value: number) {
    return new Counter(value, this)
  }

  async slow(value: unknown) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    return value
  }

  list(count: number) {
    return Array.from({ length: count }, (_, index) => index)
  }

  post(text: string) {
    const texts = this.state.get<string[]>('posted') ?? []
    this.state.set('posted', [...texts, text])
    return { count: texts.length + 1, text }
  }

  /** Writes, waits until somebody opens its gate, and writes again. */
  async postSlowly(text: string, gate: string) {
    this.post(`${text}:begun`)
    await this.#gate(gate).promise
    this.post(`${text}:done`)
    return { text, done: true }
  }

  posted() {
    return this.state.get<string[]>('posted') ?? []
  }

  fail(code: string): never {
    throw refuse(code, 'It fails as it was told.', { field: 'code' })
  }

  async call(listener: Listener, value: unknown) {
    return { answer: await listener(value) }
  }

  listen(name: string, listener: Listener) {
    this.$rpc.callbacks.keep(name, listener)
    return `listening as ${name}`
  }

  unlisten(name: string) {
    return this.$rpc.callbacks.drop(name)
  }

  async tell(value: unknown, name = 'all') {
    const listeners = await this.$rpc.callbacks.list<Listener>(name)
    return Promise.all(listeners.map(({ callback }) => callback(value)))
  }

  /** Tells all from the alarm. */
  ring(value: string) {
    this.jobs.schedule({ name: 'ring', payload: value })
    return true
  }

  stats() {
    return { life: this.life, alive: this.alive, disposed: this.disposed, connections: this.$rpc.connections().length }
  }

  /** One number after another, until the listener is gone. */
  feed(after: number, listener: Listener) {
    const own = (listener as Listener & { dup(): Listener }).dup()
    void (async () => {
      for (let number = after + 1; ; number += 1) await own(number)
    })().catch(() => {})
  }

  numbers() {
    let sent = 0
    return new ReadableStream<number>({
      async pull(controller) {
        sent += 1
        controller.enqueue(sent)
        if (sent > 1) await new Promise(() => {})
      },
    })
  }

  async total(stream: ReadableStream<number>) {
    let total = 0
    for await (const value of stream as unknown as AsyncIterable<number>) total += value
    return total
  }
}
