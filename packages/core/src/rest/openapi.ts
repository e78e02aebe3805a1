import type { ExposedMethod } from './methods.ts'
import { operators } from './query.ts'
import { jsonSchemaOf, open } from './schemas.ts'
import type { JsonSchema, Operation, Resource, RestOptions } from './types.ts'

interface Described {
  /** URL of the object. */
  readonly base: string
  readonly type: string
  readonly options: RestOptions
  readonly resources: readonly Resource[]
  readonly methods: readonly ExposedMethod[]
}

type Part = Readonly<Record<string, unknown>>

/** OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1) of what `rest` serves, out of the same data. */
export function openapiOf({ base, type, options, resources, methods }: Described): Part {
  const { title = type, version = '1', description } = options
  const paths: Record<string, Part> = {
    '/': {
      get: {
        operationId: 'object',
        summary: 'The object and its links',
        responses: { 200: json('The object', ref('Object')), ...failures },
      },
    },
  }
  const schemas: Record<string, Part> = { Problem: problemSchema, Object: objectSchema, Links: linksSchema }
  for (const resource of resources) {
    schemas[`${resource.name}.input`] = resource.described ?? { type: 'object', ...open }
    schemas[resource.name] = { allOf: [ref(`${resource.name}.input`), ref('Document')] }
    schemas.Document = documentSchema
    Object.assign(paths, pathsOf(resource))
  }
  for (const method of methods) paths[`/${method.name}`] = pathOf(method)
  return {
    openapi: '3.1.0',
    info: { title, version, ...(description === undefined ? {} : { description }) },
    servers: [{ url: base }],
    paths,
    components: { schemas },
  }
}

function pathsOf({ name, allow, filters, description, requireMatch = false, scopes }: Resource): Record<string, Part> {
  const operation = (kind: Operation, summary: string, more: Part): Part => {
    const asked = scopes?.[kind === 'list' || kind === 'read' ? 'read' : 'write']
    const words = [description, asked && `Needs one of these scopes: ${asked.join(', ')}.`].filter(Boolean).join(' ')
    return { operationId: `${name}.${kind}`, summary, tags: [name], ...(words === '' ? {} : { description: words }), ...more }
  }
  const body = (types: readonly string[], schema: JsonSchema) => ({
    requestBody: { required: true, content: Object.fromEntries(types.map((mime) => [mime, { schema }])) },
  })
  const whole = body(['application/json'], ref(`${name}.input`))
  const merge = body(['application/merge-patch+json', 'application/json'], { type: 'object' })
  const one = { ...json('The document', ref(name)), headers: { ETag: { schema: { type: 'string' } } } }
  const match = { parameters: [header('If-Match', 'The ETag that the change is made to', requireMatch)] }
  const page = {
    type: 'object',
    required: ['items', 'links'],
    properties: { items: { type: 'array', items: ref(name) }, cursor: { type: 'string' }, links: ref('Links') },
  }

  const all = {
    list: operation('list', `List ${name}`, {
      parameters: queryParameters(filters),
      responses: { 200: json('A page', page), ...failures },
    }),
    create: operation('create', `Create one of ${name}`, {
      ...whole,
      parameters: [idempotencyKey],
      responses: { 201: one, ...failures },
    }),
    read: operation('read', `Read one of ${name}`, { responses: { 200: one, 304: { description: 'Not changed' }, ...failures } }),
    replace: operation('replace', `Replace one of ${name}`, {
      ...whole,
      ...match,
      responses: { 200: one, 201: one, ...failures },
    }),
    change: operation('change', `Change one of ${name}`, { ...merge, ...match, responses: { 200: one, ...failures } }),
    delete: operation('delete', `Delete one of ${name}`, {
      ...match,
      responses: { 200: json('Deleted', { type: 'object' }), ...failures },
    }),
  }
  const item = (verbs: Part): Part => pick(verbs, allow)
  const many = item({ get: all.list, post: all.create })
  const single = item({ get: all.read, put: all.replace, patch: all.change, delete: all.delete })
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }
  return {
    ...(Object.keys(many).length > 0 ? { [`/${name}`]: many } : {}),
    ...(Object.keys(single).length > 0 ? { [`/${name}/{id}`]: { parameters: [id], ...single } } : {}),
  }
}

