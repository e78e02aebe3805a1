import { refuse } from '@do/provider'

type Schema = Readonly<Record<string, unknown>>

/**
 * Words of JSON Schema that say what shape a value has, and that Google passes over in silence: the answer could be anything.
 * https://ai.google.dev/gemini-api/docs/structured-output#json_schema_support
 */
const unheard = new Set([
  'allOf',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'patternProperties',
  'propertyNames',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedItems',
  'unevaluatedProperties',
  '$dynamicRef',
])

const single = new Set(['items', 'additionalProperties'])
const lists = new Set(['anyOf', 'oneOf', 'prefixItems'])
const maps = new Set(['properties', '$defs', 'definitions'])

/**
 * A JSON Schema as Google takes it: `const` becomes an `enum` of one.
 * @throws ProviderError `invalid_schema` for a word that would be passed over.
 */
export function fitSchema(schema: Schema, field: string): Schema {
  const result: Record<string, unknown> = {}
  for (const [word, value] of Object.entries(schema)) {
    if (unheard.has(word)) {
      throw refuse('invalid_schema', `Google passes over "${word}" in a JSON Schema. Say it without, or ask another provider.`, {
        field: `${field}.${word}`,
        elsewhere: true,
      })
    }
    if (word === 'const') result.enum = [value]
    else if (single.has(word)) result[word] = inner(value, `${field}.${word}`)
    else if (lists.has(word) && Array.isArray(value)) {
      result[word] = value.map((each: unknown, index) => inner(each, `${field}.${word}.${index}`))
    } else if (maps.has(word) && isObject(value)) {
      result[word] = Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, inner(each, `${field}.${word}.${name}`)]),
      )
    } else result[word] = value
  }
  return result
}

const inner = (value: unknown, field: string): unknown => (isObject(value) ? fitSchema(value, field) : value)

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
