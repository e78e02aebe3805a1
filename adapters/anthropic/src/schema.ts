import { refuse } from '@do/provider'

type Schema = Readonly<Record<string, unknown>>

/**
 * A schema as Anthropic enforces it: every object is closed. What it cannot enforce (lengths, ranges, counts, patterns of its own)
 * is told to the model in the description instead, as Anthropic's own SDK does.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 * @throws ProviderError `invalid_schema` where an object is open on purpose.
 */
export function closed(schema: unknown, field: string): Record<string, unknown> {
  if (!isSchema(schema)) throw invalid(field, 'must be a JSON Schema that is an object')
  const result: Record<string, unknown> = {}
  const told: string[] = []
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$schema' || key === '$id' || key === '$comment') continue
    if (key === 'properties' || key === '$defs' || key === 'definitions') result[key] = each(value, `${field}.${key}`)
    else if (key === 'items') result[key] = closed(value, `${field}.items`)
    else if (key === 'anyOf' || key === 'oneOf' || key === 'allOf')
      result[key === 'oneOf' ? 'anyOf' : key] = list(value, `${field}.${key}`)
    else if (key === 'additionalProperties') {
      if (value !== false)
        throw invalid(`${field}.additionalProperties`, 'must be false or left out: Anthropic answers closed objects only')
    } else if (isEnforced(key, value)) result[key] = value
    else told.push(`${key}: ${JSON.stringify(value)}`)
  }
  if (schema.type === 'object' || schema.properties !== undefined) result.additionalProperties = false
  if (told.length > 0) {
    const { description } = schema
    result.description = `${typeof description === 'string' ? `${description}\n\n` : ''}{${told.join(', ')}}`
  }
  return result
}

const enforced: ReadonlySet<string> = new Set(['type', 'enum', 'const', '$ref', 'required', 'title', 'description', 'default'])
const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])

const isEnforced = (key: string, value: unknown) =>
  enforced.has(key) || (key === 'format' && formats.has(value)) || (key === 'minItems' && (value === 0 || value === 1))

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)

function each(value: unknown, field: string): Record<string, unknown> {
  if (!isSchema(value)) throw invalid(field, 'must be an object of schemas')
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, closed(inner, `${field}.${name}`)]))
}

function list(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(field, 'must be a list of schemas')
  return value.map((inner, index) => closed(inner, `${field}.${index}`))
}

/** Another vendor may take it as it is. */
const invalid = (field: string, must: string) => refuse('invalid_schema', `"${field}" ${must}.`, { field, elsewhere: true })
