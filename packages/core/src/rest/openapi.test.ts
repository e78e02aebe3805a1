import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ShopServer, startShop } from './test/harness.ts'

type Doc = any

let shop: ShopServer
let document: Doc
beforeAll(async () => {
  shop = await startShop()
  document = (await shop.ask('GET', '/api/openapi.json')).body
})
afterAll(() => shop.close())

const verbs = ['get', 'put', 'post', 'delete', 'patch']
const operations = () =>
  Object.entries<Doc>(document.paths).flatMap(([path, item]) =>
    verbs.filter((verb) => verb in item).map((verb) => ({ path, verb, item, operation: item[verb] })),
  )

describe('the OpenAPI document', () => {
  it('describes exactly what answers', async () => {
    const described = operations().map(({ path, verb }) => `${verb} ${path}`)
    const collection = (name: string) => [
      `get /${name}`,
      `post /${name}`,
      `get /${name}/{id}`,
      `put /${name}/{id}`,
      `delete /${name}/{id}`,
      `patch /${name}/{id}`,
    ]
    const methods = [
      'post /rename',
      'get /add',
      'post /add',
      'get /count',
      'post /count',
      'post /slow',
      'post /broken',
      'post /refuses',
      'post /admin',
    ]
    const archive = ['get /archive', 'get /archive/{id}']
    const expected = ['get /', ...collection('orders'), ...collection('notes'), ...archive, ...collection('locked'), ...methods]
    expect(described.toSorted()).toEqual(expected.toSorted())
    // What the path does not describe, the server refuses: 405 says the same as the document.
    for (const [path, item] of Object.entries<Doc>(document.paths)) {
      const allow = (await shop.ask('OPTIONS', `/api${path.replace('{id}', 'x')}`)).headers.get('allow')?.split(', ') ?? []
      const said = verbs.filter((verb) => verb in item).map((verb) => verb.toUpperCase())
      expect([path, allow.filter((verb) => verb !== 'HEAD' && verb !== 'OPTIONS').sort()]).toEqual([path, said.sort()])
    }
  })

  it('holds together: references resolve, ids are unique, path parameters are declared', () => {
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? []
    expect(references.length).toBeGreaterThan(20)
    for (const reference of new Set(references)) {
      const name = /"#\/components\/schemas\/([^"]+)"$/.exec(reference)?.[1] ?? ''
      expect([reference, Object.hasOwn(document.components.schemas, name)]).toEqual([reference, true])
    }
    const ids = operations().map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { path, item, operation } of operations()) {
      const names = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
        .filter((one: Doc) => one.in === 'path')
        .map((one: Doc) => one.name)
      expect([path, names]).toEqual([path, path.includes('{id}') ? ['id'] : []])
      expect(Object.keys(operation.responses)).toContain('default')
    }
    expect(document.openapi).toBe('3.1.0')
    expect(document.servers).toEqual([{ url: `${shop.workerd.url}/shop/api` }])
  })

  it('knows the schemas that describe themselves, and says of the others that they are open', () => {
    const { schemas } = document.components
    expect(schemas['orders.input'].properties.total).toEqual({ type: 'number' })
    expect(schemas['orders.input'].required).toEqual(['status', 'total'])
    expect(schemas['notes.input'].description).toContain('does not describe itself')
    const slow = document.paths['/slow'].post.requestBody.content['application/json'].schema
    expect(slow).toMatchObject({
      required: ['word'],
      properties: { word: { description: expect.stringContaining('does not describe') } },
    })
    expect(document.paths['/admin'].post.description).toContain('admin')
  })

  it('is true of what is answered', async () => {
    const ajv = new Ajv2020({ strict: false })
    addFormats.default(ajv)
    ajv.addSchema({ $id: 'https://api.example/doc', ...document })
    const answers: [string, string, unknown?][] = [
      ['get', '/'],
      ['put', '/orders/{id}', { status: 'paid', total: 1 }],
      ['post', '/orders', { status: 'paid', total: 1 }],
      ['get', '/orders'],
      ['get', '/orders/{id}'],
      ['patch', '/orders/{id}', { total: 2 }],
      ['delete', '/orders/{id}'],
      ['post', '/rename', { name: 'x' }],
      ['get', '/count'],
      ['post', '/refuses'],
      ['post', '/admin'],
      ['post', '/orders', { total: 1 }],
    ]
    for (const [verb, path, body] of answers) {
      const answer = await shop.ask(verb.toUpperCase(), `/api${path.replace('{id}', 'x')}`, body)
      const { responses } = document.paths[path][verb]
      const status = String(answer.status) in responses ? String(answer.status) : 'default'
      const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? ''
      const place = ['paths', path, verb, 'responses', status, 'content', type, 'schema']
      const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
      const validate = ajv.compile({ $ref: `https://api.example/doc#/${pointer}` })
      expect([verb, path, validate(answer.body), validate.errors]).toEqual([verb, path, true, null])
    }
  })
})
