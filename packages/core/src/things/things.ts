import { refuse } from '@do/provider'
import { refuseDeep } from '../collection/document.ts'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Collection, Document, Query, Where } from '../collection/types.ts'
import type { Registry } from '../nouns/types.ts'
import type { Relationships } from '../relationships/types.ts'
import type { Schema } from '../storage/schema.ts'
import { enter, leave, typesOf } from './directory.ts'
import { expandThing } from './expand.ts'
import { isFields, isReference, mapObjects, referencesIn } from './forms.ts'
import type { NewThing, Thing, Things } from './types.ts'

export interface ThingsKernel extends CollectionKernel {
  readonly record: () => { readonly $id: string }
}

type Fields = Record<string, unknown>

/** Typed entities of one object: each noun a collection of its own, each thing with a URL, referring to one another. */
export function createThings(
  kernel: ThingsKernel,
  registry: Registry,
  { relationships }: { readonly relationships?: Relationships } = {},
): Things {
  const { storage } = kernel
  const collections = new Map<string, Collection<Fields>>(
    registry.nouns().map(({ name, schema, indexes, unique }) => [
      name,
      collectionIn<Fields>(kernel, `thing_${name}`, schema as Schema<Fields> | undefined, {
        indexes,
        unique,
        source: `things:${name}`,
      }),
    ]),
  )
  const of = (type: string): Collection<Fields> => collections.get(registry.noun(type).name) as Collection<Fields>
  const context = () => kernel.record().$id
  const known = (id: string) => typesOf(storage, [id]).get(id)

  const url = (type: string, key: string): string => {
    if (typeof key !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/.test(key)) {
      throw refuse('invalid_key', 'A key is 1 to 128 letters, digits, ".", "_", "~" and "-", a letter or digit first.', {
        field: '$id',
      })
    }
    return `${context()}/${registry.noun(type).slug}/${key}`
  }
  const idOf = (type: string, given: unknown): string => {
    if (given === undefined) return url(type, crypto.randomUUID())
    if (typeof given === 'string' && /^https?:\/\//.test(given) && given.length <= 2_000 && URL.canParse(given)) return given
    if (typeof given === 'string' && !given.includes(':')) return url(type, given)
    throw refuse('invalid_id', 'The $id of a thing is an absolute http(s) URL, or a key without ":".', { field: '$id' })
  }

  /** Things within first: what is left of the outer one refers to them. */
  const write = (value: NewThing, replace: boolean): Thing => {
    const { name } = registry.noun(value.$type)
    const id = idOf(name, value.$id)
    const data = mapObjects(value, (item) => {
      if (isReference(item)) return { $ref: item.$ref }
      return typeof item.$type === 'string' ? { $ref: nested(item as NewThing, replace) } : undefined
    }) as Fields
    const type = known(id)
    if (type !== undefined && type !== name) {
      throw refuse('already_exists', `${id} is of another noun, ${type}. Delete it first, or take another $id.`, {
        field: '$type',
      })
    }
    if (type === undefined) enter(storage, id, name)
    const collection = of(name)
    return thingOf(name, replace ? collection.upsert(id, data) : collection.insert(data, { id }))
  }
  const begin = (value: NewThing, replace: boolean) => {
    if (!isFields(value) || typeof value.$type !== 'string') {
      throw refuse('invalid_input', 'A thing is an object with the name of its noun as $type.', { field: '$type' })
    }
    refuseDeep(value, 'A thing')
    return kernel.transaction(() => write(value, replace))
  }
  const nested = (item: NewThing, replace: boolean): string => {
    const names = Object.keys(item).filter((name) => !name.startsWith('$'))
    // Nothing but its name: it is meant, not described.
    if (names.length === 0 && typeof item.$id === 'string') return idOf(item.$type, item.$id)
    return write(item, replace).$id
  }

  const getMany = (ids: readonly string[]): readonly (Thing | undefined)[] => {
    if (ids.length > 1_000) throw refuse('too_many', 'At most 1,000 things at once. Ask in parts.')
    const byType = Map.groupBy(typesOf(storage, ids), ([, type]) => type)
    const found = new Map<string, Thing>()
    for (const [type, entries] of byType) {
      // A noun that the class no longer declares has things that nobody can read here.
      const page = collections.get(type)?.list({ where: { $id: { in: entries.map(([id]) => id) } }, limit: 1_000 })
      for (const document of page?.items ?? []) found.set(document.$id, thingOf(type, document))
    }
    return ids.map((id) => found.get(id))
  }
  const get = (id: string) => getMany([id])[0]

  return {
    url,
    create: (value) => begin(value, false),
    save: (value) => begin(value, true),
    get,
    getMany,
    update: (id, change, options) => {
      const type = known(id)
      if (type === undefined) throw missing(id)
      refuseDeep(change, 'A thing')
      return kernel.transaction(() => {
        const data = mapObjects(change, (item) => {
          if (isReference(item)) return { $ref: item.$ref }
          return typeof item.$type === 'string' ? { $ref: nested(item as NewThing, false) } : undefined
        }) as Fields
        const own = Object.fromEntries(Object.entries(data).filter(([name]) => !name.startsWith('$')))
        return thingOf(type, of(type).update(id, own, options))
      })
    },
    delete: (id, options) => {
      const type = known(id)
      if (type === undefined) return []
      return kernel.transaction(() => {
        of(type).delete(id, options)
        leave(storage, id)
        const remove = (other: string) => {
          const otherType = known(other)
          if (otherType === undefined) return
          of(otherType).delete(other)
          leave(storage, other)
        }
        return relationships?.removeThing(id, remove) ?? [id]
      })
    },
    list: ((type: string, query?: Query) => {
      const { name } = registry.noun(type)
      const { items, ...rest } = of(name).list(query)
      return { items: items.map((document) => thingOf(name, document)), ...rest }
    }) as Things['list'],
    count: (type: string, where?: Where) => of(type).count(where),
    expand: (thing, options = {}) => {
      const root = typeof thing === 'string' ? get(thing) : thing
      if (root === undefined) throw missing(String(thing))
      return expandThing({ context: context(), getMany }, root, options)
    },
    references: (thing) => referencesIn(thing),
  }
}

function missing(id: string) {
  return refuse('not_found', `There is no thing "${id.slice(0, 200)}" here. List its noun to see what there is.`, {
    field: '$id',
  })
}

function thingOf(type: string, { $id, $version, $createdAt, $updatedAt, ...data }: Document<Fields>): Thing {
  return { $id, $type: type, $version, $createdAt, $updatedAt, ...data }
}
