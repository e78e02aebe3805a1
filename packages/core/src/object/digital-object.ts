import { type Clock, systemClock } from '@do/provider'
import { createCollection } from '../collection/collection.ts'
import type { Collection, CollectionOptions } from '../collection/types.ts'
import { consoleLog } from '../http/log.ts'
import { createJobs, type JobRoom } from '../jobs/jobs.ts'
import type { JobOptions, Jobs } from '../jobs/types.ts'
import type { CallContext } from '../kernel/call-context.ts'
import { createDoors } from '../kernel/doors.ts'
import { createSockets } from '../kernel/sockets.ts'
import type { Kernel } from '../kernel/types.ts'
import type { ObjectContext, ObjectSocket } from '../platform/types.ts'
import { type Migration, migrate } from '../storage/migrations.ts'
import type { Schema } from '../storage/schema.ts'
import { reach } from './reach.ts'
import { mutated, TinyObject } from './tiny.ts'

/** One thing of a business: identity, state, collections, jobs and an HTTP face, in one Durable Object. */
export class DigitalObject<Env = unknown> extends TinyObject<Env> {
  /** Attempts, back-off and concurrency of this class's jobs. */
  static readonly jobOptions: JobOptions = {}

  override clock: Clock = systemClock
  readonly jobs: Jobs
  /** What the rooms of this object share: for mixins that bring a room of their own. */
  readonly kernel: Kernel
  readonly #jobs: JobRoom

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    this.#jobs = createJobs({
      storage: ctx.storage,
      clock: () => this.clock,
      options: (this.constructor as typeof DigitalObject).jobOptions,
      exists: () => this.#make(),
      log: (line) => consoleLog({ ...line, type: this.$type }),
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
      transaction: (run) => this.transaction(run),
      mutated: (mutation) => this[mutated](mutation),
      log: (line) => consoleLog({ ...line, type: this.$type }),
      jobs: this.jobs,
      doors: createDoors((address) => reach(env, address)),
      sockets: createSockets(ctx),
    }
  }

  /**
   * Documents of one kind, with indexes. Call it where the class declares its fields.
   * @throws ProviderError `invalid_collection` for a name or index path that cannot be one.
   */
  collection<T extends object>(name: string, schema?: Schema<T>, options?: CollectionOptions): Collection<T> {
    return createCollection<T>({
      storage: this.ctx.storage,
      now: () => this.clock.now(),
      exists: () => this.#make(),
      name,
      schema,
      options,
    })
  }

  /** @throws ProviderError `migration_order` when the list does not begin with what has run. */
  migrate(migrations: readonly Migration[]): void {
    migrate(this.ctx.storage, migrations, () => this.clock.now())
  }

  /** Whoever stores something exists. */
  #make(): void {
    if (!this.$exists) this.$create()
  }

  /** The platform's one alarm: runs the jobs that are due. */
  alarm(): Promise<void> {
    return this.#jobs.run()
  }

  /** For objects of this worker only: see `kernel/doors.ts`. */
  $door(name: string, payload: unknown, call: CallContext | undefined): Promise<unknown> {
    return this.kernel.doors.open(name, payload, call)
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
