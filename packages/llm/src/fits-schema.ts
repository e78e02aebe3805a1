import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema'
import { refuse } from '@do/provider'
import type { Problem } from './schema-problem.ts'

/**
 * What of a value does not fit its schema: the innermost place. Undefined where all of it fits.
 * @throws ProviderError `invalid_schema` where the schema itself cannot be read (a reference that leads nowhere).
 */
export function misfit(schema: object, value: unknown): Problem | undefined {
  const { valid, errors } = checked(schema, value)
  if (valid) return undefined
  let inner: OutputUnit | undefined
  for (const error of errors) if (inner === undefined || depthOf(error) >= depthOf(inner)) inner = error
  return { path: pathOf(inner?.instanceLocation ?? '#'), message: sentences[inner?.keyword ?? ''] ?? 'does not fit the schema' }
}

function checked(schema: object, value: unknown) {
  try {
    return new Validator(schema as Schema, '2020-12').validate(value)
  } catch {
    throw refuse('invalid_schema', 'This JSON Schema cannot be checked here: look at its references and patterns.')
  }
}

const depthOf = ({ instanceLocation }: OutputUnit) => instanceLocation.split('/').length

/** From `#/items/0/a~1b` to `items.0.a/b`. */
function pathOf(location: string): string {
  return location
    .slice(2)
    .split('/')
    .map((part) => unescaped(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
}

function unescaped(text: string): string {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}

// Our own words, without the value: it may be anything that a person has said.
const sentences: Readonly<Record<string, string>> = {
  type: 'is of another type than the schema wants',
  required: 'lacks a property that is required',
  additionalProperties: 'has a property that the schema does not know',
  unevaluatedProperties: 'has a property that the schema does not know',
  enum: 'is none of the values that the schema allows',
  const: 'is not the value that the schema wants',
  format: 'does not have the format that the schema wants',
  pattern: 'does not match the pattern of the schema',
  minLength: 'is too short',
  maxLength: 'is too long',
  minimum: 'is too small',
  exclusiveMinimum: 'is too small',
  maximum: 'is too large',
  exclusiveMaximum: 'is too large',
  multipleOf: 'is not a multiple of what the schema says',
  minItems: 'has too few items',
  maxItems: 'has too many items',
  uniqueItems: 'has an item twice',
  minProperties: 'has too few properties',
  maxProperties: 'has too many properties',
  anyOf: 'fits none of the alternatives',
  oneOf: 'fits not exactly one of the alternatives',
  not: 'is what the schema excludes',
}
