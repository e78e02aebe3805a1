import { ProviderError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { fromVendorMinor, isoExponent, toVendorMinor } from './index.ts'

const stripeLike = { exponents: { ISK: 2, UGX: 2 }, steps: { KWD: 10n, ISK: 100n, UGX: 100n } }
const adyenLike = { exponents: { CLP: 2, CVE: 0 } }

const code = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return ProviderError.is(error) ? [error.code, error.effect] : error
  }
}

describe('digits after the point', () => {
  it('are those of ISO 4217, not of Intl', () => {
    // CLDR, which Intl shows, has other digits for HUF, IDR and IQD.
    expect(['EUR', 'HUF', 'IDR', 'JPY', 'KRW', 'ISK', 'UGX', 'KWD', 'BHD', 'IQD', 'CLP'].map(isoExponent)).toEqual([
      2, 2, 2, 0, 0, 0, 0, 3, 3, 3, 0,
    ])
    expect(code(() => isoExponent('EURO'))).toEqual(['unknown_currency', 'none'])
  })
})

describe('an amount at a vendor', () => {
  it('is the vendor’s minor units, exactly, there and back', () => {
    const cases = [
      [{ amount: 1250n, currency: 'EUR' }, 1250n],
      [{ amount: 500n, currency: 'JPY' }, 500n],
      [{ amount: 500n, currency: 'ISK' }, 50_000n],
      [{ amount: 1_250_000n, currency: 'UGX' }, 125_000_000n],
      [{ amount: 12_340n, currency: 'KWD' }, 12_340n],
      [{ amount: 9_007_199_254_740_993n, currency: 'USD' }, 9_007_199_254_740_993n],
    ] as const
    for (const [value, minor] of cases) {
      expect(toVendorMinor(value, stripeLike)).toBe(minor)
      expect(fromVendorMinor(minor, value.currency.toLowerCase(), stripeLike)).toEqual(value)
    }
    expect(toVendorMinor({ amount: 500n, currency: 'CLP' }, adyenLike)).toBe(50_000n)
    expect(toVendorMinor({ amount: 500n, currency: 'CVE' }, adyenLike)).toBe(5n)
  })

  it('is refused where the vendor cannot write it, never rounded', () => {
    expect(code(() => toVendorMinor({ amount: 12_345n, currency: 'KWD' }, stripeLike))).toEqual([
      'amount_not_representable',
      'none',
    ])
    expect(code(() => toVendorMinor({ amount: 550n, currency: 'CVE' }, adyenLike))).toEqual(['amount_not_representable', 'none'])
    expect(code(() => fromVendorMinor(50_050n, 'ISK', stripeLike))).toEqual(['amount_not_representable', 'none'])
  })
})
