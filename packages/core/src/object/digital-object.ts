import { type Clock, systemClock } from '@do/provider'
import { createCollection } from '../collection/collection.ts'
import type { Collection, CollectionOptions } from '../collection/types.ts'
import { consoleLog } from '../http/log.ts'
import { createJobs, type JobRoom } from '../jobs/jobs.ts'
import type { JobOptions, Jobs } from '../jobs/types.ts'
import type { ObjectContext } from '../platform/types.ts'
import { type Migration, migrate } from '../storage/migrations.ts'
import type { Schema } from '../storage/schema.ts'
import { TinyObject } from './tiny.ts'

/** One thing of a business: identity, state, collections, jobs and an HTTP face, in one Durable Object. */
export class DigitalObject<Env = unknown> extends TinyObject<Env> {
  /** Attempts, back-off and concurrency of this class's jobs. */
  static readonly jobOptions: JobOptions = {}

  override clock: Clock = systemClock
  readonly jobs: Jobs
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
}
