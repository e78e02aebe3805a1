import { isoExponent } from '@do/payments'
import { describe, expect, it } from 'vitest'
import { balanceOf, fromAdyen, toAdyen } from './money.ts'
import { failure, setUp } from './test/set-up.ts'

/** What https://docs.adyen.com/development-resources/currency-codes says of every currency there that has not two decimals here or there. */
const page = {
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
  ...Object.fromEntries('CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0])),
  ...{ CLP: 2, ISK: 2, EUR: 2, HUF: 2, TWD: 2, MGA: 2 },
}
const differing = ['CLP', 'CVE', 'IDR', 'ISK']

describe('amounts', () => {
  it.each(Object.entries(page))('of %s are written with %i digits, and read back exactly', (currency, digits) => {
    // A hundred units of it, which every way of writing can say.
    const amount = { amount: 100n * 10n ** BigInt(isoExponent(currency)), currency }
    const written = toAdyen(amount)
    expect(written).toEqual({ currency, value: 100 * 10 ** digits })
    expect(fromAdyen(written)).toEqual(amount)
    expect(isoExponent(currency) === digits).toBe(!differing.includes(currency))
  })

  it.each(['CVE', 'IDR'])(
    'of %s with a part of a unit are refused, in every command, before anything is sent',
    async (currency) => {
      const { twin, provider, method } = setUp()
      const amount = { amount: 10_050n, currency }
      const page = { lines: [{ name: 'Lamp', amount }], successUrl: 'https://shop.example.com/' }
      for (const [command, field] of [
        [() => provider.payments.create({ amount, method: method('ok') }), 'amount'],
        [() => provider.payments.capture({ id: 'adyen:8535296650153317', amount }), 'amount'],
        [() => provider.refunds.create({ payment: 'adyen:8535296650153317', amount }), 'amount'],
        [() => provider.transfers.create({ account: 'adyen:AH1', amount }), 'amount'],
        [() => provider.transfers.reverse({ id: 'adyen:1', amount }), 'amount'],
        [() => provider.payouts.create({ amount }), 'amount'],
        [() => provider.checkout.create(page), 'lines.0.amount'],
      ] as const)
        expect(await failure(command())).toMatchObject({ code: 'amount_not_representable', effect: 'none', field })
      expect(twin.requests()).toEqual([])
    },
  )

  it('larger than JSON carries exactly are refused', () => {
    expect(() => toAdyen({ amount: 2n ** 53n, currency: 'EUR' })).toThrow(/larger/)
    expect(() => toAdyen({ amount: 2n ** 50n, currency: 'ISK' })).toThrow(/larger/)
  })
})

describe('the balance', () => {
  it.each([
    ['ISK', 125_050, 1_250n],
    ['CLP', 199, 1n],
    ['CLP', -150, -2n],
    ['IDR', 1_250, 125_000n],
    ['KWD', 1_251, 1_251n],
  ])('of %s at %i is never more than there is', (currency, value, amount) => {
    expect(balanceOf({ currency, value })).toEqual({ amount, currency })
  })

  it('in one currency with a part of a unit does not hide the others', async () => {
    const { twin, provider } = setUp({
      fetch: async (input, init) => {
        const response = await twin.fetch(input, init)
        if (!/balanceAccounts/.test(String(input))) return response
        const balances = [
          { currency: 'ISK', available: 125_050, balance: 125_050, pending: 0, reserved: 0 },
          { currency: 'EUR', available: 1_299, balance: 1_299, pending: 0, reserved: 0 },
        ]
        return Response.json({ ...((await response.json()) as object), balances })
      },
    })
    expect((await provider.balance.get({})).available).toEqual([
      { amount: 1_250n, currency: 'ISK' },
      { amount: 1_299n, currency: 'EUR' },
    ])
  })
})
