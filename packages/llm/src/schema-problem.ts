/** Where something is wrong, as a path (`properties.age.type`, empty for the whole), and what to do about it. */
export interface Problem {
  readonly path: string
  readonly message: string
}

const types: ReadonlySet<unknown> = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'])
const schemas = [
  'items',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedProperties',
]
const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const maps = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
const counts = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'minContains', 'maxContains']
const numbers = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']

const deepest = 64

/**
 * What is plainly no JSON Schema (2020-12): found here, it costs no request. Keywords that nobody knows pass, as the standard wants
 * it; what a vendor lacks of the standard, only the vendor can say.
 */
export function schemaProblem(schema: unknown): Problem | undefined {
  return problemOf(schema, { root: schema, path: [], depth: 0 })
}

interface Place {
  readonly root: unknown
  readonly path: readonly string[]
  readonly depth: number
}

function problemOf(schema: unknown, place: Place): Problem | undefined {
  const at = (message: string, ...more: string[]): Problem => ({ path: [...place.path, ...more].join('.'), message })
  if (typeof schema === 'boolean') return undefined
  if (!isObject(schema)) return at('must be a JSON Schema: an object, true or false')
  if (place.depth > deepest) return at(`is nested deeper than ${deepest} levels`)
  const own = keywordProblem(schema)
  if (own !== undefined) return at(own.message, ...(own.path === '' ? [] : [own.path]))
  if (schema.$ref !== undefined && !refers(schema.$ref, place.root))
    return at('must point to a part of this schema ("#/$defs/Name")', '$ref')
  for (const [keyword, child] of childrenOf(schema)) {
    const problem = problemOf(child, { root: place.root, path: [...place.path, ...keyword], depth: place.depth + 1 })
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Each keyword by itself, without what is below it. */
function keywordProblem(schema: Record<string, unknown>): Problem | undefined {
  const wrong = (path: string, message: string): Problem => ({ path, message })
  const { type, required, pattern } = schema
  const names = Array.isArray(type) ? type : [type]
  if (type !== undefined && !(names.length > 0 && names.every((name) => types.has(name))))
    return wrong('type', 'must be one of object, array, string, number, integer, boolean, null, or a list of these')
  if (required !== undefined && !isListOfTexts(required)) return wrong('required', 'must be a list of property names')
  if (schema.enum !== undefined && !(Array.isArray(schema.enum) && schema.enum.length > 0))
    return wrong('enum', 'must be a list of at least one value')
  for (const name of counts) {
    if (schema[name] !== undefined && !(Number.isInteger(schema[name]) && (schema[name] as number) >= 0))
      return wrong(name, 'must be a whole number from 0 on')
  }
  for (const name of numbers)
    if (schema[name] !== undefined && !Number.isFinite(schema[name])) return wrong(name, 'must be a number')
  if (schema.multipleOf !== undefined && !(Number.isFinite(schema.multipleOf) && (schema.multipleOf as number) > 0))
    return wrong('multipleOf', 'must be a number above 0')
  if (pattern !== undefined && !isPattern(pattern)) return wrong('pattern', 'must be a regular expression')
  for (const name of lists) {
    if (schema[name] !== undefined && !(Array.isArray(schema[name]) && schema[name].length > 0))
      return wrong(name, 'must be a list of at least one schema')
  }
  for (const name of maps)
    if (schema[name] !== undefined && !isObject(schema[name])) return wrong(name, 'must be an object of schemas')
  return undefined
}

function childrenOf(schema: Record<string, unknown>): (readonly [path: readonly string[], child: unknown])[] {
  const children: [readonly string[], unknown][] = []
  for (const name of schemas) if (schema[name] !== undefined) children.push([[name], schema[name]])
  for (const name of [...lists, ...maps]) {
    for (const [key, child] of Object.entries((schema[name] ?? {}) as object)) children.push([[name, key], child])
  }
  return children
}

/** A reference into the same document; anchors are looked for nowhere, but are no mistake. */
function refers(ref: unknown, root: unknown): boolean {
  if (typeof ref !== 'string' || !ref.startsWith('#')) return false
  if (!ref.startsWith('#/')) return true
  let at = root
  for (const part of ref.slice(2).split('/')) {
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return false
    at = (at as Record<string, unknown>)[name]
  }
  return true
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** With Unicode's rules, as the standard has it, or without, as many write it. */
function isPattern(value: unknown): boolean {
  return typeof value === 'string' && ['u', ''].some((flags) => compiles(value, flags))
}

function compiles(pattern: string, flags: string): boolean {
  try {
    return new RegExp(pattern, flags) instanceof RegExp
  } catch {
    return false
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isListOfTexts = (value: unknown) => Array.isArray(value) && value.every((name) => typeof name === 'string')
