import { refuse } from '@do/provider'
import { toJSONSchema } from 'zod/v4/core'
import { misfit } from '../fits-schema.ts'
import { isObject, type Problem } from '../schema-problem.ts'

/** A schema of any library that follows https://standardschema.dev (zod, Valibot, ArkType). */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type Checked<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
      }[]
    }

/** A JSON Schema by itself, or for a library that cannot tell its own. */
export interface JsonSchema<Output> {
  readonly jsonSchema: { readonly [keyword: string]: unknown }
  readonly schema?: StandardSchema<Output>
}

export type SchemaOf<Output> = StandardSchema<Output> | JsonSchema<Output>

/** What the model is told, and how its answer is read. */
export interface Shape<Output> {
  /** An object's, always. */
  readonly jsonSchema: { readonly [keyword: string]: unknown }
  read(json: unknown): Promise<{ readonly value: Output } | { readonly problem: Problem }>
}

/** @throws ProviderError `invalid_schema` where no JSON Schema is to be had. */
export function shapeOf<Output>(schema: SchemaOf<Output>): Shape<Output> {
  const own = '~standard' in schema ? undefined : schema.jsonSchema
  const standard = '~standard' in schema ? schema : schema.schema
  const described = own ?? closed(describedBy(standard as StandardSchema<Output>))
  const isWrapped = described.type !== 'object'
  const check = async (value: unknown) => {
    const problem = standard === undefined ? misfit(described, value) : undefined
    return problem === undefined
      ? standard === undefined
        ? { value: value as Output }
        : checkedBy(standard, value)
      : { problem }
  }
  if (!isWrapped) return { jsonSchema: described, read: check }
  return {
    // Vendors want an object at the top.
    jsonSchema: wrapped(described),
    read: async (json) =>
      isObject(json) && 'result' in json ? check(json.result) : { problem: { path: 'result', message: 'is missing' } },
  }
}

const wrapped = (described: JsonObject) => objectOf(described, 'result', (result) => result)

type JsonObject = { readonly [keyword: string]: unknown }

/** An object with one property, made of a schema whose references go on leading where they led. */
export function objectOf(described: JsonObject, property: string, make: (schema: JsonObject) => unknown): JsonObject {
  const { $defs, ...inner } = described
  const defs: Record<string, unknown> = { ...($defs as object | undefined) }
  let schema: JsonObject = inner
  if (refersToItself(inner) || refersToItself($defs)) {
    // What called itself "#" gets a name, since something else is at the top now.
    let name = 'Whole'
    while (Object.hasOwn(defs, name)) name = `${name}_`
    for (const [key, each] of Object.entries(defs)) defs[key] = renamed(each, name)
    defs[name] = renamed(inner, name)
    schema = { $ref: `#/$defs/${name}` }
  }
  return {
    type: 'object',
    properties: { [property]: make(schema) },
    required: [property],
    additionalProperties: false,
    ...(Object.keys(defs).length === 0 ? {} : { $defs: defs }),
  }
}

const isOwn = (ref: unknown): ref is string =>
  typeof ref === 'string' && (ref === '#' || (ref.startsWith('#/') && !ref.startsWith('#/$defs/')))

function refersToItself(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false
  return ('$ref' in node && isOwn(node.$ref)) || Object.values(node).some(refersToItself)
}

function renamed(node: unknown, name: string): unknown {
  if (Array.isArray(node)) return node.map((each) => renamed(each, name))
  if (!isObject(node)) return node
  const entries = Object.entries(node).map(([key, value]) =>
    key === '$ref' && isOwn(value) ? [key, `#/$defs/${name}${value.slice(1)}`] : [key, renamed(value, name)],
  )
  return Object.fromEntries(entries)
}

async function checkedBy<Output>(schema: StandardSchema<Output>, value: unknown) {
  const result = await schema['~standard'].validate(value)
  if (result.issues === undefined) return { value: result.value }
  const [issue] = result.issues
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  return { problem: { path, message: issue?.message ?? 'does not fit the schema' } }
}

type Converter = { readonly input: (options: { readonly target: string }) => Record<string, unknown> }

function describedBy(schema: StandardSchema<unknown>): Record<string, unknown> {
  try {
    const standard = schema['~standard'] as { readonly jsonSchema?: Converter }
    if (standard.jsonSchema !== undefined) return standard.jsonSchema.input({ target: 'draft-2020-12' })
    if ('_zod' in schema) return toJSONSchema(schema as never, { io: 'input' }) as Record<string, unknown>
  } catch {
    throw refuse('invalid_schema', 'This schema has parts that JSON Schema cannot say. Give `{ schema, jsonSchema }` instead.', {
      field: 'schema',
    })
  }
  throw refuse('invalid_schema', 'This schema library does not tell its JSON Schema. Give `{ schema, jsonSchema }` instead.', {
    field: 'schema',
  })
}

/**
 * As vendors that guarantee a schema want it: every object closed. Patterns beside a format go, since many contain what vendors do not
 * read; the schema itself checks the answer in any case.
 */
function closed(schema: Record<string, unknown>): Record<string, unknown> {
  const { $schema: _, ...rest } = schema
  return walked(rest) as Record<string, unknown>
}

function walked(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(walked)
  if (!isObject(node)) return node
  const next = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, values.has(key) ? value : walked(value)]))
  if (next.type === 'object' && isObject(next.properties) && next.additionalProperties === undefined)
    next.additionalProperties = false
  if (next.type === 'string' && typeof next.format === 'string') delete next.pattern
  return next
}

/** Keywords whose values are no schemas, whatever they look like. */
const values: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples'])
