import { describe, expect, it } from 'vitest'
import { collect, failure, setUp, usd } from './test/set-up.ts'

describe('refunds', () => {
  it('gives back a part, then the rest, and keeps the merchant’s metadata apart from ours', async () => {
    const { twin, provider, pay, sent } = setUp()
    const { id } = await pay()
    const input = { payment: id, amount: usd(1_000n), reason: 'requested_by_customer', metadata: { why: 'torn' } } as const
    const refund = await provider.refunds.create(input)
    expect(refund).toMatchObject({ payment: id, amount: usd(1_000n), metadata: { why: 'torn' } })
    expect(Object.fromEntries(sent('refunds.create'))).toMatchObject({ amount: '1000', reason: 'requested_by_customer' })
    expect(await provider.refunds.create({ payment: id })).toMatchObject({ amount: usd(1_590n) })
    expect(await provider.payments.get(id)).toMatchObject({ status: 'captured', refunded: usd(2_590n) })
    expect(twin.refunds().map(({ amount }) => amount)).toEqual([1_000n, 1_590n])
    expect(await failure(provider.refunds.create({ payment: id }))).toMatchObject({ code: 'already_refunded', effect: 'none' })
    expect(await provider.refunds.get(refund.id)).toMatchObject({ status: 'succeeded' })
    expect(await collect(provider.refunds.list({ payment: id, limit: 1 }))).toHaveLength(2)
  })

  it('refunds nothing in another currency', async () => {
    const { twin, provider, pay } = setUp()
    const { id } = await pay()
    const error = await failure(provider.refunds.create({ payment: id, amount: { amount: 500n, currency: 'EUR' } }))
    expect(error).toMatchObject({ code: 'currency_mismatch', effect: 'none' })
    expect(twin.refunds()).toEqual([])
  })

  it('gives no fee back that there was not', async () => {
    const { twin, provider, pay } = setUp()
    const error = await failure(provider.refunds.create({ payment: (await pay()).id, refundFee: true }))
    expect(error).toMatchObject({ effect: 'none', fault: 'caller' })
    expect(twin.refunds()).toEqual([])
  })

  it('finds the refund whose answer was lost, and makes one', async () => {
    const { twin, provider, pay } = setUp()
    const { id } = await pay()
    twin.faults.next({ kind: 'truncated' }, { operation: 'refunds.create' })
    expect(await provider.refunds.create({ payment: id, amount: usd(500n) })).toMatchObject({ amount: usd(500n) })
    expect(twin.refunds()).toHaveLength(1)
  })

  it('tells days later that the bank sent it back', async () => {
    const { twin, provider, pay, events } = setUp()
    const { id } = await pay({ method: 'stripe:pm_card_refundFail' })
    const refund = await provider.refunds.create({ payment: id })
    await twin.advance(14 * 86_400_000)
    expect(await provider.refunds.get(refund.id)).toMatchObject({ status: 'failed', vendorCode: expect.any(String) })
    expect(events.filter(({ type }) => type === 'refund.updated').at(-1)).toMatchObject({ refund: refund.id, status: 'failed' })
    expect((await provider.payments.get(id)).refunded).toBeUndefined()
  })
})
