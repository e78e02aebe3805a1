import type { MethodOptions } from '../expose/types.ts'
import type { Schema } from '../storage/schema.ts'
import type { JsonSchema } from './types.ts'

/** The part of Standard JSON Schema (https://standardschema.dev/json-schema) that is used: a schema that can describe itself. */
interface SelfDescribing {
  readonly jsonSchema?: Readonly<Record<'input' | 'output', (options: { readonly target: string }) => Record<string, unknown>>>
}

/** JSON Schema (draft 2020-12) of what a schema takes or gives; undefined where its library cannot say. */
export function jsonSchemaOf(schema: Schema<unknown> | undefined, side: 'input' | 'output'): JsonSchema | undefined {
  const standard = schema?.['~standard'] as SelfDescribing | undefined
  try {
    const described = standard?.jsonSchema?.[side]({ target: 'draft-2020-12' })
    if (described === undefined) return undefined
    const { $schema: _, ...rest } = described
    // References inside it start from its own root, not from that of the document around it.
    return '$defs' in rest ? { $id: `urn:schema:${fingerprint(JSON.stringify(rest))}`, ...rest } : rest
  } catch {
    // A library may refuse what JSON Schema has no word for, such as a transformation.
    return undefined
  }
}

/** Names of a method's arguments, in order. */
export function parametersOf({ parameters, input }: MethodOptions, method: unknown): readonly string[] {
  if (parameters !== undefined) return parameters
  const count = Math.max(input?.length ?? 0, typeof method === 'function' ? method.length : 0)
  return Array.from({ length: count }, (_, index) => `arg${index}`)
}

/** JSON Schema of a method's arguments as one object with named fields. What is not known is said to be open. */
export function inputSchemaOf(options: MethodOptions, names: readonly string[]): JsonSchema {
  if (options.inputJsonSchema !== undefined) return { type: 'object', ...options.inputJsonSchema }
  const properties = Object.fromEntries(names.map((name, index) => [name, jsonSchemaOf(options.input?.[index], 'input') ?? open]))
  const required = names.filter((_, index) => isRequired(options.input?.[index]))
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false }
}

/** For everything whose schema is not known. */
export const open: JsonSchema = { description: 'Any JSON value: its schema does not describe itself.' }

/** The type that a schema gives a field, by its path; undefined where it says none, or several. */
export function typeOf(schema: JsonSchema | undefined, path: string): string | undefined {
  let at: unknown = schema
  for (const name of path.split('.')) {
    const properties: unknown = (at as { properties?: unknown } | undefined)?.properties
    if (typeof properties !== 'object' || properties === null || !Object.hasOwn(properties, name)) return undefined
    at = (properties as Record<string, unknown>)[name]
  }
  const type: unknown = (at as { type?: unknown }).type
  return typeof type === 'string' ? type : undefined
}

/** A schema that takes `undefined` needs no argument. */
function isRequired(schema: Schema<unknown> | undefined): boolean {
  if (schema === undefined) return false
  try {
    const result = schema['~standard'].validate(undefined)
    return !(result instanceof Promise) && result.issues !== undefined
  } catch {
    return true
  }
}

function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  return hash.toString(16)
}
