import { describe, expect, it } from 'vitest'
import { eur, failure, own, setUp } from './test/set-up.ts'

const lines = [
  { name: 'Book', amount: eur(1000n), quantity: 2 },
  { name: 'Shipping', amount: eur(590n) },
]
const successUrl = 'https://shop.example.com/thanks'

describe('a payment link', () => {
  it('is a page that says what is paid for', async () => {
    const { twin, provider, body, wire } = setUp()
    const checkout = await provider.checkout.create({ lines, successUrl, reference: 'order-42', metadata: { order: '42' } })
    expect(checkout).toMatchObject({
      status: 'open',
      url: expect.stringMatching(/^https:\/\/test\.adyen\.link\/PL/),
      amount: eur(2590n),
      reference: 'order-42',
      metadata: { order: '42' },
      expiresAt: '2026-01-02T00:00:00.000Z',
    })
    expect(body('checkout.create')).toMatchObject({
      amount: { currency: 'EUR', value: 2590 },
      returnUrl: successUrl,
      captureDelayHours: 0,
      lineItems: [
        { description: 'Book', quantity: 2, amountIncludingTax: 1000 },
        { description: 'Shipping', quantity: 1, amountIncludingTax: 590 },
      ],
    })
    expect(wire('checkout.create')[0]?.headers['idempotency-key']).toMatch(/^do-/)
    expect(await provider.checkout.get(checkout.id)).toEqual({ ...checkout, raw: expect.anything() })
    expect(twin.count('checkouts')).toBe(1)
  })

  it('tells of its payment and of itself when it is paid', async () => {
    const { twin, provider, events } = setUp()
    const checkout = await provider.checkout.create({ lines, successUrl })
    const payment = await twin.visit(own(checkout.id), 'pay')
    expect(events).toMatchObject([
      { type: 'payment.updated', payment: `adyen:${payment}`, status: 'captured', amount: eur(2590n) },
      { type: 'checkout.updated', checkout: checkout.id, status: 'complete' },
    ])
    expect(events[0]?.eventId).not.toBe(events[1]?.eventId)
    expect(await provider.checkout.get(checkout.id)).toMatchObject({ status: 'complete' })
    expect(await failure(provider.checkout.expire(checkout.id))).toMatchObject({ code: 'too_late', effect: 'none' })
  })

  it('can be closed, also twice, and closes by itself', async () => {
    const { twin, provider } = setUp()
    const first = await provider.checkout.create({ lines, successUrl })
    expect(await provider.checkout.expire(first.id)).toMatchObject({ id: first.id, status: 'expired' })
    expect(await provider.checkout.expire(first.id)).not.toHaveProperty('url')
    const second = await provider.checkout.create({ lines, successUrl, expiresAt: '2026-01-03T00:00:00Z' })
    await twin.advance(3 * 86_400_000)
    expect(await provider.checkout.get(second.id)).toMatchObject({ status: 'expired' })
  })

  it('is made once, also when the answer is lost', async () => {
    const { twin, provider } = setUp()
    twin.faults.next({ kind: 'error', status: 503, when: 'after' }, { operation: 'checkout.create' })
    await provider.checkout.create({ lines, successUrl })
    expect(twin.count('checkouts')).toBe(1)
  })

  it.each([
    ['a price', { lines: [{ price: 'adyen:x' }] }, 'unsupported', 'lines.0.price'],
    ['a subscription', { lines: [{ ...lines[0], interval: { unit: 'month' as const } }] }, 'unsupported', 'lines.0.interval'],
    ['two currencies', { lines: [lines[0], { name: 'x', amount: { amount: 1n, currency: 'USD' } }] }, 'invalid_input', 'lines'],
    ['a year', { expiresAt: '2027-01-01T00:00:00Z' }, 'invalid_input', 'expiresAt'],
    ['the past', { expiresAt: '2025-01-01T00:00:00Z' }, 'invalid_input', 'expiresAt'],
  ])('takes no %s, and says so before anything is sent', async (_, more, code, field) => {
    const { twin, provider } = setUp()
    expect(await failure(provider.checkout.create({ lines, successUrl, ...more } as never))).toMatchObject({
      code,
      field,
      effect: 'none',
    })
    expect(twin.requests()).toEqual([])
  })
})

describe('a stored payment method', () => {
  const customer = 'adyen:shopper/42'

  it('is kept with a payment, listed, charged while the payer is away, and forgotten', async () => {
    const { twin, provider, pay, body } = setUp()
    await pay({ customer, saveMethod: true })
    expect(body('payments.create')).toMatchObject({
      shopperReference: 'shopper/42',
      storePaymentMethod: true,
      recurringProcessingModel: 'CardOnFile',
    })
    const { items } = await provider.methods.list({ customer }).page()
    expect(items).toMatchObject([
      { customer, type: 'card', card: { brand: 'visa', last4: '1111', expiry: { month: 3, year: 2030 } } },
    ])
    const id = items[0]?.id as string
    expect(own(id)).toMatch(/^shopper%2F42\/[A-Z0-9]{16}$/)
    await pay({ customer, method: id, offSession: true })
    expect(body('payments.create')).toMatchObject({
      paymentMethod: { type: 'scheme', storedPaymentMethodId: own(id).split('/')[1] },
      shopperReference: 'shopper/42',
      shopperInteraction: 'ContAuth',
      recurringProcessingModel: 'UnscheduledCardOnFile',
    })
    expect(twin.payments().map(({ captured }) => captured)).toEqual([2590n, 2590n])
    expect(await provider.methods.detach(id)).toEqual({ id, deleted: true })
    expect(await provider.methods.detach(id)).toEqual({ id, deleted: true })
    expect((await provider.methods.list({ customer }).page()).items).toEqual([])
    expect(await failure(pay({ customer, method: id }))).toMatchObject({ code: 'method_not_found', effect: 'none' })
  })

  it('can be kept without a payment, and stays its customer’s', async () => {
    const { provider, method, pay } = setUp()
    const kept = await provider.methods.attach({ id: method('ok'), customer })
    expect(await provider.methods.attach({ id: kept.id, customer })).toMatchObject({ id: kept.id })
    expect(await failure(provider.methods.attach({ id: kept.id, customer: 'adyen:other' }))).toMatchObject({
      code: 'method_of_another',
    })
    expect(await failure(pay({ customer: 'adyen:other', method: kept.id }))).toMatchObject({
      code: 'method_of_another',
      effect: 'none',
    })
  })

  it('may be good only once', async () => {
    const { provider, pay, method } = setUp()
    await pay({ customer, method: method('laterDeclined'), saveMethod: true })
    const [kept] = (await provider.methods.list({ customer }).page()).items
    expect(await failure(pay({ customer, method: kept?.id as string, offSession: true }))).toMatchObject({ fault: 'declined' })
  })

  it.each(['adyen:{', 'adyen:{"a":1}', 'adyen:Not A Type'])('is no %s', async (method) => {
    const { twin, pay } = setUp()
    expect(await failure(pay({ method }))).toMatchObject({ code: 'invalid_method', field: 'method' })
    expect(twin.requests()).toEqual([])
  })
})
