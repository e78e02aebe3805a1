import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ShopServer, startShop } from './test/harness.ts'

let shop: ShopServer
const vendor = startVendor()
beforeAll(async () => {
  shop = await startShop({ SINK: await vendor.url })
})
afterAll(async () => {
  await shop.close()
  vendor.close()
})

const order = { status: 'paid', total: 12 }
const get = (path: string) => shop.ask('GET', path)

describe('an idempotency key', () => {
  const key = (text: string) => ({ 'idempotency-key': text, authorization: 'Bearer carl' })

  it('creates once, also after a kill, and refuses another wish', async () => {
    const post = (body: unknown, headers: Record<string, string>) => shop.ask('POST', '/once/orders', body, headers)
    const first = await post(order, key('"k-1"'))
    expect(await post(order, key('k-1'))).toMatchObject({ status: 201, body: first.body })
    await shop.workerd.kill()
    await shop.workerd.start()
    const again = await post(order, key('k-1'))
    expect([again.status, again.body.$id]).toEqual([201, first.body.$id])
    expect(await post({ ...order, total: 13 }, key('k-1'))).toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_reused' },
    })
    expect((await post(order, { ...key('k-1'), authorization: 'Bearer ada' })).body.$id).not.toBe(first.body.$id)
    expect(await post(order, key('x'.repeat(256)))).toMatchObject({ status: 400, body: { code: 'invalid_idempotency_key' } })
    expect((await post({ ...order, total: 'x' }, key('k-2'))).status).toBe(422)
    expect((await post(order, key('k-2'))).status).toBe(201)
    expect((await get('/once/looked')).body.orders).toBe(3)
  })

  it('is not doubled by many at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => shop.ask('POST', '/crowd/orders', order, key('k'))))
    expect(new Set(all.map(({ body }) => body.$id)).size).toBe(1)
    expect((await get('/crowd/looked')).body.orders).toBe(1)
  })

  it('calls a method once: the same answer, in progress, or unknown after a kill', async () => {
    const rename = (name: string) => shop.ask('POST', '/meth/rename', { name }, key('k'))
    expect((await rename('a')).body.result).toBe('a')
    expect((await rename('a')).body.result).toBe('a')
    expect((await rename('b')).status).toBe(409)
    expect((await get('/meth/looked')).body.runs).toBe(1)

    const slow = () => shop.ask('POST', '/meth/slow', { word: 'w' }, key('s'))
    const begun = slow()
    await vendor.asked(1)
    const second = await slow()
    expect(second).toMatchObject({ status: 409, body: { code: 'request_in_progress' } })
    expect(second.headers.get('retry-after')).toBe('1')
    vendor.release()
    expect((await begun).body.result).toBe('w')
    expect((await slow()).body.result).toBe('w')

    const lost = shop.ask('POST', '/meth/slow', { word: 'w' }, key('killed')).catch(() => undefined)
    await vendor.asked(2)
    await shop.workerd.kill()
    await lost
    await shop.workerd.start()
    const unknown = await shop.ask('POST', '/meth/slow', { word: 'w' }, key('killed'))
    expect(unknown).toMatchObject({ status: 409, body: { code: 'outcome_unknown' } })
    expect((await get('/meth/looked')).body.runs).toBe(3)
  })

  it('is asked for its right again before anything is answered, and leaves nothing where it has none', async () => {
    const ada = { ...key('k'), authorization: 'Bearer ada' }
    const admin = (headers: Record<string, string>) => shop.ask('POST', '/right/admin', {}, headers)
    expect((await admin(ada)).status).toBe(403)
    expect((await admin({ 'idempotency-key': crypto.randomUUID() })).status).toBe(401)
    expect((await shop.ask('POST', '/right/rename', { name: '' }, ada)).status).toBe(422)
    expect((await get('/right/made')).body).toEqual({ made: false })
    expect((await admin({ ...ada, 'x-scopes': 'admin' })).body.result).toBe('yes')
    expect((await admin({ ...ada, 'x-scopes': 'admin' })).body.result).toBe('yes')
    // The scope was taken away: the kept answer is not for it either.
    expect((await admin(ada)).status).toBe(403)
  })

  it('says of an answer that was too large to be kept that it was done', async () => {
    const note = { text: 'x'.repeat(1_995_000) }
    const first = await shop.ask('POST', '/large/notes', note, key('k'))
    expect(first.status).toBe(201)
    const again = await shop.ask('POST', '/large/notes', note, key('k'))
    expect(again).toMatchObject({ status: 409, body: { code: 'answer_not_kept' } })
    expect(again.headers.get('etag')).toBeNull()
    expect(JSON.stringify(again.body)).not.toContain('undefined')
  })

  it('may try again where it is certain that nothing was done, and only there', async () => {
    expect((await shop.ask('POST', '/retry/refuses', {}, key('k'))).body.code).toBe('not_now')
    expect((await shop.ask('POST', '/retry/refuses', {}, key('k'))).body.code).toBe('not_now')
    expect((await shop.ask('POST', '/retry/broken', {}, key('b'))).status).toBeGreaterThanOrEqual(500)
    expect((await shop.ask('POST', '/retry/broken', {}, key('b'))).body.code).toBe('outcome_unknown')
    expect((await get('/retry/looked')).body.runs).toBe(1)
  })
})

/** A server whose answer waits until it is released. */
function startVendor() {
  const waiting: (() => void)[] = []
  let count = 0
  const watchers = new Set<() => void>()
  const server = createServer((_, response) => {
    count++
    waiting.push(() => response.end('done'))
    for (const watcher of watchers) watcher()
  })
  const url = new Promise<string>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  )
  return {
    url,
    asked: (times: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (count < times) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      }),
    release: () => {
      for (const answer of waiting.splice(0)) answer()
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
