import type { Overlay } from './correction.ts'
import { type Description, isObject, pointed, type Schema, type SchemaObject } from './description.ts'

/** `request`: what may be sent, so nothing readOnly. `answer`: what the vendor says, so nothing writeOnly. */
export type Direction = 'request' | 'answer'
/**
 * `closed`: stands for a whole value, so members that it does not describe are wrong. `open`: one part of a composition,
 * which the whole closes. `raw`: below `not`, where closing would turn around.
 */
type Mode = 'closed' | 'open' | 'raw'

const annotations = new Set([
  'description',
  'example',
  'examples',
  'default',
  'title',
  'deprecated',
  'externalDocs',
  'xml',
  'discriminator',
])
const perChild = ['properties', 'patternProperties'] as const
const inPlace = ['allOf', 'anyOf', 'oneOf'] as const

export interface Prepared {
  /** Where the validator finds the schema of this place. */
  id(pointer: string, mode?: Mode): string
  /** A schema that stands anywhere in the document, ready for the validator. */
  whole(schema: Schema, mode?: Mode): Schema
  /** Schemas that were referred to and that the validator does not have yet. */
  take(): readonly { readonly id: string; readonly schema: Schema }[]
}

/**
 * Turns the vendor's schemas into plain JSON Schema 2020-12 that is closed: a member that no part of a composition
 * describes is an error. An object that describes no members at all is a free map and stays so.
 */
export function prepare(document: Description, direction: Direction, overlay: Overlay): Prepared {
  const wanted: { id: string; schema: Schema }[] = []
  const known = new Map<string, string>()
  const corrected = new Map<object, SchemaObject | boolean>()
  for (const { at, change } of overlay.corrections) {
    const schema = pointed(document, at) as Record<string, unknown>
    corrected.set(schema, change(structuredClone(schema)))
  }
  const current = (schema: Schema): Schema => (isObject(schema) ? (corrected.get(schema) ?? schema) : schema)
  const target = (reference: string) => current(pointed(document, reference) as Schema)

  function id(pointer: string, mode: Mode = 'closed'): string {
    const key = `${mode} ${pointer}`
    const before = known.get(key)
    if (before !== undefined) return before
    const name = `https://vendor.invalid/${direction}/${known.size}`
    // Known before its parts are read: a schema may hold itself.
    known.set(key, name)
    wanted.push({ id: name, schema: whole(target(pointer), mode) })
    return name
  }

  function describes(schema: Schema, seen: readonly string[] = []): boolean {
    const given = current(schema)
    if (!isObject(given)) return false
    if (typeof given.$ref === 'string') return !seen.includes(given.$ref) && describes(target(given.$ref), [...seen, given.$ref])
    if (perChild.some((keyword) => isObject(given[keyword])) || given.additionalProperties !== undefined) return true
    return inPlace.some((keyword) => ((given[keyword] ?? []) as Schema[]).some((part) => describes(part, seen)))
  }

  function hidden(schema: Schema): boolean {
    const given = current(schema)
    if (!isObject(given)) return false
    if (given[direction === 'request' ? 'readOnly' : 'writeOnly'] === true) return true
    return typeof given.$ref === 'string' && hidden(target(given.$ref))
  }

  function whole(original: Schema, mode: Mode = 'closed'): Schema {
    const given = current(original)
    if (!isObject(given)) return given
    const own = Object.keys(given).filter((keyword) => !annotations.has(keyword) && !keyword.startsWith('x-'))
    const child: Mode = mode === 'raw' ? 'raw' : 'closed'
    const nullable = given.nullable === true
    // In OpenAPI 3.0 nothing beside a reference counts; in 3.1 Telnyx writes `nullable` there and means it.
    if (
      typeof given.$ref === 'string' &&
      (document.openapi.startsWith('3.0') || own.every((name) => ['$ref', 'nullable', 'readOnly', 'writeOnly'].includes(name)))
    ) {
      const reference = { $ref: id(given.$ref, mode) }
      return nullable ? { anyOf: [{ type: 'null' }, reference] } : reference
    }
    const union = (['anyOf', 'oneOf'] as const).find((keyword) => Array.isArray(given[keyword]))
    const pureUnion = union !== undefined && !given.properties && !given.allOf && !given.$ref && !(given.anyOf && given.oneOf)
    const part: Mode = mode === 'closed' && pureUnion ? 'closed' : mode === 'raw' ? 'raw' : 'open'
    const result: Record<string, unknown> = {}
    for (const keyword of own) {
      const value = given[keyword]
      if (keyword === '$ref') result.$ref = id(value as string, mode === 'closed' ? 'open' : mode)
      else if (keyword === 'properties' || keyword === 'patternProperties') {
        result[keyword] = Object.fromEntries(
          Object.entries(value as Record<string, Schema>).map(([name, member]) => [
            name,
            hidden(member) ? false : whole(member, child),
          ]),
        )
      } else if (keyword === 'required' && Array.isArray(value)) {
        const members = (given.properties ?? {}) as Record<string, Schema>
        result.required = value.filter((name: string) => !(name in members && hidden(members[name] as Schema)))
      } else if (keyword === 'additionalProperties' || keyword === 'items') result[keyword] = whole(value as Schema, child)
      else if (keyword === 'allOf' || keyword === 'anyOf' || keyword === 'oneOf')
        result[keyword] = (value as Schema[]).map((member) => whole(member, part))
      else if (keyword === 'not') result.not = whole(value as Schema, 'raw')
      else if (keyword === 'exclusiveMinimum' || keyword === 'exclusiveMaximum') exclusive(result, given, keyword)
      else if (keyword === 'minimum' || keyword === 'maximum') {
        if (given[keyword === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum'] !== true) result[keyword] = value
      } else if (!['nullable', 'readOnly', 'writeOnly'].includes(keyword)) result[keyword] = value
    }
    if (mode === 'closed' && !pureUnion && describes(given)) result.unevaluatedProperties = false
    return nullable ? orNull(result) : result
  }

  return { id, whole, take: () => wanted.splice(0) }
}

/** OpenAPI 3.0 says "exclusive" by a boolean beside the bound. */
function exclusive(result: Record<string, unknown>, given: SchemaObject, keyword: 'exclusiveMinimum' | 'exclusiveMaximum') {
  const bound = keyword === 'exclusiveMinimum' ? given.minimum : given.maximum
  if (typeof given[keyword] === 'number') result[keyword] = given[keyword]
  else if (given[keyword] === true) result[keyword] = bound
}

function orNull(schema: Record<string, unknown>): Schema {
  const { type, enum: values } = schema
  const plain = (typeof type === 'string' || Array.isArray(type)) && !schema.allOf && !schema.anyOf && !schema.oneOf
  if (!plain) return { anyOf: [{ type: 'null' }, schema] }
  return {
    ...schema,
    type: [...new Set([...(Array.isArray(type) ? type : [type]), 'null'])],
    ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
  }
}
