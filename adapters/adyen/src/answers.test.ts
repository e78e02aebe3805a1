import { PaymentResponse } from '@adyen/api-library/lib/src/typings/checkout/paymentResponse.js'
import { VendorRefusal } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { type Answer, paymentOf } from './payments.ts'
import { eur } from './test/set-up.ts'

const reference = `do-${'a'.repeat(32)}`
const asked = { reference, merchantReference: 'order-42', amount: eur(2590n), manual: false }
const context = { handle: (id: string) => `adyen:${id}` }
const read = (answer: object, more: object = {}) => paymentOf(answer as Answer, { ...asked, ...more }, context)
const amount = { currency: 'EUR', value: 2590 }
const provisional = `adyen:${reference}/2590EUR/automatic/order-42`

describe('what an answer of Adyen says of a payment', () => {
  it.each([
    ['Authorised', {}, { id: 'adyen:PSP', status: 'captured', captured: eur(2590n) }],
    ['Authorised', { manual: true }, { id: 'adyen:PSP', status: 'authorized' }],
    ['Received', {}, { id: 'adyen:PSP', status: 'processing' }],
    ['Pending', {}, { id: 'adyen:PSP', status: 'processing' }],
  ])('%s, %o', (resultCode, more, expected) => {
    expect(read({ resultCode, pspReference: 'PSP', amount }, more)).toMatchObject(expected)
  })

  it.each([
    ['RedirectShopper', { type: 'redirect', method: 'GET', url: 'https://bank.example' }, 'redirect'],
    ['RedirectShopper', { type: 'redirect', method: 'POST', url: 'https://bank.example', data: { MD: 'x' } }, 'client'],
    ['IdentifyShopper', { type: 'threeDS2', subtype: 'fingerprint', token: 'x' }, 'client'],
    ['ChallengeShopper', { type: 'threeDS2', subtype: 'challenge', token: 'x' }, 'client'],
    ['PresentToShopper', { type: 'voucher', paymentMethodType: 'multibanco' }, 'client'],
    ['Pending', { type: 'await', paymentMethodType: 'mbway' }, 'client'],
  ])('%s with %o waits for the payer', (resultCode, action, type) => {
    const payment = read({ resultCode, action })
    expect(payment).toMatchObject({ id: provisional, status: 'requires_action', amount: eur(2590n), reference: 'order-42' })
    expect(payment.action?.type).toBe(type)
    if (payment.action?.type === 'client') expect(JSON.parse(payment.action.clientSecret)).toEqual(action)
  })

  it.each([
    [{ resultCode: 'Refused', refusalReasonCode: '12' }, '12'],
    [{ resultCode: 'Refused', refusalReason: 'Expired Card' }, '6'],
    [{ resultCode: 'Refused', refusalReasonCode: '999' }, 'Refused'],
    [{ resultCode: 'Error', refusalReason: 'Acquirer Error', refusalReasonCode: '4' }, '4'],
    [{ resultCode: 'Cancelled' }, 'Cancelled'],
  ])('%o is a decline', (answer, vendorCode) => {
    expect(() => read({ ...answer, pspReference: 'PSP' })).toThrow(expect.objectContaining({ vendorCode, pspReference: 'PSP' }))
    expect(() => read(answer)).toThrow(VendorRefusal)
  })

  it('tells a part that was authorised from the whole', () => {
    const answer = { resultCode: 'PartiallyAuthorised', pspReference: 'PSP', amount: { currency: 'EUR', value: 1000 } }
    expect(read(answer)).toMatchObject({ status: 'partially_captured', amount: eur(2590n), captured: eur(1000n) })
    // No more than this can be captured later.
    const held = read(answer, { manual: true })
    expect([held.status, held.amount, held.captured]).toEqual(['authorized', eur(1000n), undefined])
  })

  it.each(Object.values(PaymentResponse.ResultCodeEnum))(
    '%s is a word that is understood, or an answer that is not believed',
    (resultCode) => {
      const outcome = () => {
        try {
          return read({ resultCode, pspReference: 'PSP', amount }).status
        } catch (error) {
          return error instanceof VendorRefusal ? 'declined' : 'unknown'
        }
      }
      expect(outcome()).toBe(
        {
          Authorised: 'captured',
          PartiallyAuthorised: 'partially_captured',
          Received: 'processing',
          Pending: 'processing',
          RedirectShopper: 'processing',
          ChallengeShopper: 'processing',
          IdentifyShopper: 'processing',
          PresentToShopper: 'processing',
          Refused: 'declined',
          Error: 'declined',
          Cancelled: 'declined',
          // Of authentication alone, which is not asked for, and of orders.
          AuthenticationFinished: 'unknown',
          AuthenticationNotRequired: 'unknown',
          Success: 'unknown',
        }[String(resultCode)],
      )
    },
  )

  it.each([
    ['no id', { resultCode: 'Authorised' }],
    ['a part that is more', { resultCode: 'PartiallyAuthorised', pspReference: 'PSP', amount: { currency: 'EUR', value: 2591 } }],
    [
      'a part in another currency',
      { resultCode: 'PartiallyAuthorised', pspReference: 'PSP', amount: { currency: 'USD', value: 1 } },
    ],
    ['no result', { pspReference: 'PSP' }],
    ['a result of something else', { resultCode: 'AuthenticationFinished', pspReference: 'PSP' }],
    ['another amount', { resultCode: 'Authorised', pspReference: 'PSP', amount: { currency: 'EUR', value: 2591 } }],
    ['another currency', { resultCode: 'Authorised', pspReference: 'PSP', amount: { currency: 'USD', value: 2590 } }],
    ['an amount that is none', { resultCode: 'Authorised', pspReference: 'PSP', amount: { currency: 'EUR', value: 1.5 } }],
  ])('is not believed with %s', (_, answer) => {
    expect(() => read(answer)).toThrow(/^The answer/)
  })
})
