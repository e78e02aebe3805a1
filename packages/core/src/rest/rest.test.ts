import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ShopServer, startShop } from './test/harness.ts'

let shop: ShopServer
beforeAll(async () => {
  shop = await startShop()
})
afterAll(() => shop.close())

const order = { status: 'paid', total: 12 }
const put = (path: string, body: unknown, headers?: Record<string, string>) => shop.ask('PUT', path, body, headers)
const get = (path: string, headers?: Record<string, string>) => shop.ask('GET', path, undefined, headers)

describe('walking', () => {
  it('leads from the object to everything by absolute links, and every link answers', async () => {
    await put('/walk/orders/one', order)
    const seen = new Map<string, number>()
    const visit = async (url: string): Promise<void> => {
      if (seen.has(url) || !url.startsWith(shop.workerd.url)) return
      seen.set(url, 0)
      const { status, body, headers } = await get(url)
      seen.set(url, status)
      expect(headers.get('content-type')).toBe('application/json')
      const found = JSON.stringify(body).match(/https?:\/\/[^"\\]+/g) ?? []
      for (const next of found) if (!/\{|\/(rename|slow|broken|refuses|admin|add)$/.test(next)) await visit(next)
    }
    await visit(`${shop.workerd.url}/shop/walk/`)
    expect([...seen.values()].every((status) => status === 200)).toBe(true)
    expect([...seen.keys()].map((url) => url.slice(`${shop.workerd.url}/shop/walk`.length)).sort()).toEqual([
      '',
      '/',
      '/archive',
      '/archive/one',
      '/count',
      '/locked',
      '/notes',
      '/openapi.json',
      '/orders',
      '/orders/one',
    ])
  })

  it('shows the same to a browser as a page whose links can be clicked', async () => {
    const { headers, body } = await get('/walk/', { accept: 'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8' })
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('vary')).toBe('accept')
    expect(body).toContain(`<a href="${shop.workerd.url}/shop/walk/orders">`)
    const lost = await get('/walk/<script>', { accept: 'text/html' })
    expect(lost.status).toBe(404)
    expect(lost.body).not.toContain('<script>')
  })

  it('shows its record to nobody whom its authorisation refuses', async () => {
    expect((await shop.ask('GET', '/shut', undefined, { authorization: 'Bearer stranger' })).status).toBe(403)
    expect((await shop.ask('GET', '/shut')).status).toBe(200)
  })

  it('has nothing that was not exposed', async () => {
    for (const path of [
      '/a/secrets',
      '/a/destroy',
      '/a/state',
      '/a/fetch',
      '/a/constructor',
      '/a/__proto__',
      '/a/toString',
      '/a/ctx',
    ])
      expect([path, (await get(path)).status, (await shop.ask('POST', path, {})).status]).toEqual([path, 404, 404])
    expect((await get('/a/looked')).body.runs).toBe(0)
  })

  it('tells on every problem where to go on', async () => {
    for (const [method, path, status] of [
      ['GET', '/a/none', 404],
      ['DELETE', '/a/orders', 405],
      ['GET', '/a/orders/none', 404],
    ] as const) {
      const { status: found, headers, body } = await shop.ask(method, path)
      expect(found).toBe(status)
      expect(headers.get('content-type')).toBe('application/problem+json')
      expect(body.links).toMatchObject({
        object: `${shop.workerd.url}/shop/a/`,
        openapi: `${shop.workerd.url}/shop/a/openapi.json`,
      })
    }
    expect((await get('/a/orders/none')).body.links.orders).toBe(`${shop.workerd.url}/shop/a/orders`)
    expect((await shop.ask('DELETE', '/a/orders')).headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST')
    expect((await shop.ask('OPTIONS', '/a/archive/x')).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    expect(await shop.ask('HEAD', '/a/orders')).toMatchObject({ status: 200, body: '' })
    expect((await shop.ask('POST', '/a/archive', order)).status).toBe(405)
  })
})

describe('a collection', () => {
  it('is created, read, replaced, changed and deleted', async () => {
    const made = await shop.ask('POST', '/crud/orders', { ...order, $id: 'mine', $version: 9, note: 'n' })
    expect(made).toMatchObject({ status: 201, body: { ...order, $version: 1 } })
    expect(made.body.$id).not.toBe('mine')
    const at = made.headers.get('location') ?? ''
    expect(at).toBe(made.body.$links.self)
    const read = await get(at)
    expect(read.body).toEqual(made.body)
    expect(await put(at, read.body)).toMatchObject({ status: 200, body: { ...order, $version: 2 } })
    const patch = { note: null, customer: { email: 'a@b.example' } }
    const merged = await shop.ask('PATCH', at, JSON.stringify(patch), { 'content-type': 'application/merge-patch+json' })
    expect(merged.body).toMatchObject({ ...order, customer: { email: 'a@b.example' }, $version: 3 })
    expect(merged.body).not.toHaveProperty('note')
    expect(await shop.ask('DELETE', at)).toMatchObject({ status: 200, body: { deleted: made.body.$id } })
    expect((await shop.ask('DELETE', at)).status).toBe(404)
    expect((await get(at)).status).toBe(404)
    expect((await put('/crud/orders/a%2Fb%20%C3%BC', order)).status).toBe(201)
    expect((await get('/crud/orders/a%2Fb%20%C3%BC')).body.$id).toBe('a/b ü')
  })

  it('is filtered, ordered, selected and paged by links', async () => {
    for (const total of [1, 2, 3, 10, 20])
      await put(`/list/orders/o${total}`, { status: total < 10 ? 'new' : 'paid', total, zip: `0${total}` })
    const ids = async (query: string) => (await get(`/list/orders?${query}`)).body.items.map(({ $id }: { $id: string }) => $id)
    expect(await ids('status=paid')).toEqual(['o10', 'o20'])
    expect(await ids('total[gte]=2&total[lt]=20&orderBy=-total')).toEqual(['o10', 'o3', 'o2'])
    expect(await ids('total[in]=1,20')).toEqual(['o1', 'o20'])
    expect(await ids('zip=010')).toEqual(['o10'])
    expect(await ids('status[ne]=new&$id[gt]=o10')).toEqual(['o20'])
    const first = await get('/list/orders?limit=2&orderBy=total')
    expect(first.headers.get('link')).toContain(`<${first.body.links.next}>; rel="next"`)
    const walked: string[] = []
    for (let next: string | undefined = first.body.links.self; next !== undefined; ) {
      const { body } = await get(next)
      walked.push(...body.items.map(({ $id }: { $id: string }) => $id))
      next = body.links.next
    }
    expect(walked).toEqual(['o1', 'o2', 'o3', 'o10', 'o20'])
    expect((await get('/list/orders?select=total&limit=1')).body.items[0]).toMatchObject({ $id: 'o1', total: 1 })
    expect((await get('/list/orders?select=total&limit=1')).body.items[0]).not.toHaveProperty('status')
  })

  it.each([
    ['/orders?status[like]=x', 400, 'invalid_query'],
    ['/orders?note=1', 400, 'invalid_query'],
    ['/orders?__proto__=1', 400, 'invalid_query'],
    ['/notes?constructor=1', 400, 'invalid_query'],
    ['/notes?hidden=1', 422, 'not_indexed'],
    [`/orders?status=${encodeURIComponent("' OR 1=1 --")}`, 200, undefined],
    [`/orders?${encodeURIComponent("status' OR '1'='1")}=x`, 400, 'invalid_query'],
    [`/orders?orderBy=${encodeURIComponent('total; DROP TABLE c_orders')}`, 400, 'invalid_query'],
    ['/orders?limit=0', 400, 'invalid_limit'],
    ['/orders?limit=1001', 400, 'invalid_limit'],
    ['/orders?cursor=forged', 400, 'invalid_cursor'],
    ['/orders?cursor=WyJpZCBBU0MiLDEsMl0', 400, 'invalid_cursor'],
  ])('%s gives %i', async (path, status, code) => {
    await put('/hostile/orders/one', order)
    const answer = await get(`/hostile${path}`)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    if (status === 200) expect(answer.body.items).toEqual([])
    expect((await get('/hostile/orders/one')).status).toBe(200)
  })

  it('knows what has not changed, and what has', async () => {
    const { headers } = await put('/etag/orders/one', order)
    const etag = headers.get('etag') ?? ''
    const same = await get('/etag/orders/one', { 'if-none-match': `"x", W/${etag}` })
    expect(same).toMatchObject({ status: 304, body: '' })
    expect(same.headers.get('etag')).toBe(etag)
    expect((await get('/etag/orders/one', { 'if-none-match': '"x"' })).status).toBe(200)

    expect((await put('/etag/orders/one', { ...order, total: 13 }, { 'if-match': etag })).status).toBe(200)
    const lost = await put('/etag/orders/one', { ...order, total: 14 }, { 'if-match': etag })
    expect(lost).toMatchObject({ status: 412, body: { code: 'precondition_failed' } })
    const now = lost.headers.get('etag') ?? ''
    expect((await shop.ask('PATCH', '/etag/orders/one', { total: 15 }, { 'if-match': `W/${now}` })).status).toBe(412)
    expect((await shop.ask('DELETE', '/etag/orders/one', undefined, { 'if-match': etag })).status).toBe(412)
    expect((await put('/etag/orders/one', order, { 'if-none-match': '*' })).status).toBe(412)
    expect((await put('/etag/orders/new', order, { 'if-match': '*' })).status).toBe(412)
    expect((await get('/etag/orders/one')).body.total).toBe(13)
    expect((await shop.ask('DELETE', '/etag/orders/one', undefined, { 'if-match': now })).status).toBe(200)
    // The same id, the same version, another document.
    expect((await put('/etag/orders/one', order, { 'if-none-match': '*' })).headers.get('etag')).not.toBe(etag)
    const home = await get('/etag/')
    expect((await get('/etag/', { 'if-none-match': home.headers.get('etag') ?? '' })).status).toBe(304)
  })

  it('asks for If-Match and scopes where it is told to', async () => {
    const root = { authorization: 'Bearer root' }
    expect(await put('/lock/locked/one', { text: 'a' })).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    expect(await put('/lock/locked/one', { text: 'a' }, { authorization: 'Bearer ada' })).toMatchObject({ status: 403 })
    const { headers } = await put('/lock/locked/one', { text: 'a' }, root)
    expect(await put('/lock/locked/one', { text: 'b' }, root)).toMatchObject({
      status: 428,
      body: { code: 'precondition_required' },
    })
    expect((await shop.ask('DELETE', '/lock/locked/one', undefined, root)).status).toBe(428)
    expect((await put('/lock/locked/one', { text: 'b' }, { ...root, 'if-match': headers.get('etag') ?? '' })).status).toBe(200)
    // One rule for every protocol: who may not write by RPC may not write here.
    const guest = { authorization: 'Bearer guest' }
    expect(await put('/lock/orders/x', order, guest)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await shop.ask('POST', '/lock/rename', { name: 'x' }, guest)).status).toBe(403)
    expect((await get('/lock/orders', guest)).status).toBe(200)
    expect((await get('/lock/', { authorization: 'Bearer nobody' })).status).toBe(401)
  })

  it('leaves out the body for who prefers so', async () => {
    const prefer = { prefer: 'respond-async, return=minimal' }
    const made = await shop.ask('POST', '/min/orders', order, prefer)
    expect(made).toMatchObject({ status: 201, body: '' })
    expect(made.headers.get('preference-applied')).toBe('return=minimal')
    const at = made.headers.get('location') ?? ''
    expect((await shop.ask('PATCH', at, { total: 1 }, prefer)).status).toBe(204)
    expect((await get(at, prefer)).body.total).toBe(1)
    expect((await shop.ask('DELETE', at, undefined, prefer)).status).toBe(204)
  })

  it.each([
    ['no JSON', '{"status":', 'application/json', 400, 'malformed_json'],
    ['another type', 'status=paid', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['a JSON patch', '[]', 'application/json-patch+json', 415, 'unsupported_media_type'],
    ['a list', '[]', 'application/json', 422, 'invalid_input'],
    ['null', 'null', 'application/json', 422, 'invalid_input'],
    ['a wrong field', '{"status":"paid","total":"12"}', 'application/json', 422, 'invalid_input'],
    ['a prototype', '{"status":"paid","total":1,"note":{"__proto__":{"x":1}}}', 'application/json', 422, 'invalid_input'],
    ['a deep bomb', `{"note":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'application/json', 422, 'too_deep'],
    ['a wide bomb', `{"note":[${'0,'.repeat(150_000)}0]}`, 'application/json', 413, 'too_large'],
    ['too many bytes', JSON.stringify({ note: 'x'.repeat(2_000_001) }), 'application/json', 413, 'too_large'],
  ])('refuses %s before anything happens', async (_, body, type, status, code) => {
    const answer = await shop.ask('POST', '/bad/orders', body, { 'content-type': type })
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect((await get('/bad/looked')).body.orders).toBe(0)
  })
})

describe('a method', () => {
  it('is called by named arguments, and a reading one by GET too', async () => {
    expect((await shop.ask('POST', '/m/rename', { name: 'Ada’s' })).body.result).toBe('Ada’s')
    expect((await get('/m/add?a=2&b=3')).body.result).toBe(5)
    expect((await get('/m/add?a=2')).body.result).toBe(3)
    expect((await shop.ask('POST', '/m/add', { a: 1, b: 1 })).body.result).toBe(2)
    expect((await shop.ask('POST', '/m/count')).body.result).toBe(0)
    expect((await get('/m/rename?name=x')).status).toBe(405)
    expect((await get('/m/looked')).body).toMatchObject({ name: 'Ada’s', runs: 1 })
  })

  it('names the argument that is wrong, and does nothing', async () => {
    const rename = (body: unknown) => shop.ask('POST', '/m2/rename', body)
    expect(await rename({ name: '' })).toMatchObject({ status: 422, body: { code: 'invalid_input', field: 'name' } })
    expect(await rename({})).toMatchObject({ status: 422, body: { field: 'name' } })
    expect(await rename({ name: 'x', force: true })).toMatchObject({ status: 422, body: { field: 'force' } })
    expect(await rename('{"name":"x","__proto__":1}')).toMatchObject({ status: 415 })
    expect(await rename(JSON.parse('{"constructor":"x"}'))).toMatchObject({ status: 422, body: { field: 'constructor' } })
    expect(await get('/m2/add?a=x')).toMatchObject({ status: 400, body: { code: 'invalid_query', field: 'a' } })
    expect(await get('/m2/add?a=1&a=2')).toMatchObject({ status: 400 })
    expect(await get('/m2/add?__proto__=1&a=1')).toMatchObject({ status: 422, body: { field: '__proto__' } })
    expect((await get('/m2/looked')).body).toMatchObject({ name: null, runs: 0 })
  })

  it('keeps its scopes and its secrets', async () => {
    expect((await shop.ask('POST', '/m3/admin')).status).toBe(401)
    expect((await shop.ask('POST', '/m3/admin', {}, { authorization: 'Bearer root' })).body.result).toBe('yes')
    expect(await shop.ask('POST', '/m3/refuses')).toMatchObject({ status: 422, body: { code: 'not_now' } })
    const broken = await shop.ask('POST', '/m3/broken')
    expect(broken.status).toBeGreaterThanOrEqual(500)
    expect(JSON.stringify(broken.body)).not.toContain('secret')
  })
})

describe('headers', () => {
  it('carry nothing in that the caller made up', async () => {
    const id = encodeURIComponent('x\r\nset-cookie: a=b')
    const { status, headers } = await put(`/head/orders/${id}`, order)
    expect(status).toBe(201)
    expect(headers.get('set-cookie')).toBeNull()
    expect(headers.get('location')).toContain('x%0D%0Aset-cookie')
    const listed = await get(`/head/orders?status=${encodeURIComponent('"><x\r\ny: z')}&limit=1`)
    expect(listed.headers.get('y')).toBeNull()
    expect(listed.headers.get('link')).not.toContain('><x')
  })
})
