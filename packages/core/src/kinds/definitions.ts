import { refuse } from '@do/provider'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Document } from '../collection/types.ts'
import type { Schema } from '../storage/schema.ts'
import { key, missing } from './check.ts'

/** What has a name and versions that never change once published: whoever runs version 3 runs it to the end. */
export interface Definitions<T> {
  /** The next version; the same as the latest is no new one. `invalid_input` */
  publish(name: string, definition: T): Document<Versioned<T>>
  /** The latest, or one version of it. A retired one is found by its version only. */
  get(name: string, version?: number): Document<Versioned<T>> | undefined
  /** The latest of each that is not retired, by name. At most 1,000. */
  list(): readonly Document<Versioned<T>>[]
  /** From the first to the latest. At most 1,000. */
  versions(name: string): readonly Document<Versioned<T>>[]
  /** No longer to be begun. `not_found` */
  retire(name: string): void
}

export interface Versioned<T> {
  readonly name: string
  readonly version: number
  /** Only the last one published is. */
  readonly latest: boolean
  readonly definition: T
}

export function definitionsOf<T extends object>(
  kernel: CollectionKernel,
  kind: string,
  schema: Schema<T>,
  check: (definition: T) => void,
): Definitions<T> {
  const all = collectionIn<Versioned<T>>(kernel, kind, undefined, {
    indexes: [
      ['name', 'version'],
      ['latest', 'name'],
    ],
  })
  const latest = (name: string) => all.list({ where: { name, latest: true }, limit: 1 }).items[0]
  const idOf = (name: string, version: number) => `${name}@${version}`

  return {
    publish: (name, given) => {
      const wrong = key(name)
      if (wrong !== undefined) throw refuse('invalid_input', `The name must be ${wrong}.`, { field: 'name' })
      const result = schema['~standard'].validate(given)
      if (result instanceof Promise) throw refuse('async_schema', 'The schema of a definition must be synchronous.')
      if (result.issues !== undefined) {
        const [issue] = result.issues
        const field = (issue?.path ?? []).map(String).join('.')
        throw refuse('invalid_input', `"${field}" of "${name}" must be ${issue?.message}.`, { field })
      }
      check(result.value)
      return kernel.transaction(() => {
        const versions = all.list({ where: { name }, orderBy: '-version', limit: 1 }).items
        const before = versions[0]
        if (before?.latest === true && JSON.stringify(before.definition) === JSON.stringify(result.value)) return before
        if (before?.latest === true) all.update(before.$id, (now) => ({ ...now, latest: false }))
        const version = (before?.version ?? 0) + 1
        return all.insert({ name, version, latest: true, definition: result.value }, { id: idOf(name, version) })
      })
    },
    get: (name, version) => (version === undefined ? latest(name) : all.get(idOf(name, version))),
    list: () => all.list({ where: { latest: true }, orderBy: 'name', limit: 1_000 }).items,
    versions: (name) => all.list({ where: { name }, orderBy: 'version', limit: 1_000 }).items,
    retire: (name) => {
      const found = latest(name)
      if (found === undefined) throw missing('definition', name)
      all.update(found.$id, (now) => ({ ...now, latest: false }))
    },
  }
}