function pick(verbs: Part, allow: ReadonlySet<Operation>): Part {
  const kind = (operation: unknown) =>
    String((operation as { operationId: string }).operationId)
      .split('.')
      .at(-1) as Operation
  return Object.fromEntries(Object.entries(verbs).filter(([, operation]) => allow.has(kind(operation))))
}

function pathOf({ name, options, reads, parameters, input }: ExposedMethod): Part {
  const { title, description, scopes } = options
  const words = [description, scopes && `Needs one of these scopes: ${scopes.join(', ')}.`].filter(Boolean).join(' ')
  const common = { tags: ['methods'], summary: title ?? name, ...(words === '' ? {} : { description: words }) }
  const output = jsonSchemaOf(options.output, 'output') ?? open
  const answer = { type: 'object', required: ['result', 'links'], properties: { result: output, links: ref('Links') } }
  const responses = { 200: json('The answer', answer), ...failures }
  const required = (input.required as readonly string[] | undefined) ?? []
  const properties = (input.properties as Readonly<Record<string, JsonSchema>> | undefined) ?? {}
  const requestBody = { required: required.length > 0, content: { 'application/json': { schema: input } } }
  const key = reads ? {} : { parameters: [idempotencyKey] }
  const post = { operationId: name, ...common, requestBody, ...key, responses }
  if (!reads) return { post }
  const query = parameters.map((field) => ({
    name: field,
    in: 'query',
    required: required.includes(field),
    schema: properties[field] ?? open,
  }))
  return { get: { operationId: `${name}.get`, ...common, parameters: query, responses }, post }
}

function queryParameters(filters: readonly string[] = []): readonly Part[] {
  const fields = ['$id', '$createdAt', '$updatedAt', ...filters]
  const text = { type: 'string' }
  const parameter = (name: string, schema: JsonSchema, description: string) => ({ name, in: 'query', schema, description })
  return [
    parameter('limit', { type: 'integer', minimum: 1, maximum: 1_000, default: 100 }, 'Documents on a page'),
    parameter('cursor', text, 'Where the page before has ended'),
    parameter('orderBy', text, `Fields with commas between, "-" before one for descending: ${fields.join(', ')}`),
    parameter('select', text, 'Only these fields, with commas between'),
    ...fields.map((field) => parameter(field, {}, `Equal to; or ${field}[…] with ${operators.join(', ')}`)),
  ]
}

const idempotencyKey = header(
  'Idempotency-Key',
  'The same key gives the same answer. A caller who is not signed in uses a random UUID.',
)

function header(name: string, description: string, required = false): Part {
  return { name, in: 'header', required, description, schema: { type: 'string' } }
}

function json(description: string, schema: JsonSchema): Part {
  return { description, content: { 'application/json': { schema } } }
}

function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

const failures: Part = {
  default: {
    description: 'What went wrong, and the way on',
    content: { 'application/problem+json': { schema: ref('Problem') } },
  },
}
const linksSchema: Part = { type: 'object', additionalProperties: { type: 'string', format: 'uri' } }
const problemSchema: Part = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
    field: { type: 'string' },
    links: ref('Links'),
  },
}
const time: Part = { type: ['string', 'null'], format: 'date-time' }
const documentSchema: Part = {
  type: 'object',
  required: ['$id', '$version', '$createdAt', '$updatedAt', '$links'],
  properties: {
    $id: { type: 'string' },
    $version: { type: 'integer' },
    $createdAt: { type: 'string', format: 'date-time' },
    $updatedAt: { type: 'string', format: 'date-time' },
    $links: ref('Links'),
  },
}
const objectSchema: Part = {
  type: 'object',
  required: ['$id', '$type', '$version', 'links', 'actions'],
  properties: {
    $id: { type: 'string' },
    $type: { type: 'string' },
    $context: { type: ['string', 'null'] },
    $version: { type: 'integer' },
    $createdAt: time,
    $updatedAt: time,
    links: ref('Links'),
    actions: { type: 'object' },
  },
}
