import { describe, expect, it } from 'vitest'
import { plainly } from './balance.ts'
import { checkAmounts, insistOn, minorOf, moneyOf } from './money.ts'

const code = (run: () => unknown) => {
  try {
    run()
    return undefined
  } catch (error) {
    const { code, field } = error as { code: string; field: string }
    return [code, field]
  }
}

describe('amounts', () => {
  it.each([
    ['USD', 1_250n, 1_250],
    ['JPY', 1_250n, 1_250],
    ['ISK', 1_250n, 125_000],
    ['UGX', 1_250n, 125_000],
    ['KWD', 1_250n, 1_250],
    ['MGA', 1_200n, 12],
    ['HUF', 1_250n, 1_250],
  ])('of %s are written as Stripe does and read back exactly', (currency, amount, minor) => {
    expect(minorOf({ amount, currency })).toBe(minor)
    expect(moneyOf(minor, currency.toLowerCase())).toEqual({ amount, currency })
  })

  // https://docs.stripe.com/currencies#zero-decimal and #three-decimal, without the special cases above.
  it.each([
    ...'BIF CLP DJF GNF JPY KMF KRW PYG RWF VND VUV XAF XOF XPF'.split(' ').map((currency) => [currency, 0] as const),
    ...'BHD JOD KWD OMR TND'.split(' ').map((currency) => [currency, 3] as const),
    ...'EUR HUF TWD IDR CVE'.split(' ').map((currency) => [currency, 2] as const),
  ])('of %s are written with %i digits', (currency, digits) => {
    expect(minorOf({ amount: 100n * 10n ** BigInt(digits), currency })).toBe(100 * 10 ** digits)
    const finest = { amount: { amount: 1n, currency } }
    const refused = digits === 3 ? ['amount_not_representable', 'amount'] : undefined
    expect(code(() => checkAmounts('payments.create', finest))).toEqual(refused)
  })

  it('are refused wherever they are in the input, by the name of the field', () => {
    const lines = (currency: string, amount: bigint) => ({
      lines: [{ amount: { amount: 10n, currency: 'USD' } }, { amount: { amount, currency } }],
    })
    expect(code(() => checkAmounts('invoices.create', lines('KWD', 1_251n)))).toEqual([
      'amount_not_representable',
      'lines.1.amount',
    ])
    expect(code(() => checkAmounts('invoices.create', lines('MGA', 1_250n)))).toEqual([
      'amount_not_representable',
      'lines.1.amount',
    ])
    expect(code(() => checkAmounts('invoices.create', lines('USD', 10n ** 12n)))).toEqual(['amount_too_large', 'lines.1.amount'])
    expect(code(() => checkAmounts('invoices.create', lines('KWD', 1_250n)))).toBeUndefined()
  })

  it('of HUF and TWD are charged in full, and paid out in whole units', () => {
    const input = { amount: { amount: 1_250n, currency: 'HUF' } }
    expect(code(() => checkAmounts('payments.create', input))).toBeUndefined()
    expect(code(() => checkAmounts('payouts.create', input))).toEqual(['amount_not_representable', 'amount'])
  })

  it('must come back as they were sent', () => {
    const sent = { amount: 1_250n, currency: 'USD' }
    expect(() => insistOn(sent, { amount: 1_250, currency: 'usd' })).not.toThrow()
    expect(() => insistOn(sent, { amount: 1_251, currency: 'usd' })).toThrow('another amount')
    expect(() => insistOn(sent, { amount: 1_250, currency: 'eur' })).toThrow('another amount')
    expect(() => moneyOf(12.5, 'usd')).toThrow('whole number')
  })

  it('have rates with the digits that Stripe wrote', () => {
    expect([1.08413, 1, 0.000038, 2.5e-7, 1e-9].map(plainly)).toEqual(['1.08413', '1', '0.000038', '0.00000025', '0.000000001'])
  })
})
