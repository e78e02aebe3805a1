import { describe, expect, it } from 'vitest'
import { card, refusal, shop, usd } from './test/set-up.ts'

const paid = async ({ square }: ReturnType<typeof shop>, more: object = {}) =>
  (await square.payments.create({ amount: usd(2_590n), method: card, ...more })).id

describe('refunds of Square', () => {
  it('keep reason and metadata in the one text that Square has', async () => {
    const at = shop()
    const payment = await paid(at)
    const { id } = await at.square.refunds.create({
      payment,
      amount: usd(590n),
      reason: 'requested_by_customer',
      metadata: { why: 'Late' },
    })
    expect(String(at.sent('refunds.create')[0]?.reason)).toMatch(
      /^requested by customer\n\{"do":"do-[0-9a-f]{32}","meta":\{"why":"Late"\}\}$/,
    )
    expect(await at.square.refunds.get(id)).toMatchObject({
      payment,
      amount: usd(590n),
      metadata: { why: 'Late' },
      status: 'pending',
    })
    expect(at.events.findLast(({ type }) => type === 'refund.updated')).toMatchObject({
      payment,
      amount: usd(590n),
      reference: expect.stringMatching(/^do-/),
    })
  })

  it('of the rest are made once, whatever is lost', async () => {
    const at = shop()
    const payment = await paid(at)
    at.twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'refunds.create' })
    expect(await at.square.refunds.create({ payment })).toMatchObject({ amount: usd(2_590n) })
    expect(at.twin.refunds()).toHaveLength(1)
    expect(at.twin.payments()[0]).toMatchObject({ refunded: 2_590n })
  })

  it('are refused for a payment that is disputed, not captured, or refunded already', async () => {
    const at = shop()
    const disputed = await paid(at)
    await at.twin.dispute(disputed.slice(7))
    expect(await refusal(at.square.refunds.create({ payment: disputed }))).toMatchObject({
      code: 'not_refundable',
      effect: 'none',
    })
    expect(await refusal(at.square.refunds.create({ payment: await paid(at, { capture: 'manual' }) }))).toMatchObject({
      code: 'not_refundable',
    })
    const once = await paid(at)
    await at.square.refunds.create({ payment: once })
    expect(await refusal(at.square.refunds.create({ payment: once }))).toMatchObject({ code: 'refund_too_large', effect: 'none' })
    expect(at.twin.refunds()).toHaveLength(1)
  })

  it('give back the part of the app fee that goes with them', async () => {
    const at = shop({ merchantId: 'M1' })
    const payment = await paid(at, { split: { account: 'square:M1', fee: usd(259n) } })
    expect(at.sent('payments.create')[0]).toMatchObject({ app_fee_money: { amount: 259, currency: 'USD' } })
    await at.square.refunds.create({ payment, amount: usd(1_000n), refundFee: true })
    expect(at.sent('refunds.create')[0]).toMatchObject({ app_fee_money: { amount: 100, currency: 'USD' } })
  })

  it('and payments for another seller, or with too large a fee, are refused before any request', async () => {
    const at = shop({ merchantId: 'M1' })
    expect(await refusal(paid(at, { split: { account: 'square:M2' } }))).toMatchObject({
      code: 'invalid_account',
      field: 'split.account',
    })
    expect(await refusal(paid(at, { split: { account: 'square:M1', fee: usd(2_400n) } }))).toMatchObject({
      code: 'fee_too_large',
    })
    expect(at.twin.requests()).toEqual([])
  })
})
