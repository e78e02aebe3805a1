import { describe, expect, it } from 'vitest'
import { eur, failure, own, setUp } from './test/set-up.ts'

describe('a payment', () => {
  it('takes the amount, once, under a key, and says so', async () => {
    const { twin, pay, wire, body } = setUp()
    const payment = await pay({ reference: 'order-42', metadata: { order: '42' }, statementDescriptor: 'ACME BOOKS' })
    expect(payment).toMatchObject({
      id: `adyen:${twin.payments()[0]?.id}`,
      status: 'captured',
      amount: eur(2590n),
      captured: eur(2590n),
      reference: 'order-42',
      metadata: { order: '42' },
      card: { brand: 'visa', last4: '1111' },
    })
    expect(twin.payments()).toMatchObject([{ captured: 2590n, authorized: 0n }])
    const [request] = wire('payments.create')
    expect(request?.url).toBe('https://checkout-test.adyen.com/v72/payments')
    expect(request?.headers['idempotency-key']).toMatch(/^do-[0-9a-f]{32}\.adyen$/)
    expect(body('payments.create')).toMatchObject({
      amount: { currency: 'EUR', value: 2590 },
      reference: 'order-42',
      captureDelayHours: 0,
      shopperStatement: 'ACME BOOKS',
      metadata: { order: '42', do_reference: expect.stringMatching(/^do-[0-9a-f]{32}$/) },
    })
  })

  it('goes by our reference where the merchant has none, and does not show it', async () => {
    const { pay, body } = setUp()
    const payment = await pay()
    expect([payment.reference, payment.metadata]).toEqual([undefined, undefined])
    const { reference, metadata } = body('payments.create') as { reference: string; metadata: object }
    expect(metadata).toEqual({ do_reference: reference })
  })

  it.each([
    [{ amount: 1500n, currency: 'CLP' }, 150_000],
    [{ amount: 1500n, currency: 'ISK' }, 150_000],
    [{ amount: 1500n, currency: 'JPY' }, 1500],
    [{ amount: 1500n, currency: 'KWD' }, 1500],
    [{ amount: 150_000n, currency: 'IDR' }, 1500],
    [{ amount: 150_000n, currency: 'CVE' }, 1500],
  ])('writes %o in the digits of Adyen, and reads it back', async (amount, value) => {
    const { twin, pay, body } = setUp()
    expect((await pay({ amount })).amount).toEqual(amount)
    expect(body('payments.create').amount).toEqual({ currency: amount.currency, value })
    expect(twin.payments()[0]?.captured).toBe(amount.amount)
  })

  it.each([[{ amount: 150_001n, currency: 'IDR' }], [{ amount: 2n ** 53n, currency: 'EUR' }]])(
    'refuses %o, which Adyen cannot write, before anything is sent',
    async (amount) => {
      const { twin, pay } = setUp()
      expect(await failure(pay({ amount }))).toMatchObject({ code: 'amount_not_representable', effect: 'none', elsewhere: true })
      expect(twin.requests()).toEqual([])
    },
  )

  it.each([
    [{ reference: 'x'.repeat(81) }, 'reference'],
    [{ metadata: { ['k'.repeat(21)]: 'v' } }, 'metadata'],
    [{ metadata: { key: 'v'.repeat(81) } }, 'metadata'],
    [{ metadata: Object.fromEntries(Array.from({ length: 19 }, (_, at) => [`k${at}`, 'v'])) }, 'metadata'],
  ])('refuses what Adyen would not keep, before anything is sent', async (more, field) => {
    const { twin, pay } = setUp()
    expect(await failure(pay(more))).toMatchObject({ code: 'input_too_large', field, elsewhere: true })
    expect(twin.requests()).toEqual([])
  })

  it.each([
    [{ reference: `do-${'0'.repeat(32)}` }, 'reference'],
    [{ metadata: { do_reference: 'x' } }, 'metadata'],
  ])('refuses names that are ours, before anything is sent', async (more, field) => {
    const { twin, pay } = setUp()
    expect(await failure(pay(more))).toMatchObject({ code: 'invalid_input', field })
    expect(twin.requests()).toEqual([])
  })

  it('refuses a payment without a place to come back to', async () => {
    const { twin, provider, method } = setUp({ returnUrl: undefined as never })
    const error = await failure(provider.payments.create({ amount: eur(100n), method: method('ok') }))
    expect(error).toMatchObject({ code: 'return_url_needed', field: 'returnUrl' })
    expect(twin.requests()).toEqual([])
  })

  it.each([
    ['declined', 'card_declined', '2'],
    ['insufficientFunds', 'insufficient_funds', '12'],
  ] as const)('is declined within a success: %s', async (behaves, code, vendorCode) => {
    const { twin, pay, method, wire } = setUp()
    const error = await failure(pay({ method: method(behaves) }))
    expect(error).toMatchObject({
      fault: 'declined',
      effect: 'none',
      code,
      vendorCode,
      handle: `adyen:${twin.payments()[0]?.id}`,
    })
    expect(wire('payments.create')).toHaveLength(1)
    expect(twin.payments()).toMatchObject([{ captured: 0n, authorized: 0n }])
  })

  it.each(['cut', 'hang', 'error', 'truncated', 'foreign-page'] as const)(
    'whose answer is lost (%s) is found again under its key',
    async (kind) => {
      const { twin, pay } = setUp()
      const fault =
        kind === 'error' ? { kind, status: 500, when: 'after' } : kind === 'truncated' ? { kind } : { kind, when: 'after' }
      twin.faults.next(fault as never, { operation: 'payments.create' })
      const payment = await pay()
      expect(payment.status).toBe('captured')
      expect(twin.payments()).toHaveLength(1)
      const keys = twin.requests().map(({ headers }) => headers['idempotency-key'])
      expect(new Set(keys).size).toBe(1)
      expect(keys).toHaveLength(2)
    },
  )

  it('that was declined, and whose answer is lost, is declined', async () => {
    const { twin, pay, method } = setUp()
    twin.faults.next({ kind: 'cut', when: 'after' }, { operation: 'payments.create' })
    const error = await failure(pay({ method: method('insufficientFunds') }))
    expect(error).toMatchObject({ code: 'insufficient_funds', fault: 'declined', effect: 'none' })
    expect(twin.payments()).toHaveLength(1)
  })

  it('fits the key of a long name into the 64 characters of Adyen', async () => {
    const { wire, provider, twin } = setUp({ name: `a${'b'.repeat(60)}` })
    await provider.payments.create({ amount: eur(100n), method: `a${'b'.repeat(60)}:${twin.methods.ok}` })
    expect(wire('payments.create')[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{64}$/)
  })

  it('goes to the live host, and to nowhere else, with a prefix', async () => {
    const { pay, twin } = setUp({ liveEndpointUrlPrefix: '1797a841fbb37ca7-acme' })
    await pay()
    expect(twin.requests()[0]?.url).toBe('https://1797a841fbb37ca7-acme-checkout-live.adyenpayments.com/checkout/v72/payments')
  })

  it('has no secret and nothing of the card in an error', async () => {
    const { pay, method, twin } = setUp()
    const text = JSON.stringify(await failure(pay({ method: method('declined') })))
    for (const secret of [...twin.secrets, '4111111111111111', 'Refused']) expect(text).not.toContain(secret)
  })
})

describe('an authorised payment', () => {
  it('is captured by a word that the webhook keeps', async () => {
    const { twin, provider, pay, last, body } = setUp()
    const { id, status } = await pay({ capture: 'manual' })
    expect(status).toBe('authorized')
    expect(last()).toMatchObject({ type: 'payment.updated', payment: id, status: 'authorized' })
    expect(twin.payments()[0]?.authorized).toBe(2590n)
    const capture = await provider.payments.capture({ id, amount: eur(1000n) })
    expect(capture).toMatchObject({ id, status: 'processing' })
    expect(body('payments.capture')).toMatchObject({ amount: { currency: 'EUR', value: 1000 }, merchantAccount: 'TwinShopECOM' })
    expect(last()).toMatchObject({ type: 'payment.updated', payment: id, status: 'captured', amount: eur(1000n) })
    expect(twin.payments()[0]).toMatchObject({ captured: 1000n, authorized: 0n })
  })

  it('is let go by a word that the webhook keeps, also twice', async () => {
    const { twin, provider, pay, events } = setUp()
    const { id } = await pay({ capture: 'manual' })
    expect(await provider.payments.cancel(id)).toMatchObject({ id, status: 'processing' })
    expect(await provider.payments.cancel(id)).toMatchObject({ id, status: 'processing' })
    expect(events.slice(1)).toMatchObject([{ status: 'canceled' }, { vendorCode: expect.any(String) }])
    expect(events.at(-1)).not.toHaveProperty('status')
    expect(twin.payments()[0]).toMatchObject({ captured: 0n, authorized: 0n })
  })

  it('that is captured for too much stays as it was, and the webhook says so', async () => {
    const { twin, provider, pay, last } = setUp()
    const { id } = await pay({ capture: 'manual' })
    await provider.payments.capture({ id, amount: eur(2600n) })
    expect(last()).toMatchObject({ type: 'payment.updated', payment: id, vendorCode: 'Insufficient balance on payment' })
    expect(last()).not.toHaveProperty('status')
    expect(twin.payments()[0]).toMatchObject({ captured: 0n, authorized: 2590n })
  })

  it('expires', async () => {
    const { twin, pay, last } = setUp()
    const { id } = await pay({ capture: 'manual' })
    await twin.advance(29 * 86_400_000)
    expect(last()).toMatchObject({ type: 'payment.updated', payment: id, status: 'expired' })
    expect(twin.payments()[0]?.authorized).toBe(0n)
  })

  it.each([
    ['get', (payments: ReturnType<typeof setUp>['provider']['payments'], id: string) => payments.get(id)],
    [
      'capture without an amount',
      (payments: ReturnType<typeof setUp>['provider']['payments'], id: string) => payments.capture({ id }),
    ],
    [
      'one of several captures',
      (payments: ReturnType<typeof setUp>['provider']['payments'], id: string) =>
        payments.capture({ id, amount: eur(1n), final: false }),
    ],
  ])('cannot be read: %s is unsupported, and nothing is sent', async (_, run) => {
    const { twin, provider, pay } = setUp()
    const { id } = await pay({ capture: 'manual' })
    const before = twin.requests().length
    expect(await failure(run(provider.payments, id))).toMatchObject({ code: 'unsupported', effect: 'none' })
    expect(twin.requests()).toHaveLength(before)
  })
})

describe('a payment that the payer has to act on', () => {
  it.each(['challenge', 'redirect'] as const)(
    'waits under a provisional id, and is named when it is through: %s',
    async (behaves) => {
      const { twin, provider, pay, method, last } = setUp()
      const waiting = await pay({ method: method(behaves), reference: 'order/42' })
      expect(waiting).toMatchObject({
        status: 'requires_action',
        amount: eur(2590n),
        action: { type: 'redirect', url: expect.stringMatching(/^https:/) },
        reference: 'order/42',
      })
      expect(own(waiting.id)).toMatch(/^do-[0-9a-f]{32}\/2590EUR\/automatic\/order%2F42$/)
      const result = await twin.authenticate(twin.payments()[0]?.id ?? '', 'succeed')
      const payment = await provider.payments.confirm({ id: waiting.id, result: { ...result } })
      expect(payment).toMatchObject({
        id: `adyen:${twin.payments()[0]?.id}`,
        status: 'captured',
        amount: eur(2590n),
        reference: 'order/42',
      })
      expect(last()).toMatchObject({ payment: payment.id, status: 'captured', reference: own(waiting.id).slice(0, 35) })
      expect(twin.payments()).toMatchObject([{ captured: 2590n }])
    },
  )

  it.each([
    ['challenge', 'authentication_failed'],
    ['redirect', 'canceled_by_payer'],
  ] as const)('is declined when the payer fails: %s', async (behaves, code) => {
    const { twin, provider, pay, method, last } = setUp()
    const { id } = await pay({ method: method(behaves) })
    const result = await twin.authenticate(twin.payments()[0]?.id ?? '', 'fail')
    const error = await failure(provider.payments.confirm({ id, result: { ...result } }))
    expect(error).toMatchObject({ fault: 'declined', effect: 'none', code })
    expect(last()).toMatchObject({ status: 'failed', failure: code })
    expect(twin.payments()).toMatchObject([{ captured: 0n }])
  })

  it.each([
    ['another amount', { amount: eur(100n) }, {}],
    ['another order', { reference: 'order-1' }, { reference: 'order-2' }],
  ])('takes no result of a payment of %s', async (_, other, mine) => {
    const { twin, provider, pay, method } = setUp()
    await pay({ method: method('challenge'), ...other })
    const { id } = await pay({ method: method('challenge'), ...mine })
    const result = await twin.authenticate(twin.payments()[0]?.id ?? '', 'succeed')
    const error = await failure(provider.payments.confirm({ id, result: { ...result } }))
    expect(error).toMatchObject({ code: 'result_mismatch', fault: 'caller' })
  })

  it('is captured later when that was asked for', async () => {
    const { twin, provider, pay, method } = setUp()
    const { id } = await pay({ method: method('redirect'), capture: 'manual' })
    const result = await twin.authenticate(twin.payments()[0]?.id ?? '', 'succeed')
    expect((await provider.payments.confirm({ id, result: { ...result } })).status).toBe('authorized')
  })

  it('cannot be taken or confirmed with nothing; it can be let go, unless its reference is the merchant’s', async () => {
    const { twin, provider, pay, method } = setUp()
    const { id } = await pay({ method: method('redirect') })
    const named = await pay({ method: method('redirect'), reference: 'order-42' })
    const before = twin.requests().length
    expect(await failure(provider.payments.confirm({ id }))).toMatchObject({ code: 'result_needed' })
    expect(await failure(provider.payments.capture({ id, amount: eur(1n) }))).toMatchObject({ code: 'wrong_state' })
    expect(await failure(provider.refunds.create({ payment: id, amount: eur(1n) }))).toMatchObject({ code: 'wrong_state' })
    expect(await failure(provider.payments.cancel(named.id))).toMatchObject({ code: 'wrong_state' })
    expect(twin.requests()).toHaveLength(before)
    expect(await provider.payments.cancel(id)).toMatchObject({ id, status: 'processing', amount: eur(2590n) })
    expect(twin.payments()[0]?.status).toBe('cancelled')
    expect(twin.payments()[1]?.status).toBe('action')
  })

  it('ends by itself when the payer never comes back', async () => {
    const { twin, pay, method, last } = setUp()
    await pay({ method: method('redirect') })
    await twin.advance(2 * 86_400_000)
    expect(last()).toMatchObject({ type: 'payment.updated', status: 'expired' })
  })
})

describe('a payment that takes days', () => {
  it.each([
    ['succeed', 'captured', 2590n],
    ['fail', 'failed', 0n],
  ] as const)('is under way, then %ss', async (how, status, captured) => {
    const { twin, pay, method, last } = setUp()
    const payment = await pay({ method: method('asynchronous') })
    expect(payment).toMatchObject({ id: `adyen:${twin.payments()[0]?.id}`, status: 'processing' })
    await twin.settle(own(payment.id), how)
    expect(last()).toMatchObject({ payment: payment.id, status })
    expect(twin.payments()[0]?.captured).toBe(captured)
  })
})
