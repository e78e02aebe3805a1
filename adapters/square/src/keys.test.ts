import { squareTwin } from '@do/fixtures/square'
import type { OutcomeUnknownError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { card, refusal, shop, usd } from './test/set-up.ts'

describe('a key that a fence has used up', () => {
  it('tells no authorisation that is gone as one that holds, and a new key charges', async () => {
    const twin = squareTwin({ lagMs: 600_000 })
    const { square } = shop({ deadline: 5_000 }, twin)
    const held = { amount: usd(2_590n), method: card, capture: 'manual' } as const
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
    twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
    const error = await refusal(square.payments.create(held, { idempotencyKey: 'order-42' }))
    twin.clock.advance(120_000)
    expect(await (error as OutcomeUnknownError).resolve()).toEqual({ effect: 'none' })
    twin.faults.clear()
    expect(await square.payments.create(held, { idempotencyKey: 'order-42' })).toMatchObject({
      id: `square:${twin.payments()[0]?.id}`,
      status: 'canceled',
    })
    expect(await square.payments.create(held, { idempotencyKey: 'order-42/2' })).toMatchObject({ status: 'authorized' })
    expect(twin.payments().map(({ authorized }) => authorized)).toEqual([0n, 2_590n])
  })
})

it('keeps a merchant’s reference that looks like one of ours, and takes it for nobody’s', async () => {
  const { square, sent } = shop()
  const reference = `do-${'a'.repeat(32)}`
  const { id } = await square.payments.create({ amount: usd(100n), method: card, reference })
  expect(sent('payments.create')[0]?.reference_id).not.toBe(reference)
  expect((await square.payments.get(id)).reference).toBe(reference)
})

it('looks for a lost payment although our clock is minutes ahead of Square’s', async () => {
  const { square, twin } = shop()
  const began = twin.clock.now()
  twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
  twin.faults.next({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
  await square.payments.create({ amount: usd(100n), method: card })
  const list = twin.requests().find(({ operation }) => operation === 'payments.list')
  const from = new URL(list?.url ?? '').searchParams.get('begin_time')
  expect(Date.parse(from ?? '')).toBeLessThanOrEqual(began - 300_000)
})

it('believes no answer about another amount', async () => {
  const { square } = shop({
    fetch: async (input, init) => {
      const response = await twin.fetch(input, init)
      const text = (await response.text()).replace(/"amount":\s*2590\b/g, '"amount":2591')
      return new Response(text, { status: response.status, headers: { 'content-type': 'application/json' } })
    },
  })
  const twin = squareTwin()
  expect(await refusal(square.payments.create({ amount: usd(2_590n), method: card }))).toMatchObject({ effect: 'unknown' })
})
