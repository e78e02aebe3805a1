import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ShopServer, startShop } from './test/harness.ts'

let shop: ShopServer
beforeAll(async () => {
  shop = await startShop()
})
afterAll(() => shop.close())

const key = (text: string) => ({ 'idempotency-key': text })
const uuid = 'a5b8a3f0-5f0e-4c7e-9d57-0c8a5f7f9b11'
const order = (total: number) => ({ status: 'open', total })

describe('the idempotency key of a caller whom nobody knows', () => {
  it.each(['k-1', 'order-42', 'x'.repeat(64), '00000000-0000-0000-0000-000000000000'])(
    'is refused where another could guess it, before anything happens: %s',
    async (weak) => {
      for (const path of ['/weak/orders', '/weak/rename']) {
        const answer = await shop.ask('POST', path, path === '/weak/orders' ? order(1) : { name: 'a' }, key(weak))
        expect(answer).toMatchObject({ status: 400, body: { code: 'weak_idempotency_key' } })
        expect(answer.headers.get('content-type')).toBe('application/problem+json')
        expect(answer.body.detail).toMatch(/UUID.*sign in/i)
      }
      expect((await shop.ask('GET', '/weak/looked')).body).toMatchObject({ orders: 0, runs: 0 })
      // Whoever is known has a space of his own, in which every key will do.
      const known = { ...key(weak), authorization: `Bearer ${weak}` }
      expect((await shop.ask('POST', '/strong/orders', order(1), known)).status).toBe(201)
    },
  )

  it('gives the same answer to the same request, also after a kill, and does it once', async () => {
    const post = () => shop.ask('POST', '/same/orders', order(1), key(uuid))
    const first = await post()
    expect(await post()).toMatchObject({ status: 201, body: first.body })
    await shop.workerd.kill()
    await shop.workerd.start()
    expect((await post()).body.$id).toBe(first.body.$id)
    expect((await shop.ask('GET', '/same/looked')).body.orders).toBe(1)
  })

  it('leads nobody to the answer of another request, and does not even say that there is one', async () => {
    const post = (total: number) => shop.ask('POST', '/other/orders', order(total), key(uuid))
    const [mine, theirs] = [await post(1), await post(2)]
    expect([mine.status, theirs.status]).toEqual([201, 201])
    expect([mine.body.total, theirs.body.total]).toEqual([1, 2])
    expect((await post(1)).body.$id).toBe(mine.body.$id)
    expect((await post(2)).body.$id).toBe(theirs.body.$id)
    const rename = (name: string) => shop.ask('POST', '/other/rename', { name }, key(uuid))
    expect((await rename('a')).body.result).toBe('a')
    expect((await rename('b')).body.result).toBe('b')
    expect((await shop.ask('GET', '/other/looked')).body).toMatchObject({ orders: 2, runs: 2 })
  })

  it('has nothing to do with the same key of somebody who is known', async () => {
    const known = await shop.ask('POST', '/both/orders', order(1), { ...key(uuid), authorization: 'Bearer ada' })
    const unknown = await shop.ask('POST', '/both/orders', order(1), key(uuid))
    expect(unknown.body.$id).not.toBe(known.body.$id)
  })
})
