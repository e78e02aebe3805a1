import { CheckoutAPI } from '@adyen/api-library'
import { OutcomeUnknownError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { declineOf, refusalCode } from './declines.ts'
import { errors, readFault } from './errors.ts'
import { AdyenError } from './http.ts'
import { provisionalId, provisionalIn } from './provisional.ts'
import { eur, failure, setUp } from './test/set-up.ts'

describe('the error table', () => {
  it('links a page for every code, and takes only refusals for proof that nothing happened', () => {
    const rows = Object.entries(errors)
    expect(rows.length).toBeGreaterThan(100)
    for (const [, { see, message, code }] of rows) {
      expect(see).toMatch(/^https:\/\/docs\.adyen\.com\//)
      expect(message).toMatch(/\.$/)
      expect(code).toMatch(/^[a-z_]+$/)
    }
    expect(rows.filter(([, { effect }]) => effect !== 'none').map(([vendorCode]) => vendorCode)).toEqual([
      '704',
      'account:lookup',
    ])
  })

  it('has a decline for every refusal reason, by number and by words', () => {
    for (const code of ['2', '6', '12', '20', '24', '28', '38', '46'])
      expect(errors[code]).toMatchObject({ fault: 'declined', effect: 'none' })
    expect(refusalCode(undefined, 'Not enough balance')).toBe('12')
    expect(refusalCode(undefined, 'EXPIRED CARD')).toBe('6')
    expect(refusalCode('0', '')).toBeUndefined()
    expect(declineOf('12')).toBe('insufficient_funds')
    expect(declineOf(undefined)).toBe('unknown')
  })

  it('reads both shapes of an error, and nothing of what is none', () => {
    expect(readFault(new AdyenError(422, { errorCode: '137', pspReference: 'X' }))).toMatchObject({
      vendorCode: '137',
      requestId: 'X',
    })
    expect(readFault(new AdyenError(422, { errorCode: '30_112', requestId: 'Y', invalidFields: [{ name: 'amount' }] }))).toEqual({
      vendorCode: '30_112',
      requestId: 'Y',
      field: 'amount',
    })
    expect(readFault(new AdyenError(500, { errorCode: '000' })).vendorCode).toBeUndefined()
    for (const error of [undefined, null, 'text', new Error('x')]) expect(readFault(error).vendorCode).toBeUndefined()
  })
})

describe('what Adyen refuses', () => {
  it.each([
    ['unauthorized', { kind: 'unauthorized' }, { code: 'unauthorized', fault: 'credential', effect: 'none' }],
    ['invalid', { kind: 'invalid' }, { code: 'invalid_amount', fault: 'caller', effect: 'none' }],
    [
      'rate-limit',
      { kind: 'rate-limit', retryAfterSeconds: 7 },
      { code: 'rate_limited', fault: 'quota', effect: 'none', retryAfterMs: 7000 },
    ],
    ['refuse', { kind: 'refuse' }, { fault: 'network', effect: 'none' }],
  ] as const)('is refused without effect, by one request: %s', async (_, fault, expected) => {
    const { twin, pay } = setUp()
    twin.faults.next(fault, { operation: 'payments.create' })
    expect(await failure(pay())).toMatchObject(expected)
    expect(twin.payments()).toEqual([])
    expect(twin.requests().length).toBeLessThanOrEqual(1)
  })

  it('is unknown for as long as nobody answers, and settled later', async () => {
    const { twin, pay } = setUp()
    twin.faults.always({ kind: 'error', status: 503, when: 'after' }, { operation: 'payments.create' })
    const error = await failure(pay())
    expect(error).toMatchObject({ effect: 'unknown' })
    twin.faults.clear()
    if (!OutcomeUnknownError.is(error)) throw error
    expect(await error.resolve()).toEqual({ effect: 'unknown' })
    expect(await error.resolve({ mayComplete: true })).toMatchObject({
      effect: 'done',
      value: { status: 'captured' },
    })
    expect(twin.payments()).toHaveLength(1)
  })

  it('is a key that is under way with something else', async () => {
    const { provider, twin } = setUp()
    const checkout = new CheckoutAPI(await provider.client)
    const request = {
      merchantAccount: 'TwinShopECOM',
      reference: 'a',
      returnUrl: 'https://x.example',
      paymentMethod: JSON.parse(twin.methods.ok),
    }
    const send = (value: number) =>
      checkout.PaymentsApi.payments({ ...request, amount: { currency: 'EUR', value } }, { idempotencyKey: 'k' })
    expect((await send(100)).pspReference).toBe((await send(100)).pspReference)
    await expect(send(200)).rejects.toMatchObject({ status: 422, body: { errorCode: '704' } })
    expect(twin.payments()).toHaveLength(1)
  })
})

describe('the escape hatch', () => {
  it('is the SDK’s own client, over the same transport', async () => {
    const { provider, twin } = setUp()
    const { ModificationsApi, PaymentsApi } = new CheckoutAPI(await provider.client)
    const made = await PaymentsApi.payments({
      amount: { currency: 'EUR', value: 100 },
      merchantAccount: 'TwinShopECOM',
      reference: 'by-hand',
      returnUrl: 'https://shop.example.com',
      paymentMethod: JSON.parse(twin.methods.ok),
    })
    await ModificationsApi.refundOrCancelPayment(made.pspReference ?? '', { merchantAccount: 'TwinShopECOM' })
    expect(twin.payments()).toMatchObject([{ captured: 100n, refunded: 100n }])
  })
})

describe('a provisional id', () => {
  it.each([
    { reference: `do-${'0'.repeat(32)}`, merchantReference: `do-${'0'.repeat(32)}`, amount: eur(1n), manual: false },
    {
      reference: `do-${'f'.repeat(32)}`,
      merchantReference: 'a/b ü:%',
      amount: { amount: 10n ** 15n, currency: 'JPY' },
      manual: true,
    },
  ])('says what was asked for', (asked) => {
    expect(provisionalIn(provisionalId(asked))).toEqual(asked)
  })

  it('is no PSP reference', () => {
    for (const id of ['8835408815571234', 'do-x/1EUR/manual/', 'do-', '']) expect(provisionalIn(id)).toBeUndefined()
  })
})
