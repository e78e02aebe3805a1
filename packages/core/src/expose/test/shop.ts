import { refuse } from '@do/provider'
import { newMessagePortRpcSession, RpcSession, type RpcStub, type RpcTransport } from 'capnweb'
import { currentCall } from '../../kernel/call-context.ts'
import type { Schema } from '../../storage/schema.ts'
import type { Access } from '../access.ts'
import { Capability } from '../capability.ts'
import { sendError } from '../errors.ts'
import { facadeOf } from '../facade.ts'
import type { Methods } from '../types.ts'

export function schemaOf<T>(kind: 'string' | 'number'): Schema<T> {
  const validate = (value: unknown) =>
    typeof value === kind
      ? { value: value as T }
      : { issues: [{ message: `not a ${kind}`, path: kind === 'number' ? ['amount'] : [] }] }
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

export class Basket extends Capability {
  static override readonly methods = { add: {}, count: { kind: 'read' } } satisfies Methods<Basket>
  readonly #shop: Shop
  items = 0

  constructor(shop: Shop) {
    super()
    this.#shop = shop
  }

  add(many = 1): number {
    this.items += many
    this.#shop.did.push(`add ${many}`)
    return this.items
  }

  count(): number {
    return this.items
  }

  empty(): void {
    this.#shop.did.push('empty')
  }

  [Symbol.dispose](): void {
    this.#shop.did.push('disposed')
  }
}

/** Something with exposed methods, and others that no caller may ever reach. */
export class Shop {
  static readonly methods = {
    pay: { input: [schemaOf<number>('number'), schemaOf<string>('string')] },
    greet: { kind: 'read' },
    basket: { kind: 'capability' },
    shelves: { kind: 'capability' },
    admin: { kind: 'read', scopes: ['admin', 'root'] },
    who: { kind: 'read' },
    any: { kind: 'read' },
    breaks: {},
    refuses: {},
    self: { kind: 'read' },
    hides: { kind: 'read' },
    waits: { kind: 'read' },
  } satisfies Methods<Shop>
  readonly did: string[] = []
  readonly secret = 'a secret'
  readonly gate = Promise.withResolvers<string>()

  pay(amount: number, to: string): string {
    this.did.push(`pay ${amount} ${to}`)
    return `paid ${amount} to ${to}`
  }

  greet(name: string): string {
    return `hello ${name}`
  }

  basket(): Basket {
    return new Basket(this)
  }

  shelves() {
    return { first: { baskets: [new Basket(this), new Basket(this)] }, count: 2 }
  }

  admin(): string {
    return 'for admins'
  }

  who() {
    return currentCall()
  }

  any(...args: unknown[]): number {
    return args.length
  }

  breaks(): never {
    throw new Error('the password is hunter2')
  }

  refuses(): never {
    throw refuse('sold_out', 'Nothing is left.', { field: 'item', retryAfterMs: 50, fault: 'policy' })
  }

  self() {
    return { inside: this }
  }

  hides(): unknown {
    return new Map([['secret', this.secret]])
  }

  async waits(): Promise<string> {
    return this.gate.promise
  }

  burn(): void {
    this.did.push('burnt')
  }

  get price(): number {
    this.did.push('price')
    return 1
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tests call what is not there
export type Anything = any

/** A shop behind its facade, over a session of stock Cap'n Web at both ends. */
export function visit(access: Partial<Access> = {}): { shop: Shop; stub: Anything; close: () => void } {
  const shop = new Shop()
  const { port1, port2 } = new MessageChannel()
  newMessagePortRpcSession(port1 as never, facadeOf(shop, { context: () => ({ requestId: 'test' }), ...access }), {
    onSendError: sendError,
  })
  const stub = newMessagePortRpcSession(port2 as never) as RpcStub<never>
  return { shop, stub, close: () => port1.close() }
}

export async function refused(run: () => unknown): Promise<Record<string, unknown>> {
  try {
    const answer = await run()
    return { answered: answer }
  } catch (error) {
    const { name, message } = error as Error
    return { name, message, ...(error as object) }
  }
}

export interface RawClient {
  /** A frame as text, right or wrong. */
  send(frame: string): void
  /** What the server has sent, oldest first. */
  readonly received: string[]
  /** The server has ended the session. */
  readonly ended: () => boolean
}

/** The server's end of a session of stock Cap'n Web, with somebody at the other end who sends whatever they like. */
export function rawClient(main: object): RawClient {
  const received: string[] = []
  const queue: string[] = []
  let waiting: ((frame: string) => void) | undefined
  let ended = false
  const transport: RpcTransport = {
    send: async (frame: string) => {
      received.push(frame)
    },
    receive: () =>
      new Promise((resolve) => {
        const next = queue.shift()
        if (next === undefined) waiting = resolve
        else resolve(next)
      }),
    abort: () => {
      ended = true
    },
  }
  new RpcSession(transport, main, { onSendError: sendError })
  return {
    send: (frame) => {
      const give = waiting
      waiting = undefined
      if (give === undefined) queue.push(frame)
      else give(frame)
    },
    received,
    ended: () => ended,
  }
}
