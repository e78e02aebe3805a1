import { describe, expect, it } from 'vitest'
import type { Exchange } from './checked.ts'
import { available } from './description.ts'
import { judge } from './probe.ts'
import { unnoticed } from './spoil.ts'
import { stripeJourneys, stripeScene } from './stripe-journey.ts'
import { stripeSpec } from './stripe-spec.ts'

describe.skipIf(!available())('stripe: adapter and twin against the description', () => {
  const exchanges: Exchange[] = []
  const kinds = new Set<string>()
  const unchecked = new Set<string>()

  it.each(stripeJourneys)('%s', async (_, journey) => {
    const at = stripeScene()
    await journey(at)
    exchanges.push(...at.watch.exchanges)
    const findings = at.watch.findings.map(
      ({ side, operation, at: where, says }) => `${operation} ${side}: ${where.replace(/\/\d+(?=\/|$)/g, '/*')} ${says}`,
    )
    expect([...new Set(findings)]).toEqual([])
    expect(at.watch.counts.requests).toBeGreaterThan(5)
    for (const kind of at.watch.operations().checked) kinds.add(kind)
    for (const { operation } of at.watch.unchecked) unchecked.add(operation)
  })

  it('used every route that the adapter knows, and nothing passed by unchecked', () => {
    expect(kinds.size).toBeGreaterThan(100)
    expect([...unchecked]).toEqual([])
  })

  it('notices whatever is spoiled in this traffic', () => {
    // One request of each operation and one answer of each kind of object are enough: the longest.
    const kinds = new Map<string, Exchange>()
    const size = ({ request, answer }: Exchange) => request.body.length + (answer?.body.length ?? 0)
    for (const one of [...exchanges].sort((a, b) => size(a) - size(b))) {
      const object = /"object": "([a-z_.]+)"/.exec(one.answer?.body ?? '')?.[1] ?? 'error'
      kinds.set(`request ${one.operation}`, { ...one, answer: undefined })
      kinds.set(`answer ${object}`, one)
    }
    const missed = unnoticed([...kinds.values()], stripeSpec())
    expect(missed.filter((place) => place.startsWith('request '))).toEqual([])
    // Of answers the description is a lower bound: what is newer than it, the types of the SDK notice.
    const newer =
      /^answer \S+ \/body(?!\/(id|object|amount|currency|created|livemode|status|metadata): ).*(unknown member|wrong type)$/
    expect(missed.filter((place) => !newer.test(place))).toEqual([])
  })
})

describe.skipIf(!available())("stripe: the checker on Stripe's description", () => {
  const on = judge(available() ? stripeSpec() : ({} as never), 'https://api.stripe.com', { authorization: 'Bearer x' })
  const event = (object: object) => ({
    id: 'evt_1',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: 1,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'x',
  })
  const refund = {
    id: 're_1',
    object: 'refund',
    amount: 1,
    charge: null,
    created: 1,
    currency: 'usd',
    metadata: {},
    payment_intent: null,
  }
  const rest = {
    balance_transaction: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: null,
    transfer_reversal: null,
  }
  const signed = { 'stripe-signature': `t=1,v1=${'0'.repeat(64)}` }

  it.each<[string, () => readonly string[], string]>([
    ['an unknown path', () => on.request('GET', '/v1/payments'), '/path there is no path'],
    [
      'a missing member of an answer',
      () => on.answer('GET', '/v1/refunds/re_1', 200, { ...refund, ...rest, amount: undefined }),
      '/body/amount is required and missing',
    ],
    [
      'a wrong type in an answer',
      () => on.answer('GET', '/v1/refunds/re_1', 200, { ...refund, ...rest, amount: '1' }),
      '/body/amount must be integer',
    ],
    [
      'a webhook with a wrong type',
      () => on.webhook(event({ ...refund, ...rest, amount: '1' }), signed),
      '/body/data/object/amount must be integer',
    ],
    [
      'a webhook without its signature',
      () => on.webhook(event({ ...refund, ...rest }), {}),
      '/header/stripe-signature is required',
    ],
  ])('finds %s', (_, findings, expected) => expect(findings().join('\n')).toContain(expected))

  it('finds nothing where nothing is wrong', () => {
    expect(on.answer('GET', '/v1/refunds/re_1', 200, { ...refund, ...rest })).toEqual([])
    expect(on.webhook(event({ ...refund, ...rest }), signed)).toEqual([])
  })
})
