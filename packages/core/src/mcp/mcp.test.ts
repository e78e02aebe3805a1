import { request } from 'node:http'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ShopServer, startShop } from '../rest/test/harness.ts'

let shop: ShopServer
beforeAll(async () => {
  shop = await startShop()
})
afterAll(() => shop.close())

async function connect(name: string, authorization?: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  const requestInit = authorization === undefined ? {} : { requestInit: { headers: { authorization } } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${shop.workerd.url}/shop/${name}/mcp`), requestInit))
  return client
}

const call = async (client: Client, name: string, args: Record<string, unknown> = {}): Promise<any> =>
  client.callTool({ name, arguments: args })
const looked = async (name: string) => (await shop.ask('GET', `/${name}/looked`)).body

describe('tools', () => {
  it('are exactly the exposed methods, with what is known of them', async () => {
    const client = await connect('list')
    expect(client.getServerVersion()).toMatchObject({ name: 'Shop', version: '1' })
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name).sort()).toEqual(['add', 'admin', 'broken', 'count', 'refuses', 'rename', 'slow'])
    expect(tools.find(({ name }) => name === 'rename')).toEqual({
      name: 'rename',
      description: 'Renames the shop.',
      inputSchema: {
        type: 'object',
        properties: { name: { type: 'string', minLength: 1 } },
        required: ['name'],
        additionalProperties: false,
      },
      annotations: { readOnlyHint: false, idempotentHint: false },
    })
    expect(tools.find(({ name }) => name === 'add')?.annotations).toEqual({ readOnlyHint: true, idempotentHint: true })
    await client.close()
  })

  it('are called with named arguments', async () => {
    const client = await connect('call')
    expect((await call(client, 'rename', { name: 'Ada' })).content).toEqual([{ type: 'text', text: 'Ada' }])
    expect((await call(client, 'add', { a: 2, b: 3 })).content).toEqual([{ type: 'text', text: '5' }])
    expect(await looked('call')).toMatchObject({ name: 'Ada', runs: 1 })
    await client.close()
  })

  it('answer their failures in words that a model can use, and do nothing', async () => {
    const client = await connect('fail')
    const wrong = await call(client, 'rename', { name: '' })
    expect(wrong.isError).toBe(true)
    expect(wrong.structuredContent).toMatchObject({
      code: 'invalid_input',
      field: 'name',
      effect: 'none',
      requestId: expect.any(String),
    })
    expect((await call(client, 'rename', { name: 'x', other: 1 })).structuredContent).toMatchObject({ field: 'other' })
    expect((await call(client, 'rename', { __proto__: null, constructor: 'x' })).structuredContent).toMatchObject({
      field: 'constructor',
    })
    expect((await call(client, 'refuses')).structuredContent).toMatchObject({ code: 'not_now', detail: 'Come again later.' })
    expect(await looked('fail')).toMatchObject({ name: null, runs: 0 })
    expect(JSON.stringify(await call(client, 'broken'))).not.toContain('secret')
    await client.close()
  })

  it.each(['destroy', 'constructor', '__proto__', 'fetch', 'toString', ''])('are not %j', async (name) => {
    const client = await connect('unknown')
    await expect(call(client, name)).rejects.toMatchObject({ code: -32602 })
    expect((await looked('unknown')).runs).toBe(0)
    await client.close()
  })

  it('keep to the same rules as every protocol', async () => {
    const guest = await connect('rules', 'Bearer guest')
    expect((await call(guest, 'rename', { name: 'x' })).structuredContent).toMatchObject({ code: 'forbidden' })
    expect((await call(guest, 'admin')).structuredContent).toMatchObject({ code: 'forbidden' })
    const root = await connect('rules', 'Bearer root')
    expect((await call(root, 'admin')).content).toEqual([{ type: 'text', text: 'yes' }])
    const nobody = await connect('rules')
    expect((await call(nobody, 'admin')).structuredContent).toMatchObject({ code: 'unauthorized' })
    await expect(connect('rules', 'Bearer nobody')).rejects.toThrow()
    expect((await looked('rules')).name).toBeNull()
    await Promise.all([guest.close(), root.close(), nobody.close()])
  })

  it('live through a kill: there is no session to lose', async () => {
    const client = await connect('kill')
    await call(client, 'rename', { name: 'before' })
    await shop.workerd.kill()
    await shop.workerd.start()
    expect((await call(client, 'add', { a: 1 })).content).toEqual([{ type: 'text', text: '2' }])
    expect((await looked('kill')).name).toBe('before')
    await client.close()
  })
})

describe('resources', () => {
  it('are the collections that were named, under the URLs that they have over HTTP', async () => {
    const base = `${shop.workerd.url}/shop/res`
    await shop.ask('PUT', '/res/orders/one', { status: 'paid', total: 1 })
    const client = await connect('res')
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual([`${base}/orders`])
    expect((await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      `${base}/orders/{id}`,
    ])
    const read = async (uri: string) =>
      JSON.parse(String(((await client.readResource({ uri })).contents[0] as { text?: string }).text))
    expect(await read(`${base}/orders/one`)).toMatchObject({ $id: 'one', total: 1 })
    expect((await read(`${base}/orders?status=paid`)).items).toHaveLength(1)
    expect((await read(`${base}/orders?status=new`)).items).toHaveLength(0)
    for (const uri of [
      `${base}/secrets`,
      `${base}/notes`,
      `${base}/orders/none`,
      `${base}/orders/a/b`,
      `${base}/__proto__`,
      'file:///etc/passwd',
      'x',
    ])
      await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32602 })
    await expect(client.readResource({ uri: `${base}/orders?note=1` })).rejects.toMatchObject({ data: { code: 'not_indexed' } })
    await client.close()
  })
})

describe('messages', () => {
  const accept = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
  const post = (body: string, headers: Record<string, string> = {}) =>
    shop.ask('POST', '/raw/mcp', body, { ...accept, ...headers })

  it.each([
    ['no JSON', '{', 400],
    ['a batch', '[]', 422],
    ['no message', '{"a":1}', 400],
    ['a deep bomb', `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, 422],
    ['a large one', `{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(2_000_000)}"}`, 413],
    [
      'a prototype',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rename","arguments":{"__proto__":{"name":"x"}}}}',
      422,
    ],
  ])('that are %s are refused', async (_, body, status) => {
    expect((await post(body)).status).toBe(status)
    expect((await looked('raw')).runs).toBe(0)
  })

  it('come from no page of another origin', async () => {
    const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    expect((await post(list, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await post(list, { origin: shop.workerd.url })).status).toBe(200)
    expect((await rebound(list, 'shop.example:80')).status).toBe(403)
    expect((await rebound(list, `localhost:${shop.workerd.port}`)).status).toBe(200)
    expect((await post(list, { accept: 'application/json' })).status).toBe(406)
    expect((await shop.ask('GET', '/raw/mcp')).status).toBe(405)
    expect((await post('{"jsonrpc":"2.0","id":1,"method":"nothing/such"}')).body.error.code).toBe(-32601)
  })
})

/** As a page sends it whose host name has been turned to this machine: `Origin` and `Host` agree, and both are the page's. */
function rebound(body: string, host: string): Promise<{ status: number | undefined }> {
  const headers = {
    host,
    origin: `http://${host.replace(/:80$/, '')}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  return new Promise((resolve, reject) => {
    const path = '/shop/raw/mcp'
    const asked = request({ host: '127.0.0.1', port: shop.workerd.port, path, method: 'POST', headers }, (response) => {
      response.resume()
      resolve({ status: response.statusCode })
    })
    asked.once('error', reject)
    asked.end(body)
  })
}
