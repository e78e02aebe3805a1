import { describe, expect, it } from 'vitest'
import { collect, failure, ok, own, setUp, usd } from './test/set-up.ts'

describe('payments.create', () => {
  it('charges at once, and says everything on the wire that was asked', async () => {
    const { twin, pay, sent, wire } = setUp()
    const payment = await pay({
      description: 'Order 42',
      reference: 'order-42',
      metadata: { colour: 'blue' },
      statementDescriptor: 'ACMEBOOKS42',
    })
    expect(payment).toMatchObject({ status: 'captured', amount: usd(2_590n), captured: usd(2_590n), reference: 'order-42' })
    expect(payment).toMatchObject({ metadata: { colour: 'blue' }, card: { brand: 'visa', last4: '4242' } })
    expect(twin.payments()).toMatchObject([{ id: own(payment.id), captured: 2_590n, currency: 'USD' }])
    const body = Object.fromEntries(sent('payments.create'))
    expect(body).toMatchObject({
      amount: '2590',
      currency: 'usd',
      capture_method: 'automatic',
      confirm: 'true',
      payment_method: 'pm_card_visa',
      'automatic_payment_methods[enabled]': 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
      statement_descriptor_suffix: 'ACMEBOOKS42',
      'metadata[colour]': 'blue',
      'metadata[do_order]': 'order-42',
    })
    expect(body['metadata[do_reference]']).toMatch(/^do-[0-9a-f]{32}$/)
    expect(wire('payments.create')[0]?.headers['idempotency-key']).toBe(`${body['metadata[do_reference]']}.stripe`)
  })

  it('writes ISK and KWD as Stripe does, and refuses what it cannot write before anything is sent', async () => {
    const { twin, pay, sent } = setUp()
    expect((await pay({ amount: { amount: 1_200n, currency: 'ISK' } })).captured).toEqual({ amount: 1_200n, currency: 'ISK' })
    expect(sent('payments.create').get('amount')).toBe('120000')
    expect((await pay({ amount: { amount: 12_340n, currency: 'KWD' } })).captured).toEqual({ amount: 12_340n, currency: 'KWD' })
    const before = twin.requests().length
    const error = await failure(pay({ amount: { amount: 12_345n, currency: 'KWD' } }))
    expect(error).toMatchObject({ code: 'amount_not_representable', effect: 'none', field: 'amount' })
    expect(await failure(pay({ metadata: { do_reference: 'mine' } }))).toMatchObject({ code: 'reserved_metadata' })
    expect(twin.requests()).toHaveLength(before)
  })

  it('tells a decline with the payment that Stripe keeps of it', async () => {
    const { twin, provider, pay } = setUp()
    const error = await failure(pay({ method: 'stripe:pm_card_chargeDeclinedInsufficientFunds' }))
    expect(error).toMatchObject({
      fault: 'declined',
      effect: 'none',
      code: 'insufficient_funds',
      vendorCode: 'insufficient_funds',
    })
    expect(error.handle).toBe(`stripe:${twin.payments()[0]?.id}`)
    const payment = await provider.payments.get(error.handle as string)
    expect(payment).toMatchObject({ status: 'failed', failure: 'insufficient_funds' })
    expect(payment.captured).toBeUndefined()
  })

  it('waits for 3-D Secure, and for a method that is given later', async () => {
    const { twin, provider, pay } = setUp()
    const waiting = await pay({ method: 'stripe:pm_card_threeDSecure2Required', returnUrl: 'https://shop.example.com/back' })
    expect(waiting).toMatchObject({ status: 'requires_action', action: { type: 'redirect' } })
    const result = await twin.authenticate(own(waiting.id), 'succeed')
    expect(await provider.payments.confirm({ id: waiting.id, result: { ...result } })).toMatchObject({ status: 'captured' })

    const later = await provider.payments.create({ amount: usd(500n) })
    expect(later).toMatchObject({ status: 'created', action: { type: 'client' } })
    expect(await provider.payments.confirm({ id: later.id, method: ok })).toMatchObject({ status: 'captured' })
  })

  it('tells that the payer was not recognised as a decline, with the payment', async () => {
    const { twin, provider, pay } = setUp()
    const { id } = await pay({ method: 'stripe:pm_card_threeDSecure2Required', returnUrl: 'https://shop.example.com/back' })
    const result = await twin.authenticate(own(id), 'fail')
    const error = await failure(provider.payments.confirm({ id, result: { ...result } }))
    expect(error).toMatchObject({ fault: 'declined', effect: 'none', code: 'authentication_failed', handle: id })
  })
})

