import type { BalanceTransaction } from '@do/payments'
import { describe, expect, it } from 'vitest'
import { transactionOf } from './balance.ts'
import { collect, own, setUp, usd } from './test/set-up.ts'

const day = 86_400_000
const line = {
  id: 'txn_1',
  object: 'balance_transaction',
  amount: 1_084,
  fee: 60,
  net: 1_024,
  currency: 'usd',
  type: 'charge',
  reporting_category: 'charge',
  exchange_rate: null,
  available_on: 1_800_000_000,
  created: 1_799_900_000,
  source: null,
}
const read = (more: object) => transactionOf({ ...line, ...more } as never, { handle: (id) => `stripe:${id}` })

describe('a balance transaction', () => {
  it.each<[type: string, category: string, BalanceTransaction['type']]>([
    ['charge', 'charge', 'charge'],
    ['payment', 'charge', 'charge'],
    ['refund', 'refund', 'refund'],
    ['refund_failure', 'refund_failure', 'refund_failure'],
    ['adjustment', 'dispute', 'dispute'],
    ['adjustment', 'dispute_reversal', 'dispute_reversal'],
    ['adjustment', 'other_adjustment', 'adjustment'],
    ['stripe_fee', 'fee', 'fee'],
    ['application_fee', 'platform_earning', 'application_fee'],
    ['application_fee_refund', 'platform_earning_refund', 'application_fee_refund'],
    ['transfer', 'transfer', 'transfer'],
    ['transfer_refund', 'transfer_reversal', 'transfer_reversal'],
    ['payout', 'payout', 'payout'],
    ['payout_failure', 'payout_reversal', 'payout_failure'],
    ['issuing_transaction', 'issuing_transaction', 'other'],
  ])('of type %s and category %s is a %s', (type, reporting_category, expected) => {
    expect(read({ type, reporting_category })).toMatchObject({ type: expected, vendorType: type })
  })

  it('is about the payment, where its charge has one', () => {
    const charge = {
      id: 'ch_1',
      object: 'charge',
      payment_intent: 'pi_1',
      amount: 1_000,
      amount_captured: 1_000,
      currency: 'eur',
    }
    expect(read({ source: charge })).toMatchObject({ source: 'stripe:pi_1', payment: 'stripe:pi_1' })
    const refund = { id: 're_1', object: 'refund', payment_intent: 'pi_1', charge: 'ch_1', amount: 1_000, currency: 'eur' }
    expect(read({ source: refund })).toMatchObject({ source: 'stripe:re_1', payment: 'stripe:pi_1' })
    const part = read({ source: { ...charge, id: 'py_1', payment_intent: null } })
    expect([part.source, part.payment]).toEqual(['stripe:py_1', undefined])
    expect(read({ source: 'po_1' }).source).toBe('stripe:po_1')
    expect(read({ source: { id: 'trr_1', object: 'transfer_reversal', transfer: 'tr_1' } }).source).toBe('stripe:tr_1')
  })

  it('tells an exchange by the amount before it and the exact rate', () => {
    const charge = {
      id: 'ch_1',
      object: 'charge',
      payment_intent: 'pi_1',
      amount: 2_000,
      amount_captured: 1_000,
      currency: 'eur',
    }
    const from = { amount: 1_000n, currency: 'EUR' }
    expect(read({ source: charge, exchange_rate: 1.08413 }).exchanged).toEqual({ from, rate: '1.08413' })
    const refund = { id: 're_1', object: 'refund', amount: 500, currency: 'eur' }
    expect(read({ amount: -542, source: refund, exchange_rate: 1.0841 }).exchanged?.from.amount).toBe(-500n)
    expect(read({ source: charge }).exchanged).toBeUndefined()
  })
})

describe('balance', () => {
  it('adds up, oldest first, page by page, and by payout', async () => {
    const { twin, provider, pay } = setUp()
    for (let count = 0; count < 5; count++) {
      await pay({ amount: usd(10_000n) })
      await twin.advance(day)
    }
    await twin.advance(14 * day)
    const all = await collect(provider.balance.transactions({ limit: 2 }))
    expect(all).toHaveLength(5)
    expect(all.map(({ createdAt }) => createdAt)).toEqual(all.map(({ createdAt }) => createdAt).sort())
    const { available } = await provider.balance.get({})
    const sum = all.reduce((total, { net }) => total + net.amount, 0n)
    expect(available.find(({ currency }) => currency === 'USD')?.amount).toBe(sum)
    expect(all[0]).toMatchObject({ type: 'charge', amount: usd(10_000n), payment: `stripe:${twin.payments()[0]?.id}` })
    const first = await provider.balance.transactions({ limit: 2 }).page()
    expect(await provider.balance.transactions({ limit: 2 }).page(first.cursor)).toMatchObject({
      items: [{ id: all[2]?.id }, { id: all[3]?.id }],
    })

    const payout = `stripe:${await twin.payoutBySchedule()}`
    expect(await provider.payouts.get(payout)).toMatchObject({ reconciled: false })
    await twin.advance(7 * day)
    expect(await provider.payouts.get(payout)).toMatchObject({ reconciled: true })
    const parts = (await collect(provider.balance.transactions({ payout }))).filter(({ type }) => type !== 'payout')
    expect(parts.reduce((total, { net }) => total + net.amount, 0n)).toBe(sum)
    expect(parts.every((one) => one.payout === payout)).toBe(true)
  })
})

describe('disputes', () => {
  it('are answered with the whole of the evidence, kept or handed in, or accepted', async () => {
    const { twin, provider, pay, sent } = setUp()
    const { id: payment } = await pay()
    const id = `stripe:${await twin.dispute(own(payment))}`
    const evidence = { explanation: 'It was delivered.', shippedAt: '2026-01-01T10:00:00Z', customerEmail: 'a@example.com' }
    expect(await provider.disputes.submit({ id, evidence, submit: false })).toMatchObject({ status: 'needs_response', payment })
    expect(Object.fromEntries(sent('disputes.submit'))).toMatchObject({
      'evidence[uncategorized_text]': 'It was delivered.',
      'evidence[shipping_date]': '2026-01-01',
      'evidence[customer_email_address]': 'a@example.com',
      'evidence[customer_name]': '',
      submit: 'false',
    })
    expect(await provider.disputes.submit({ id, evidence })).toMatchObject({ status: 'under_review' })
    const other = `stripe:${await twin.dispute(own((await pay()).id), 'inquiry')}`
    expect(await provider.disputes.get(other)).toMatchObject({ status: 'warning', respondBy: expect.any(String) })
    const third = `stripe:${await twin.dispute(own((await pay()).id))}`
    expect(await provider.disputes.accept(third)).toMatchObject({ status: 'lost' })
    expect(await provider.disputes.accept(third)).toMatchObject({ status: 'lost' })
    expect(await collect(provider.disputes.list({ payment }))).toMatchObject([{ id, amount: usd(2_590n) }])
    expect(await collect(provider.disputes.list({ limit: 2 }))).toHaveLength(3)
  })
})
