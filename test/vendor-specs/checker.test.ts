import { describe, expect, it } from 'vitest'
import { checked } from './checked.ts'
import { openApi, type VendorSpec } from './checker.ts'
import type { Description } from './description.ts'
import { type Judge, judge } from './probe.ts'

// Runs on every machine: whatever the vendors' descriptions say, the checker itself must be right.

const pet = {
  type: 'object',
  required: ['name', 'kind'],
  properties: {
    id: { type: 'string', readOnly: true },
    name: { type: 'string', maxLength: 10 },
    kind: { type: 'string', enum: ['cat', 'dog'] },
    age: { type: 'integer', minimum: 0, exclusiveMinimum: true, nullable: true },
    secret: { type: 'string', writeOnly: true },
    labels: { type: 'object' },
  },
}

const document: Description = {
  openapi: '3.0.1',
  servers: [{ url: 'https://pets.example.com/v1' }],
  security: [{ key: [] }],
  paths: {
    '/pets': {
      post: {
        operationId: 'createPet',
        requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } },
        responses: { '201': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } } },
      },
      get: {
        operationId: 'listPets',
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100 } },
          {
            name: 'filter',
            in: 'query',
            style: 'deepObject',
            explode: true,
            schema: {
              type: 'object',
              properties: { kind: { type: 'string' }, ages: { type: 'array', items: { type: 'integer' } } },
            },
          },
        ],
        responses: {
          '200': {
            content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Animal' } } } },
          },
          '4XX': {
            content: {
              'application/json': { schema: { type: 'object', required: ['error'], properties: { error: { type: 'string' } } } },
            },
          },
        },
      },
    },
    '/pets/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^p\\d+$' } }],
      delete: { operationId: 'deletePet', responses: { '204': {} } },
      put: {
        operationId: 'renamePet',
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                required: ['Name'],
                properties: {
                  Name: { type: 'string' },
                  Age: { type: 'integer' },
                  Tags: { type: 'array', items: { type: 'string' } },
                },
              },
            },
          },
        },
        responses: { '200': { content: { 'application/json': {} } } },
      },
    },
    '/pets/latest': {
      get: {
        operationId: 'latestPet',
        responses: { '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Tagged' } } } } },
      },
    },
  },
  webhooks: {
    born: {
      post: {
        parameters: [{ name: 'x-signature', in: 'header', required: true, schema: { type: 'string' } }],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: {
                  data: {
                    type: 'object',
                    properties: { event_type: { type: 'string', enum: ['pet.born'] }, name: { type: 'string' } },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Pet: pet,
      Fish: { type: 'object', required: ['fins'], properties: { fins: { type: 'integer' } } },
      Animal: { oneOf: [{ $ref: '#/components/schemas/Pet' }, { $ref: '#/components/schemas/Fish' }] },
      Tagged: { allOf: [{ $ref: '#/components/schemas/Pet' }, { type: 'object', properties: { tag: { type: 'string' } } }] },
    },
  },
}

const spec: VendorSpec = openApi('pets', [document])
const on: Judge = judge(spec, 'https://pets.example.com/v1', { authorization: 'Bearer x' })
const cat = { name: 'Tom', kind: 'cat' }

describe('the checker finds in requests', () => {
  it.each<[string, () => readonly string[], string]>([
    ['a missing member', () => on.request('POST', '/pets', { kind: 'cat' }), '/body/name is required and missing'],
    ['a wrong type', () => on.request('POST', '/pets', { ...cat, name: 7 }), '/body/name must be string'],
    [
      'a value that is not in the list',
      () => on.request('POST', '/pets', { ...cat, kind: 'cow' }),
      '/body/kind must be one of ["cat","dog"]',
    ],
    ['an unknown member', () => on.request('POST', '/pets', { ...cat, wings: 2 }), '/body/wings is not described'],
    [
      'a readOnly member',
      () => on.request('POST', '/pets', { ...cat, id: 'p1' }),
      '/body/id belongs to the other direction (readOnly or writeOnly)',
    ],
    ['an exclusive bound', () => on.request('POST', '/pets', { ...cat, age: 0 }), '/body/age must be > 0'],
    ['a missing body', () => on.request('POST', '/pets'), '/body is required and missing'],
    ['a body where none belongs', () => on.request('DELETE', '/pets/p1', {}), '/body no body is described'],
    ['a path that is not there', () => on.request('GET', '/cows'), '/path there is no path https://pets.example.com/v1/cows'],
    [
      'a method that is not there',
      () => on.request('PATCH', '/pets'),
      '/path PATCH is not among the methods of this path (GET, POST)',
    ],
    ['a path parameter of the wrong form', () => on.request('DELETE', '/pets/x1'), '/path/id must match pattern "^p\\d+$"'],
    ['an unknown query parameter', () => on.request('GET', '/pets?size=1'), '/query/size is not described'],
    ['a query parameter that is no number', () => on.request('GET', '/pets?limit=all'), '/query/limit must be integer'],
    [
      'an unknown member of a bracketed parameter',
      () => on.request('GET', '/pets?filter[colour]=red'),
      '/query/filter/colour is not described',
    ],
    ['a form member of the wrong type', () => on.form('PUT', '/pets/p1', 'Name=Tom&Age=old'), '/body/Age must be integer'],
    ['a form member that is missing', () => on.form('PUT', '/pets/p1', 'Age=3'), '/body/Name is required and missing'],
    ['an empty form', () => on.form('PUT', '/pets/p1', ''), '/body/Name is required and missing'],
    [
      'a media type that is not described',
      () => on.form('POST', '/pets', 'name=Tom'),
      '/header/content-type "application/x-www-form-urlencoded" is not described (application/json)',
    ],
    [
      'a credential of another scheme',
      () => judge(spec, 'https://pets.example.com/v1', { authorization: 'Basic x' }).request('GET', '/pets'),
      '/header/authorization must be bearer, is basic',
    ],
  ])('%s', (_, findings, expected) => expect(findings()).toContain(expected))

  it('nothing where nothing is wrong', () => {
    expect(on.request('POST', '/pets', { ...cat, age: null, secret: 's', labels: { any: 1 } })).toEqual([])
    expect(on.request('GET', '/pets?limit=5&filter[kind]=cat&filter[ages][]=3&filter[ages][]=4')).toEqual([])
    expect(on.request('GET', '/pets/latest')).toEqual([])
    expect(on.form('PUT', '/pets/p1', 'Name=Tom&Age=3&Tags=a&Tags=b')).toEqual([])
  })
})

describe('the checker finds in answers', () => {
  it.each<[string, () => readonly string[], string]>([
    ['a status that is not described', () => on.answer('POST', '/pets', 200, cat), '/status 200 is not described'],
    ['an unknown member', () => on.answer('POST', '/pets', 201, { ...cat, wings: 2 }), '/body/wings is not described'],
    [
      'a writeOnly member',
      () => on.answer('POST', '/pets', 201, { ...cat, secret: 's' }),
      '/body/secret belongs to the other direction (readOnly or writeOnly)',
    ],
    [
      'an unknown member of one of two kinds',
      () => on.answer('GET', '/pets', 200, [{ fins: 2, name: 'x' }]),
      '/body/0/name is not described',
    ],
    [
      'an unknown member of a composition',
      () => on.answer('GET', '/pets/latest', 200, { ...cat, tag: 't', wings: 2 }),
      '/body/wings is not described',
    ],
    [
      'an error of the wrong shape',
      () => on.answer('GET', '/pets', 404, { message: 'no' }),
      '/body/error is required and missing',
    ],
    ['a body where none belongs', () => on.answer('DELETE', '/pets/p1', 204, {}), '/body no body is described'],
  ])('%s', (_, findings, expected) => expect(findings()).toContain(expected))

  it('nothing where nothing is wrong', () => {
    expect(on.answer('POST', '/pets', 201, { ...cat, id: 'p1' })).toEqual([])
    expect(on.answer('GET', '/pets', 200, [{ ...cat }, { fins: 2 }])).toEqual([])
    expect(on.answer('GET', '/pets/latest', 200, { ...cat, tag: 't' })).toEqual([])
    expect(on.answer('GET', '/pets', 429, { error: 'slow' })).toEqual([])
  })

  it('applies corrections, each at its place', () => {
    const corrected = openApi('pets', [document], {
      formats: {},
      corrections: [
        {
          at: '#/components/schemas/Pet/properties/kind',
          change: (schema) => ({ ...schema, enum: ['cat', 'dog', 'cow'] }),
          reason: 'Cows are pets.',
        },
      ],
      answers: [
        { status: /^5/, schema: { type: 'object', properties: { fault: { type: 'string' } } }, reason: 'Everybody fails.' },
      ],
    })
    const there = judge(corrected, 'https://pets.example.com/v1', { authorization: 'Bearer x' })
    expect(there.request('POST', '/pets', { ...cat, kind: 'cow' })).toEqual([])
    expect(there.request('POST', '/pets', { ...cat, kind: 'hen' })).toHaveLength(1)
    expect(there.answer('POST', '/pets', 503, { fault: 'x' })).toEqual([])
    expect(there.answer('POST', '/pets', 503, { error: 'x' })).toEqual(['/body/error is not described'])
  })
})

describe('the checker on webhooks', () => {
  it('knows them by their event type', () => {
    expect(on.webhook({ data: { event_type: 'pet.born', name: 'Tom' } }, { 'x-signature': 's' })).toEqual([])
    expect(on.webhook({ data: { event_type: 'pet.born', weight: 3 } }, {})).toEqual([
      '/header/x-signature is required and missing',
      '/body/data/weight is not described',
    ])
  })
})

describe('a checked fetch', () => {
  const answering =
    (status: number, body: object): typeof fetch =>
    async () =>
      Response.json(body, { status })

  it('reports pairs, passes the answer on, and never calls the unchecked checked', async () => {
    const watch = checked(answering(201, { ...cat, wings: 2 }), spec)
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json' }
    const response = await watch.fetch('https://pets.example.com/v1/pets', {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'Tom' }),
    })
    expect(await response.json()).toEqual({ ...cat, wings: 2 })
    expect(watch.findings).toEqual([
      { vendor: 'pets', operation: 'createPet', side: 'request', at: '/body/kind', says: 'is required and missing' },
      { vendor: 'pets', operation: 'createPet', side: 'answer', at: '/body/wings', says: 'is not described' },
    ])
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
    const other = checked(answering(200, { anything: true }), spec)
    await other.fetch('https://pets.example.com/v1/pets/p1', { method: 'PUT', headers: form, body: 'Name=Tom' })
    expect(other.findings).toEqual([])
    expect(other.unchecked).toEqual([
      { operation: 'renamePet', side: 'answer', why: 'the description has no schema for application/json' },
    ])
    expect(other.operations()).toEqual({ checked: ['request renamePet'], unchecked: ['answer renamePet'] })
    expect(other.counts).toEqual({ requests: 1, answers: 1, webhooks: 0, unanswered: 0 })
  })

  it('counts what was never answered and passes the failure on', async () => {
    const watch = checked(() => Promise.reject(new TypeError('fetch failed')), spec)
    await expect(watch.fetch('https://pets.example.com/v1/pets', { headers: { authorization: 'Bearer x' } })).rejects.toThrow(
      'fetch failed',
    )
    expect(watch.counts).toEqual({ requests: 1, answers: 0, webhooks: 0, unanswered: 1 })
  })
})
