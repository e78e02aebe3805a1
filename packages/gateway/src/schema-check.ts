import { isObject } from './body.ts'

const types: ReadonlySet<unknown> = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'])
const single = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames']
const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const maps = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']

/** What is plainly wrong with a JSON Schema, with its place; undefined where nothing is. Keywords that it does not know pass. */
export function schemaProblem(schema: unknown, at = '', depth = 0): string | undefined {
  const place = at === '' ? 'the schema' : `"${at}"`
  if (typeof schema === 'boolean') return undefined
  if (!isObject(schema)) return `${place} is not a schema: it must be an object`
  if (depth > 64) return `${place} is nested deeper than 64 levels`
  const { type, required } = schema
  const kinds = Array.isArray(type) ? type : [type]
  if (type !== undefined && !kinds.every((kind) => types.has(kind))) return `${place} has a "type" that JSON Schema does not know`
  if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === 'string')))
    return `${place} has a "required" that is not a list of names`
  if (schema.enum !== undefined && !Array.isArray(schema.enum)) return `${place} has an "enum" that is not a list`
  const below = (key: string) => (at === '' ? key : `${at}.${key}`)
  for (const key of single) {
    // Older drafts have a list of schemas in `items`.
    if (schema[key] === undefined || Array.isArray(schema[key])) continue
    const problem = schemaProblem(schema[key], below(key), depth + 1)
    if (problem !== undefined) return problem
  }
  for (const key of lists) {
    const list = schema[key]
    if (list === undefined) continue
    if (!Array.isArray(list)) return `${place} has "${key}" that is not a list`
    for (const [index, item] of list.entries()) {
      const problem = schemaProblem(item, below(`${key}.${index}`), depth + 1)
      if (problem !== undefined) return problem
    }
  }
  for (const key of maps) {
    const map = schema[key]
    if (map === undefined) continue
    if (!isObject(map)) return `${place} has "${key}" that is not an object`
    for (const [name, item] of Object.entries(map)) {
      const problem = schemaProblem(item, below(`${key}.${name}`), depth + 1)
      if (problem !== undefined) return problem
    }
  }
  return undefined
}