describe('capture and cancel', () => {
  it('captures in parts, and lets the rest go with the last', async () => {
    const { twin, provider, pay, sent } = setUp()
    const { id, captureBefore } = await pay({ capture: 'manual' })
    expect(Date.parse(captureBefore as string)).toBeGreaterThan(twin.clock.now())
    const first = await provider.payments.capture({ id, amount: usd(1_000n), final: false })
    expect(first).toMatchObject({ status: 'partially_captured', captured: usd(1_000n) })
    expect(sent('payments.capture').get('final_capture')).toBe('false')
    expect(await provider.payments.capture({ id, amount: usd(500n) })).toMatchObject({
      status: 'captured',
      captured: usd(1_500n),
    })
    expect(twin.payments()).toMatchObject([{ captured: 1_500n, authorized: 0n }])
  })

  it('takes no part in another currency', async () => {
    const { twin, provider, pay, wire } = setUp()
    const { id } = await pay({ capture: 'manual' })
    const error = await failure(provider.payments.capture({ id, amount: { amount: 1_000n, currency: 'EUR' } }))
    expect(error).toMatchObject({ code: 'currency_mismatch', effect: 'none', fault: 'caller' })
    expect(wire('payments.capture')).toEqual([])
    expect(twin.payments()).toMatchObject([{ captured: 0n, authorized: 2_590n }])
  })

  it('cancels twice, but not what is captured', async () => {
    const { provider, pay } = setUp()
    const { id } = await pay({ capture: 'manual' })
    expect(await provider.payments.cancel(id)).toMatchObject({ status: 'canceled' })
    expect(await provider.payments.cancel(id)).toMatchObject({ status: 'canceled' })
    const error = await failure(provider.payments.cancel((await pay()).id))
    expect(error).toMatchObject({ code: 'invalid_state', effect: 'none', fault: 'caller' })
  })
})

describe('a lost answer', () => {
  it.each(['cut', 'hang'] as const)('is found by our reference after a %s', async (kind) => {
    const { twin, pay } = setUp()
    twin.faults.next({ kind, when: 'after' }, { operation: 'payments.create' })
    const payment = await pay()
    expect(payment).toMatchObject({ status: 'captured' })
    expect(twin.payments()).toHaveLength(1)
  })

  it('is found although Stripe saved a 500 and replays it', async () => {
    const { twin, pay, wire } = setUp()
    twin.faults.next({ kind: 'error', status: 500, when: 'after' }, { operation: 'payments.create' })
    expect(await pay()).toMatchObject({ status: 'captured' })
    expect(wire('payments.create').length).toBeLessThanOrEqual(2)
    expect(twin.payments()).toHaveLength(1)
  })

  it('that was a decline is told as that', async () => {
    const { twin, pay } = setUp()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
    const error = await failure(pay({ method: 'stripe:pm_card_chargeDeclined' }))
    expect(error).toMatchObject({ fault: 'declined', effect: 'none', code: 'card_declined' })
    expect(twin.payments()).toHaveLength(1)
  })
})

it('lists page by page, newest first, of a customer or a time', async () => {
  const { twin, provider, pay } = setUp()
  const { id: customer } = await provider.customers.create({ name: 'Anna Ek' })
  const ids: string[] = []
  for (let index = 0; index < 5; index++) {
    ids.push((await pay(index < 3 ? { customer } : {})).id)
    await twin.advance(10_000)
  }
  expect((await collect(provider.payments.list({ limit: 2 }))).map(({ id }) => id)).toEqual(ids.toReversed())
  expect(await collect(provider.payments.list({ customer, limit: 2 }))).toHaveLength(3)
  const since = new Date(twin.clock.now() - 25_000).toISOString()
  expect(await collect(provider.payments.list({ since }))).toHaveLength(2)
})
