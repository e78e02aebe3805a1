import { ProviderError, type TestClock, testClock } from '@do/provider'
import type { Mutation } from '../../kernel/types.ts'
import { PlatformObject } from '../../platform/base.ts'
import type { ObjectContext, ObjectNamespace, ObjectStorage, SqlValue } from '../../platform/types.ts'
import { transaction } from '../../storage/sql.ts'
import type { CollectionKernel } from '../in-kernel.ts'

/** What a scene, run inside an object, may use: the rooms are tried without the rest of a Digital Object. */
export interface Stage {
  readonly kernel: CollectionKernel & { readonly record: () => { readonly $id: string } }
  readonly storage: ObjectStorage
  /** All changes that were told in this life of the object and were not taken back. */
  readonly told: Mutation[]
  readonly clock: TestClock
  /** Statements given to SQLite, counted while `counting`. */
  readonly statements: string[]
  plan(query: string, ...bindings: SqlValue[]): string
  /** The same storage as another life of the object would see it: nothing is remembered of which tables are there. */
  again(): Stage
}

export type Scene = (stage: Stage, input: never) => unknown

/** A worker whose objects run scenes by name: `POST /<object>/<scene>` with the input as JSON. */
export function stageWorker(scenes: Readonly<Record<string, Scene>>) {
  class Room extends PlatformObject {
    readonly #stage: Stage

    constructor(ctx: ObjectContext, env: unknown) {
      super(ctx, env)
      this.#stage = stageOf(ctx.storage, [], testClock(Date.parse('2026-11-21T10:00:00Z')))
    }

    async fetch(request: Request): Promise<Response> {
      const name = decodeURIComponent(new URL(request.url).pathname.split('/')[2] ?? '')
      try {
        const scene = scenes[name]
        if (scene === undefined) throw new TypeError(`There is no scene "${name}".`)
        return Response.json({ result: (await scene(this.#stage, (await request.json()) as never)) ?? null })
      } catch (error) {
        return Response.json({ result: failure(error) })
      }
    }
  }
  const worker = {
    fetch: (request: Request, env: { Room: ObjectNamespace }) => {
      const name = new URL(request.url).pathname.split('/')[1] ?? ''
      if (name === 'healthz') return new Response('ok')
      return env.Room.get(env.Room.idFromName(name)).fetch(request)
    },
  }
  return { Room, worker }
}

export function failure(error: unknown) {
  if (ProviderError.is(error)) return { code: error.code, field: error.field, message: error.message }
  const { name, message } = error as Error
  return { name, message }
}

/** What a call fails with. */
export function failing(run: () => unknown) {
  try {
    return { result: run() }
  } catch (error) {
    return failure(error)
  }
}

function stageOf(real: ObjectStorage, told: Mutation[], clock: TestClock): Stage {
  const statements: string[] = []
  const storage = new Proxy(real, {
    get: (_, property) => {
      if (property === 'sql') {
        return {
          exec: (query: string, ...bindings: SqlValue[]) => {
            // As the platform refuses it, which workerd does not.
            if (bindings.length > 100) throw new Error('too many bound parameters')
            statements.push(query)
            return real.sql.exec(query, ...bindings)
          },
          get databaseSize() {
            return real.sql.databaseSize
          },
        }
      }
      const value: unknown = real[property as keyof ObjectStorage]
      return typeof value === 'function' ? value.bind(real) : value
    },
  })
  return {
    kernel: {
      storage,
      clock: () => clock,
      exists: () => {},
      record: () => ({ $id: 'https://do.example/shop/acme' }),
      transaction: (run) => {
        const before = told.length
        try {
          return transaction(storage, run)
        } catch (error) {
          told.length = before
          throw error
        }
      },
      mutated: (mutation) => void told.push(mutation),
    },
    storage,
    told,
    clock,
    statements,
    plan: (query, ...bindings) =>
      real.sql
        .exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...bindings)
        .toArray()
        .map(({ detail }) => detail)
        .join(' | '),
    again: () => stageOf(real, told, clock),
  }
}
