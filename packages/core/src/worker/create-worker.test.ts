import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorker, DigitalObject } from '../index.ts'
import { type DeskServer, startDesks, until } from '../test/harness.ts'

let desks: DeskServer
beforeAll(async () => {
  desks = await startDesks()
})
afterAll(() => desks.close())

const lines = (requestId: string) =>
  until(
    async () =>
      readFileSync(desks.workerd.logFile, 'utf8')
        .split('\n')
        .filter((line) => line.includes(`"${requestId}"`))
        .map((line) => JSON.parse(line)),
    (found) => found.some(({ event }) => event === 'request'),
  )

describe('routing', () => {
  it('prefers fixed segments, gives parameters, and passes on what middleware left', async () => {
    expect((await desks.request('/t/r/things/fixed')).body).toEqual({ fixed: true })
    expect((await desks.request('/t/r/things/a%20b')).body).toEqual({ id: 'a b', seen: 'by middleware' })
    expect((await desks.request('/t/%72/things/fixed')).body).toEqual({ fixed: true })
    expect((await desks.request('/about')).body).toEqual({ about: 'this' })
    expect((await desks.request('/healthz')).body).toEqual({ status: 'ok' })
  })

  it('runs middleware around everything, in order', async () => {
    expect((await desks.request('/t/r/things/1')).headers.get('x-after')).toBe('200')
    expect((await desks.request('/t/r/nowhere')).headers.get('x-after')).toBe('404')
    expect(await desks.request('/t/r/nowhere', { headers: { 'x-short': '1' } })).toMatchObject({ status: 200, body: 'short' })
    const refused = await desks.request('/t/r/nowhere', { headers: { 'x-refuse': '1' } })
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    expect(refused.headers.get('x-after')).toBeNull()
  })

  it.each([
    ['/nowhere', 'outside'],
    ['/t/r/nowhere', 'in the object'],
    ['/t/r/missing', 'of a thing'],
    ['/t', 'without a name'],
    ['/t/.hidden', 'with a name that is none'],
    [`/t/${'n'.repeat(129)}`, 'with too long a name'],
    ['/t/a%2Fb', 'with a slash in the name'],
    ['/t/%zz', 'with a broken name'],
  ])('answers 404 for %s (%s)', async (path) => {
    const { status, headers, body } = await desks.request(path)
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({ type: 'urn:problem:not_found', title: 'Not found', status: 404, code: 'not_found' })
    expect(body.requestId).toBe(headers.get('x-request-id'))
  })

  it('answers 405 with what is allowed, and OPTIONS and HEAD', async () => {
    const wrong = await desks.request('/t/r/things/1', { method: 'DELETE' })
    expect(wrong).toMatchObject({ status: 405, body: { code: 'method_not_allowed', detail: expect.stringContaining('PUT') } })
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, OPTIONS, PUT')
    const options = await desks.request('/t/r/things/1', { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, PUT'])
    expect(await desks.request('/t/r/things/1', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect((await desks.request('/healthz', { method: 'POST' })).status).toBe(405)
  })
})

describe('bodies', () => {
  it('reach webhooks as raw bytes under the full URL', async () => {
    const bytes = new Uint8Array(256).map((_, index) => index)
    const { body } = await desks.request('/t/r/hooks/twilio/sms/in?b=2&a=%C3%BC', {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'x/y' },
    })
    expect(body.bytes).toEqual([...bytes])
    expect(body.type).toBe('x/y')
    expect(body.params).toEqual({ provider: 'twilio', '*': 'sms/in' })
    expect(body.url).toBe(`${desks.workerd.url}/t/r/hooks/twilio/sms/in?b=2&a=%C3%BC`)
  })

  it('are refused when too large, declared or not', async () => {
    const large = 'x'.repeat(10_001)
    const chunked = new ReadableStream({
      start: (controller) => {
        for (let index = 0; index < 11; index++) controller.enqueue(new Uint8Array(1_000))
        controller.close()
      },
    })
    const path = '/t/r/hooks/twilio/x'
    expect(await desks.request(path, { method: 'POST', body: large })).toMatchObject({ status: 413, body: { code: 'too_large' } })
    const init = { method: 'POST', body: chunked, duplex: 'half' } as RequestInit
    expect(await desks.request(path, init)).toMatchObject({ status: 413, body: { code: 'too_large' } })
  })

  it('pass chunked when small enough', async () => {
    const chunked = new ReadableStream({
      start: (controller) => {
        for (const byte of [1, 2, 3]) controller.enqueue(new Uint8Array([byte]))
        controller.close()
      },
    })
    const init = { method: 'POST', body: chunked, duplex: 'half', headers: { 'content-type': 'x/y' } } as RequestInit
    expect((await desks.request('/t/r/hooks/twilio/x', init)).body).toMatchObject({ bytes: [1, 2, 3], type: 'x/y' })
  })

  it('must be JSON where JSON is read', async () => {
    const put = (body: string, type: string) =>
      desks.request('/t/r/things/1', { method: 'PUT', body, headers: { 'content-type': type } })
    expect((await put('{"a":1}', 'application/json; charset=utf-8')).body).toEqual({ a: 1 })
    expect(await put('{"a":', 'application/json')).toMatchObject({ status: 400, body: { code: 'malformed_json' } })
    expect(await put('a=1', 'application/x-www-form-urlencoded')).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    })
  })
})

describe('request ids and logs', () => {
  it('takes over a sane id and makes one otherwise', async () => {
    const given = async (id: string) =>
      (await desks.request('/t/r/things/1', { headers: { 'x-request-id': id } })).headers.get('x-request-id')
    expect(await given('abc-1.2:3_4')).toBe('abc-1.2:3_4')
    expect(await given('not "sane"')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await given('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('logs one line for a request, with the pattern and nothing of the path', async () => {
    const { headers } = await desks.request('/t/secretname/things/secretthing?token=secrettoken', {
      headers: { 'x-request-id': 'log-1' },
    })
    const [line, ...more] = await lines('log-1')
    expect(more).toEqual([])
    expect(line).toMatchObject({ event: 'request', level: 'info', method: 'GET', route: '/t/:name/things/:id', status: 200 })
    expect(line.ms).toBeGreaterThanOrEqual(0)
    expect(Date.parse(line.at)).toBeGreaterThan(0)
    expect(readFileSync(desks.workerd.logFile, 'utf8')).not.toMatch(/secret(name|thing|token)/)
    expect(headers.get('x-request-id')).toBe('log-1')
  })

  it('logs one line for each of many requests to the worker itself, also those written together', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `many-${index}-`)
    await Promise.all(ids.map((id) => desks.request('/about', { headers: { 'x-request-id': id } })))
    for (const id of ids) expect(await lines(id)).toEqual([expect.objectContaining({ route: '/about', status: 200 })])
  })

  it('keeps the text of an unknown error inside, and logs where it came from', async () => {
    const { status, body } = await desks.request('/t/r/broken', { headers: { 'x-request-id': 'log-2' } })
    expect([status, body.code, body.requestId]).toEqual([500, 'internal', 'log-2'])
    const found = await lines('log-2')
    expect(found.map(({ event }) => event)).toEqual(['failure', 'request'])
    expect(found[0]).toMatchObject({
      error: 'Error',
      route: '/t/:name/broken',
      stack: expect.stringContaining('worker.js'),
    })
    expect(JSON.stringify([body, found])).not.toContain('secret')
  })
})

describe('the public origin', () => {
  it('stands in ids, and is what objects see of a webhook, whatever the host header says', async () => {
    const behindProxy = await startDesks({ ORIGIN: 'https://desk.example/' })
    const { body } = await behindProxy.request('/t/acme')
    expect(body.$id).toBe('https://desk.example/t/acme')
    const hook = await behindProxy.request('/t/acme/hooks/twilio/sms?a=1', {
      method: 'POST',
      body: 'raw',
      headers: { 'content-type': 'x/y' },
    })
    expect(hook.body).toMatchObject({ url: 'https://desk.example/t/acme/hooks/twilio/sms?a=1', bytes: [...Buffer.from('raw')] })
    await behindProxy.close()
  })
})

describe('classes', () => {
  it('are mounted under their name in kebab-case, and may be made of mixins', async () => {
    expect((await desks.request('/front-door/main/visits')).body).toEqual({ visits: 1, type: 'FrontDoor' })
    expect(await desks.request('/front-door/main/deny')).toMatchObject({ status: 403, body: 'denied' })
    expect((await desks.request('/front-door/main/visits')).body.visits).toBe(3)
  })

  it('must not share a prefix, and a prefix must be a path', () => {
    class One extends DigitalObject {
      static override readonly prefix = '/x'
    }
    class Two extends DigitalObject {}
    expect(() => createWorker({ One, Two }, { prefixes: { Two: '/x' } })).toThrow('Two and One have the same prefix "/x"')
    expect(() => createWorker({ Two }, { prefixes: { Two: 'x/' } })).toThrow('must be a path')
    expect(createWorker({ One }, { origin: 'https://a.example/' }).url({}, 'One', 'b c')).toBe('https://a.example/x/b%20c')
  })
})

describe('an object that ends under a request', () => {
  it('gives 503 with Retry-After, and is there again', async () => {
    const gone = await desks.request('/t/ends/scenario/abort', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(gone).toMatchObject({ status: 503, body: { code: 'object_unavailable' } })
    expect(gone.headers.get('retry-after')).toBe('1')
    expect((await desks.request('/t/ends/things/fixed')).status).toBe(200)
  })
})
