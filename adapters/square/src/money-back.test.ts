import { describe, expect, it } from 'vitest'
import { card, dayMs, refusal, shop, usd } from './test/set-up.ts'

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('disputes of Square', () => {
  const evidence = { explanation: 'It was delivered.', customerEmail: 'anna@example.com', shippingTracking: '1Z999' }

  it('take evidence as texts: stated whole, handed in once, whatever is lost', async () => {
    const { square, twin, sent } = shop()
    const payment = await square.payments.create({ amount: usd(2_590n), method: card })
    const id = `square:${await twin.dispute(payment.id.slice(7))}`
    await square.disputes.submit({ id, evidence: { ...evidence, refundPolicy: 'None' }, submit: false })
    expect(sent('disputes.evidence.create').map(({ evidence_type }) => evidence_type)).toEqual([
      'REBUTTAL_EXPLANATION',
      'CARDHOLDER_INFORMATION',
      'TRACKING_NUMBER',
      'CANCELLATION_OR_REFUND_DOCUMENTATION',
    ])
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'disputes.submit' })
    expect((await square.disputes.submit({ id, evidence })).status).toBe('under_review')
    expect([
      sent('disputes.evidence.create').length,
      sent('disputes.evidence.delete').length,
      sent('disputes.submit').length,
    ]).toEqual([4, 1, 1])
    expect(await refusal(square.disputes.submit({ id, evidence }))).toMatchObject({ effect: 'none', fault: 'caller' })
  })

  it('refuse texts that are too long for Square, before any request', async () => {
    const { square, twin } = shop()
    const error = await refusal(square.disputes.submit({ id: 'square:d', evidence: { explanation: 'x'.repeat(501) } }))
    expect([error.code, error.field, twin.requests().length]).toEqual(['too_long', 'evidence.explanation', 0])
  })
})

describe('payouts of Square', () => {
  it('are told with their lines, the oldest first, and add up to nothing', async () => {
    const { twin, square } = shop()
    for (const amount of [10_000n, 20_000n]) await square.payments.create({ amount: usd(amount), method: card })
    const { id } = await square.payments.create({ amount: usd(5_000n), method: card })
    await square.refunds.create({ payment: id, amount: usd(590n) })
    await twin.advance(3 * dayMs)
    const first = await twin.payoutBySchedule()
    await twin.bank(first as string, 'failed')
    await twin.advance(dayMs)
    const second = await twin.payoutBySchedule()
    const read = async (id_: string | undefined) => {
      const list = square.balance.transactions({ payout: `square:${id_}`, limit: 2 })
      for await (const page of list.pages()) expect(page.items.length).toBeLessThanOrEqual(2)
      return collect(list)
    }
    const [one, two] = [await read(first), await read(second)]
    expect(one.map(({ type }) => type)).toEqual(['charge', 'charge', 'charge', 'refund', 'payout'])
    expect(two.map(({ type }) => type)).toEqual(['payout_failure', 'payout'])
    for (const lines of [one, two]) expect(lines.reduce((sum, { net }) => sum + net.amount, 0n)).toBe(0n)
    for (const { amount, fee, net } of one) expect(net.amount).toBe(amount.amount - fee.amount)
    expect(one[3]).toMatchObject({ payment: id, source: `square:${twin.refunds()[0]?.id}`, amount: usd(-590n) })
    // What is not paid out yet is in no list of Square's.
    expect(await refusal(square.balance.transactions().page())).toMatchObject({ code: 'unsupported' })
    expect([...twin.balance()]).toEqual([['USD', { available: 0n, pending: 0n }]])
  })
})
