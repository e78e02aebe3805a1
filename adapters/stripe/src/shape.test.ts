import { expect, it } from 'vitest'
import { priceOperations } from './catalogue.ts'
import type { GetClient } from './client.ts'
import { created } from './shape.ts'

it('leaves prices in tiers and parts of a cent out of the list, and still pages by them', async () => {
  const price = { object: 'price', product: 'prod_1', currency: 'usd', active: true, recurring: null }
  const data = [
    { ...price, id: 'price_1', unit_amount: 500 },
    { ...price, id: 'price_2', unit_amount: null },
  ]
  const client = (async () => ({ prices: { list: async () => ({ data, has_more: true }) } })) as unknown as GetClient
  const context = { handle: (id: string) => `stripe:${id}` } as never
  const page = await priceOperations(client).list?.({}, context)
  expect(page?.items.map(({ id }) => id)).toEqual(['stripe:price_1'])
  expect(page?.cursor).toBe('price_2')
})

it('counts whole seconds', () => {
  expect(created({ since: '2026-11-21T10:00:00.900Z' })).toEqual({ created: { gte: Date.UTC(2026, 10, 21, 10) / 1000 } })
  expect(created({})).toEqual({})
})
