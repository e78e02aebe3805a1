import { type Clock, systemClock } from '@do/provider'
import { type Changes, createChanges } from '../changes/changes.ts'
import type { Standing } from '../changes/standing.ts'
import type { ChangeOptions } from '../changes/types.ts'
import { collectionIn } from '../collection/in-kernel.ts'
import type { Collection, CollectionOptions } from '../collection/types.ts'
import { createContext } from '../context/context.ts'
import { callOfRequest } from '../context/http.ts'
import type { Context } from '../context/types.ts'
import type { Call } from '../expose/access.ts'
import { type CallRoom, type Calls, createCalls } from '../expose/calls.ts'
import type { Exposed } from '../expose/capability.ts'
import type { LimitOptions } from '../expose/limits.ts'
import { neighbourFor } from '../expose/main.ts'
import { busyLog } from '../http/busy-log.ts'
import { consoleLog } from '../http/log.ts'
import type { ObjectRecord } from '../identity/record.ts'
import { createJobs, type JobRoom } from '../jobs/jobs.ts'
import type { JobOptions, Jobs } from '../jobs/types.ts'
import { type CallContext, currentCall } from '../kernel/call-context.ts'
import { createDoors } from '../kernel/doors.ts'
import { createSockets } from '../kernel/sockets.ts'
import type { Kernel } from '../kernel/types.ts'
import type { ObjectContext, ObjectSocket } from '../platform/types.ts'
import { type Migration, migrate } from '../storage/migrations.ts'
import { createQuota, type StorageOptions, type StorageUsage } from '../storage/quota.ts'
import type { Schema } from '../storage/schema.ts'
import { createTree, type TreeRoom } from '../tree/tree.ts'
import type { Tree } from '../tree/types.ts'
import { createWriter, type Writer, type WriterOptions } from '../writer/writer.ts'
import { forgetful } from './forgetful.ts'
import { mountOf } from './mounts.ts'
import { reach } from './reach.ts'
import { seal } from './seal.ts'
import { around, counted, mutated, noted, TinyObject } from './tiny.ts'

/** For rooms that are added to an object: what it is made of. A symbol, so that nobody can ask for it by RPC. */
export const rooms = Symbol('rooms')

export interface Rooms {
  readonly calls: CallRoom
  readonly tree: TreeRoom
  /** What `$` gives beside the tree and the objects of the worker, by name. Add to it. */
  readonly parts: Record<string, unknown>
}

/**
 * One thing of a business in one Durable Object: identity, state, collections, jobs, change capture, the tree, exposed methods
 * and an HTTP face. The class of `@do/core/full` adds RPC, actions, events and schedules.
 */
export class DigitalObject<Env = unknown, Providers = unknown> extends TinyObject<Env> {
  /** Attempts, back-off and concurrency of this class's jobs. */
  static readonly jobOptions: JobOptions = {}
  /** What may be called from outside, by name: `{ … } satisfies Methods<Customer>`. Nothing else exists there. */
  static readonly methods: Exposed = {}
  /** Limits of each connection. */
  static readonly callLimits: LimitOptions = {}
  /** Every change of this object's storage is kept as an event, unless false: who is told, and for how long it is kept. */
  static readonly changes: ChangeOptions | false = {}
  static readonly storageOptions: StorageOptions = {}
  static readonly writerOptions: WriterOptions = {}

  override clock: Clock = systemClock
  readonly jobs: Jobs
  /** What has changed here and below, in order. With `static changes = false` nothing is written down. */
  readonly $changes: Changes
  /** Durable writes that share one commit. */
  readonly $writer: Writer
  /** How full the database is. */
  readonly $storageUsage: () => StorageUsage
  // The runtime's own fields begin with "$", so that a class may call its collections as it likes.

