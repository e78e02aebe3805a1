import type { Clock } from '@do/provider'
import { type Around, answer, type Handler, Incoming, type Middleware, type RequestContext } from '../http/context.ts'
import { errorFacts, type LogLine } from '../http/log.ts'
import { problemResponse, statusOf } from '../http/problem.ts'
import { withRequestId } from '../http/request-id.ts'
import { createRouter, decode } from '../http/router.ts'
import { type ObjectRecord, recordRoom } from '../identity/record.ts'
import { isoTime } from '../kernel/iso-time.ts'
import { isPromise } from '../kernel/promises.ts'
import type { Mutation } from '../kernel/types.ts'
import { PlatformObject } from '../platform/base.ts'
import type { ObjectContext } from '../platform/types.ts'
import { createState, type State } from '../state/state.ts'
import { transaction } from '../storage/sql.ts'
import { mountOf } from './mounts.ts'

/** A class of Digital Objects, for mixins: `<B extends ObjectClass>(Base: B) => class extends Base { … }`. */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript wants exactly this signature from the base of a mixin
export type ObjectClass<Instance extends TinyObject = TinyObject> = new (...args: any[]) => Instance

/** How a change of something stored is told. A symbol, so that nobody can call it by RPC. */
export const mutated = Symbol('mutated')

/** Counts a change of state where that is written down anyway. A symbol, as above. */
export const counted = Symbol('counted')

/** What goes around a request. A symbol, as above. */
export const around = Symbol('around')

/** Where lines about requests go. A symbol, as above. */
export const noted = Symbol('noted')

/** Identity, state and routing: what every Digital Object has. */
export class TinyObject<Env = unknown> extends PlatformObject {
  /** Where `createWorker` mounts the class, for example `/t`. */
  static readonly prefix: string | undefined

  /** By this mark Cloudflare's types know a Durable Object (`DurableObjectNamespace<Tenant>`); it exists in types only. */
  declare readonly __DURABLE_OBJECT_BRAND: never
  declare readonly ctx: ObjectContext
  declare readonly env: Env
  /** The machine's, until a test gives another. */
  clock: Pick<Clock, 'now'> = Date
  readonly state: State
  /** Requests come with the full URL, as webhooks are signed over it; routes are relative to the object. */
  readonly #router = createRouter<RequestContext>((path) => {
    const { prefix } = mountOf(this)
    const [, name = '', ...rest] = path.startsWith(`${prefix}/`) ? path.slice(prefix.length).split('/') : []
    return decode(name) === this.ctx.id.name ? `/${rest.join('/')}` : path
  });
  [around]: Around = (_, next) => next()
  readonly #room

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    this.#room = recordRoom(
      ctx.storage,
      () => {
        const { type, prefix, origin } = mountOf(this)
        const name = this.ctx.id.name ?? String(this.ctx.id)
        return { id: `${origin(this.env)}${prefix}/${encodeURIComponent(name)}`, type }
      },
      () => this.clock.now(),
      () => this[mutated]?.({ source: 'record', operation: 'create', key: '$id', after: JSON.stringify(this.$record) }),
    )
    this.state = createState(
      ctx.storage,
      () => this[counted]?.() || this.#room.touch(),
      () => this[mutated],
    )
  }

  /** URL, stable from the first write on. */
  get $id(): string {
    return this.$record.$id
  }

  /** The name under which `createWorker` got the class. */
  get $type(): string {
    return this.$record.$type
  }

  /** The last part of the URL: what the object was asked for by. */
  get $name(): string {
    return this.ctx.id.name ?? decodeURIComponent(this.$id.split('/').at(-1) as string)
  }

  /** URL of the parent. */
  get $context(): string | null {
    return this.$record.$context
  }

  /** 0 before the first write, then one more with every mutation of the record or the state. */
  get $version(): number {
    return this.$record.$version
  }

  /** ISO 8601; null before the first write. */
  get $createdAt(): string | null {
    return this.$record.$createdAt
  }

  get $updatedAt(): string | null {
    return this.$record.$updatedAt
  }

  /** Has anything been written? Asking writes nothing, so unknown ids may be probed without cost. */
  get $exists(): boolean {
    return this.#room.exists()
  }

  get $record(): ObjectRecord {
    return this.#room.read()
  }

  /** Makes the record; does nothing when it is there. */
  $create({ context = null }: { readonly context?: string | null } = {}): ObjectRecord {
    if (!this.$exists) this.#room.create(context)
    return this.$record
  }

  $setContext(context: string | null): void {
    this.#room.setContext(context)
  }

  /** All or nothing, over everything this object stores. @throws ProviderError `async_transaction` */
  transaction<T>(run: () => T): T {
    return transaction(this.ctx.storage, run)
  }

  /** Told of every change of state, collections and record, inside its transaction. Here nobody listens. */
  declare [mutated]?: (mutation: Mutation) => void

  /** True when the record need not count a change of state. */
  declare [counted]?: () => boolean

  /** Takes the lines about requests; without it they go where `createWorker` was told. */
  declare [noted]?: (line: LogLine) => void

  use(middleware: Middleware): this {
    const before = this[around]
    this[around] = (context, next) =>
      before(context, () => {
        let called = false
        return middleware(context, async () => {
          if (called) throw new Error('next() was called twice')
          called = true
          return next()
        })
      })
    return this
  }

  route(method: string, pattern: string, handler: Handler): this {
    this.#router.on(method, pattern, handler)
    return this
  }

  fetch(request: Request): Answered {
    const { prefix, log } = mountOf(this)
    const started = this.clock.now()
    const { method, url } = request
    const match = this.#router.match(method, url)
    const context = new Incoming(request, match)
    const { requestId, route = '' } = context
    const line: Line = {
      at: isoTime(started),
      requestId,
      method,
      route: `${prefix}/:name${route}`,
      level: 'error',
      event: 'request',
    }
    const write = this[noted] ?? log
    // Functions that go without a name: to give each its own, as bundlers do for names to be kept, costs as much as a header.
    return ended(
      (fail) => this[around](context, () => answer(match, context, fail)),
      (error) => {
        if (statusOf(error) === 500) write({ ...line, event: 'failure', ...errorFacts(error) })
        return problemResponse(error, requestId)
      },
      (response) => {
        const { status } = response
        if (status < 500) line.level = 'info'
        line.status = status
        line.ms = this.clock.now() - started
        write(line)
        return withRequestId(response, requestId, status)
      },
    )
  }
}

/** Its last fields are known when the answer is. */
type Line = { -readonly [Field in keyof LogLine]: LogLine[Field] }

type Answered = Response | Promise<Response>

/** At once where nothing is waited for. Middleware that throws is answered like a handler that does. */
function ended(
  run: (fail: (error: unknown) => Response) => Answered,
  fail: (error: unknown) => Response,
  end: (response: Response) => Response,
): Answered {
  let response: Answered
  try {
    response = run(fail)
  } catch (error) {
    response = fail(error)
  }
  return isPromise(response) ? response.catch(fail).then(end) : end(response)
}
