import { describe, expect, it } from 'vitest'
import type { Exchange } from './checked.ts'
import { available } from './description.ts'
import { type Judge, judge } from './probe.ts'
import { unnoticed } from './spoil.ts'
import { breaking, knowing, paying, type Shop, selling, settling, shop } from './square-journey.ts'
import { squareSpec } from './square-spec.ts'

const journeys: readonly (readonly [string, (at: Shop) => Promise<void>])[] = [
  ['payments and refunds', paying],
  ['customers and cards', knowing],
  ['catalogue, pages, subscriptions and invoices', selling],
  ['disputes and payouts', settling],
  ['refusals and lost answers', breaking],
]

describe.skipIf(!available())('square: adapter and twin against the description', () => {
  const exchanges: Exchange[] = []

  it.each(journeys)('%s', async (_, journey) => {
    const at = shop()
    const failure = await journey(at).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    exchanges.push(...at.watch.exchanges)
    const said = at.watch.findings.map(
      ({ side, operation, at: place, says }) => `${operation} ${side}: ${place.replace(/\/\d+(?=\/|$)/g, '/*')} ${says}`,
    )
    expect.soft([...new Set(said)]).toEqual([])
    expect(at.watch.counts.requests).toBeGreaterThan(0)
    if (failure !== undefined) throw failure.error
  })

  it('notices whatever is spoiled in this traffic', () => {
    expect(exchanges.length).toBeGreaterThan(0)
    expect(unnoticed(exchanges, squareSpec())).toEqual([])
  })
})

describe.skipIf(!available())("square: the checker on Square's description", () => {
  const on: Judge = judge(available() ? squareSpec() : ({} as never), 'https://connect.squareup.com', {
    authorization: 'Bearer x',
  })
  const payment = { source_id: 'cnon:card-nonce-ok', idempotency_key: 'k', amount_money: { amount: 100, currency: 'USD' } }

  it.each<[string, () => readonly string[], string]>([
    [
      'a missing member',
      () => on.request('POST', '/v2/payments', { ...payment, source_id: undefined }),
      '/body/source_id is required and missing',
    ],
    [
      'a key that is too long',
      () => on.request('POST', '/v2/payments', { ...payment, idempotency_key: 'k'.repeat(46) }),
      '/body/idempotency_key must NOT have more than 45 characters',
    ],
    [
      'an amount that is no number',
      () => on.request('POST', '/v2/payments', { ...payment, amount_money: { amount: '1', currency: 'USD' } }),
      '/body/amount_money/amount must be integer',
    ],
    [
      'an unknown member',
      () => on.request('POST', '/v2/payments', { ...payment, metadata: {} }),
      '/body/metadata is not described',
    ],
    ['an unknown filter', () => on.request('GET', '/v2/payments?customer_id=x'), '/query/customer_id is not described'],
    [
      'an answer with an unknown member',
      () => on.answer('GET', '/v2/payments/p', 200, { payment: { id: 'p', metadata: {} } }),
      '/body/payment/metadata is not described',
    ],
    [
      'an error of an unknown code',
      () => on.answer('GET', '/v2/payments/p', 404, { errors: [{ category: 'API_ERROR', code: 'NOBODY_HOME' }] }),
      '/body/errors/0/code must be one of',
    ],
    [
      'a webhook with an unknown member',
      () => on.webhook({ type: 'payment.created', data: { object: { charge: {} } } }, { 'x-square-hmacsha256-signature': 'x' }),
      '/body/data/object/charge is not described',
    ],
    [
      'a webhook without its signature',
      () => on.webhook({ type: 'payment.created' }, {}),
      '/header/x-square-hmacsha256-signature is required and missing',
    ],
  ])('finds %s', (_, findings, expected) => expect(findings().join('; ')).toContain(expected))

  it('finds nothing where nothing is wrong', () => {
    expect(on.request('POST', '/v2/payments', payment)).toEqual([])
    expect(on.answer('POST', '/v2/payments', 200, { payment: { id: 'p', status: 'COMPLETED' } })).toEqual([])
  })
})
