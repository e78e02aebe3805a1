import { refuse } from '@do/provider'
import type { Expanded, Reference, Thing } from './types.ts'

type Fields = Readonly<Record<string, unknown>>

const maxDepth = 64

export function isReference(value: unknown): value is Reference {
  return isFields(value) && typeof value.$ref === 'string'
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The same value with each object that `swap` answers for replaced; what it leaves is gone through. Paths are of fields; items of
 * a list have the path of the list.
 */
export function mapObjects(value: unknown, swap: (value: Fields, path: string) => unknown, path = '', depth = 0): unknown {
  if (depth > maxDepth) throw refuse('invalid_value', `A thing is nested at most ${maxDepth} deep. Refer to its parts instead.`)
  if (Array.isArray(value)) return value.map((item) => swapped(item, swap, path, depth))
  if (!isFields(value)) return value
  const entries = Object.entries(value).map(
    ([name, item]) => [name, swapped(item, swap, path === '' ? name : `${path}.${name}`, depth)] as const,
  )
  return Object.fromEntries(entries)
}

function swapped(item: unknown, swap: (value: Fields, path: string) => unknown, path: string, depth: number): unknown {
  const other = isFields(item) ? swap(item, path) : undefined
  return other === undefined ? mapObjects(item, swap, path, depth + 1) : other
}

/** The ids that a value refers to, each once. */
export function referencesIn(value: unknown, wanted: (path: string) => boolean = () => true): string[] {
  const found = new Set<string>()
  mapObjects(value, (item, path) => {
    if (!isReference(item)) return undefined
    if (wanted(path)) found.add(item.$ref)
    return item
  })
  return [...found]
}

/** Things in it as references: what `expand` has put in taken out again. */
export function compact(thing: Expanded | Thing): Thing {
  const { $context: _, ...rest } = thing as Expanded
  return mapObjects(rest, (item) => {
    if (isReference(item)) return { $ref: item.$ref }
    return typeof item.$type === 'string' && typeof item.$id === 'string' ? { $ref: item.$id } : undefined
  }) as Thing
}

/**
 * As JSON-LD 1.1: `@id` and `@type`, references as `{ "@id" }`, all other names below `vocabulary`. What only this suite knows
 * ($version, times) is left out.
 */
export function toJsonLd(thing: Expanded | Thing, vocabulary: string): Fields {
  return { '@context': { '@vocab': vocabulary }, ...linked(thing) }
}

function linked(value: Fields): Fields {
  const { $id, $type, $ref } = value
  if (typeof $ref === 'string') return { '@id': $ref }
  const named = Object.entries(value).filter(([name]) => !name.startsWith('$') && !name.startsWith('@'))
  return {
    ...(typeof $id === 'string' ? { '@id': $id } : {}),
    ...(typeof $type === 'string' ? { '@type': $type } : {}),
    ...Object.fromEntries(named.map(([name, item]) => [name, linkedValue(item)])),
  }
}

function linkedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(linkedValue)
  return isFields(value) ? linked(value) : value
}