  /** What the rooms of this object share: for mixins that bring a room of their own. */
  readonly kernel: Kernel
  /** Middleware, hooks and authorisation of every call of an exposed method. */
  readonly $calls: Calls
  /** Parent, children, and the stages of this object's life. */
  readonly $tree: Tree
  /** Everything this object reaches: `$.Customer(id)`, `$.child(…)`, its providers, and what the other rooms give. */
  readonly $: Context<Env, Providers>
  readonly [rooms]: Rooms
  readonly #jobs: JobRoom
  readonly #standing: Standing

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    this[noted] = busyLog(() => mountOf(this).log)
    seal(this)
    forgetful(ctx.storage)
    this.#jobs = createJobs({
      storage: ctx.storage,
      clock: () => this.clock,
      options: (this.constructor as typeof DigitalObject).jobOptions,
      exists: () => this.#make(),
      log: (line) => consoleLog({ ...line, type: this.$type }),
      resting: () => this.kernel.resting(),
    })
    this.jobs = this.#jobs.jobs
    this.kernel = {
      ctx,
      env,
      storage: ctx.storage,
      self: this,
      clock: () => this.clock,
      record: () => this.$record,
      exists: () => this.#make(),
      writable: () => this[rooms].tree.writable(),
      transaction: (run) => this.transaction(run),
      mutated: (mutation) => this[mutated]?.(mutation),
      log: (line) => consoleLog({ ...line, type: this.$type }),
      resting: () => this.$tree.lifecycle.status === 'suspended',
      jobs: this.jobs,
      doors: createDoors((address) => reach(env, address)),
      sockets: createSockets(ctx),
    }
    const { kernel } = this
    const { changes, storageOptions, writerOptions } = this.constructor as typeof DigitalObject
    const quota = createQuota({ storage: ctx.storage, clock: kernel.clock, log: kernel.log, options: storageOptions })
    this.$storageUsage = quota.usage
    this.$writer = createWriter(ctx.storage, writerOptions)
    const room = createChanges(kernel, changes === false ? {} : changes)
    this.$changes = room.changes
    const { standing } = room
    this.#standing = standing
    // What was kept before the class said that nothing is may know more than the record.
    if (changes === false) standing.handOver()
    else this[counted] = standing.count
    this[mutated] = (mutation) => {
      quota.check(mutation)
      if (changes === false) kernel.writable()
      else room.mutated(mutation)
    }
    if (changes !== false && changes.feed === true) {
      this.route('GET', '/changes', async ({ request, requestId }) => {
        const context = currentCall() ?? { requestId }
        const read = { method: 'changes.read', kind: 'read', args: [], target: this } as const
        await this[rooms].calls.allow({ ...read, on: this.constructor.name, context, repeated: false })
        return room.changes.respond(request)
      })
    }
    const tree = createTree({ kernel, setContext: (context) => this.#setContext(context), log: room })
    this.$tree = tree
    const calls = createCalls(kernel.clock, kernel.log, ({ kind }) => {
      if (kind === 'write') tree.admit()
    })
    this.$calls = calls
    const { authorize } = this
    if (authorize !== undefined) this.$calls.authorize((call) => authorize.call(this, call))
    this[around] = callOfRequest(() => tree.admit())
    this[rooms] = { calls, tree, parts: {} }
    this.$ = createContext({ kernel, tree, parts: this[rooms].parts }) as typeof this.$
  }

  /** May this call happen? Refuses by answering false or by throwing a typed error. Asked before arguments are checked. */
  authorize?(call: Call): unknown

  override get $record(): ObjectRecord {
    return this.#standing.read(super.$record)
  }

  override $create(more?: { readonly context?: string | null }): ObjectRecord {
    if (this.$exists) return this.$record
    const { tree } = this[rooms]
    return tree.born(() => {
      const record = super.$create(more)
      tree.moved(null, record.$context)
      return record
    })
  }

  /** Makes this object a child of another: both keep it. */
  override $setContext(context: string | null): void {
    this.transaction(() => {
      const before = this.$context
      this.#setContext(context)
      this[rooms].tree.moved(before, context)
    })
  }

  #setContext(context: string | null): void {
    const { $exists: existed, $context: before } = this
    this.#standing.handOver()
    super.$setContext(context)
    // A new record says its parent itself.
    if (!existed || before === context) return
    const told = { source: 'record', operation: 'update', key: '$context' } as const
    this.kernel.mutated({ ...told, before: JSON.stringify(before), after: JSON.stringify(context) })
  }

  /**
   * Documents of one kind, with indexes. Call it where the class declares its fields.
   * @throws ProviderError `invalid_collection` for a name or index path that cannot be one.
   */
  collection<T extends object>(name: string, schema?: Schema<T>, options?: CollectionOptions): Collection<T> {
    return collectionIn<T>(this.kernel, name, schema, options)
  }

  /** @throws ProviderError `migration_order` when the list does not begin with what has run. */
  migrate(migrations: readonly Migration[]): void {
    migrate(this.ctx.storage, migrations, () => this.clock.now())
  }

  /** Whoever stores something exists. */
  #make(): void {
    if (this.$exists) return
    this.kernel.writable()
    this.$create()
  }

  /** The platform's one alarm: runs the jobs that are due. */
  async alarm(): Promise<void> {
    // A suspended object rests; resuming sets the alarm anew.
    if (!this.kernel.resting()) await this.#jobs.run()
  }

  /** For objects of this worker only: see `kernel/doors.ts`. */
  $door(name: string, payload: unknown, call: CallContext | undefined): Promise<unknown> {
    return this.kernel.doors.open(name, payload, call)
  }

  /** For objects of this worker only: what it exposes, on behalf of the call that they serve. */
  $open(call: CallContext | undefined, again = false): unknown {
    return neighbourFor(this, this[rooms].calls, call, again)
  }

  /** The platform's: a message on a hibernating socket. */
  webSocketMessage(socket: ObjectSocket, message: string | ArrayBuffer): void | Promise<void> {
    return this.kernel.sockets.handlerOf(socket)?.message(socket, message)
  }

  webSocketClose(socket: ObjectSocket, code: number, reason: string, clean: boolean): void | Promise<void> {
    return this.kernel.sockets.handlerOf(socket)?.close?.(socket, code, reason, clean)
  }

  webSocketError(socket: ObjectSocket, error: unknown): void | Promise<void> {
    return this.kernel.sockets.handlerOf(socket)?.error?.(socket, error)
  }
}
