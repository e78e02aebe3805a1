import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StageServer, startStage } from '../collection/test/harness.ts'

let stage: StageServer
beforeAll(async () => {
  stage = await startStage(new URL('./test/worker.ts', import.meta.url))
})
afterAll(() => stage.close())

const at = (path: string) => `https://do.example/shop/acme/${path}`

describe('things', () => {
  it('are made with all things in them, and stored as references', async () => {
    const answer = await stage.play('made', 'made and found')
    expect(answer.made).toEqual({
      $id: at('customers/ada'),
      $type: 'Customer',
      $version: 1,
      $createdAt: '2026-11-21T10:00:00.000Z',
      $updatedAt: '2026-11-21T10:00:00.000Z',
      name: 'Ada',
      city: 'London',
      favourite: { $ref: at('products/pen') },
      orders: [{ $ref: at('orders/o1') }, { $ref: at('orders/o2') }],
      elsewhere: { $ref: 'https://other.example/things/1' },
      lost: { $ref: at('products/lost') },
    })
    expect(answer.same).toBe(true)
    expect(answer.order).toMatchObject({ $type: 'Order', total: 9, buyer: { $ref: at('customers/ada') } })
    expect(answer.list).toEqual([[at('orders/o2'), 'Order']])
    expect(answer.count).toBe(2)
    expect(answer.references).toEqual([
      at('products/pen'),
      at('orders/o1'),
      at('orders/o2'),
      'https://other.example/things/1',
      at('products/lost'),
    ])
    expect(answer.updated).toMatchObject({
      $type: 'Customer',
      city: 'Paris',
      $version: 2,
      favourite: { $ref: expect.any(String) },
    })
    expect(answer.conflict).toMatchObject({ code: 'version_conflict' })
    expect(answer.own).toBe('https://elsewhere.example/p/1')
    expect(answer.made2).toMatch(/^https:\/\/do\.example\/shop\/acme\/products\/[0-9a-f-]{36}$/)
    expect(answer.told).toEqual([
      'things:Product create',
      'things:Order create',
      'things:Order create',
      'things:Customer create',
      'things:Product create',
      'things:Customer update',
      'things:Product create',
      'things:Product create',
    ])
  })

  it('refuse what their noun does not allow, and leave nothing behind', async () => {
    const { answers, nothing, left } = await stage.play('refused', 'refused')
    expect(answers.map(({ code, name }: { code?: string; name?: string }) => code ?? name)).toEqual([
      'unknown_noun',
      'unknown_noun',
      'invalid_input',
      'already_exists',
      'already_exists',
      'invalid_input',
      'invalid_key',
      'invalid_id',
      'already_exists',
      'invalid_value',
      'invalid_input',
      'not_found',
      'invalid_input',
      'not_found',
      'invalid_query',
      'too_many',
      'not_indexed',
    ])
    expect({ nothing, left }).toEqual({ nothing: 1, left: 1 })
  })

  it('are expanded to a depth; cycles, others and missing ones stay references', async () => {
    const { one, two, some, refusing, compacted, saved, linked } = await stage.play('expanded', 'expanded')
    const context = 'https://do.example/shop/acme'
    expect(one).toMatchObject({
      $context: context,
      $type: 'Customer',
      favourite: { $context: context, $type: 'Product', price: 3 },
      orders: [
        { total: 7, lines: [{ count: 2, product: { $ref: at('products/pen') } }] },
        { total: 9, buyer: { $ref: at('customers/ada') } },
      ],
      elsewhere: { $ref: 'https://other.example/things/1' },
      lost: { $ref: at('products/lost'), $missing: true },
    })
    expect(two.orders[0].lines[0].product).toMatchObject({ $type: 'Product', price: 3 })
    expect(two.orders[1].buyer).toEqual({ $ref: at('customers/ada') })
    expect(some.favourite).toEqual({ $ref: at('products/pen') })
    expect(some.orders[0].lines[0].product).toMatchObject({ price: 3 })
    expect(refusing).toMatchObject({ code: 'missing_reference', field: 'lost' })
    expect(compacted).toBe(true)
    expect(saved).toMatchObject({ $version: 2, same: true })
    expect(linked).toMatchObject({
      '@context': { '@vocab': 'https://schema.org/' },
      '@id': at('customers/ada'),
      '@type': 'Customer',
      favourite: { '@id': at('products/pen'), '@type': 'Product', price: 3 },
      elsewhere: { '@id': 'https://other.example/things/1' },
    })
    expect(JSON.stringify(linked)).not.toContain('"$')
  })

  it('are read together: the number of queries is that of nouns and levels', async () => {
    const { statements, prices, cycle } = await stage.play('many', 'queries for many')
    // Level 1: where the orders are, and the orders. Level 2: where products and customer are, and the products.
    expect(statements).toBe(4)
    expect(prices).toBe(6 * ((49 * 50) / 2))
    expect(cycle).toEqual({ $ref: at('customers/ada') })
  })

  it('are never more than a thousand in one answer', async () => {
    expect(await stage.play('too-many', 'too many')).toEqual([
      expect.objectContaining({ code: 'too_many_references' }),
      { result: true },
    ])
  })

  it('are deleted with what hangs on them, or not at all', async () => {
    expect(await stage.play('deleted', 'deleted')).toEqual({
      restricted: expect.objectContaining({ code: 'restricted' }),
      stillThere: true,
      conflict: expect.objectContaining({ code: 'version_conflict' }),
      gone: [at('orders/o1'), at('customers/ada')],
      twice: [],
      left: [0, 1],
      edges: 0,
    })
  })
})
