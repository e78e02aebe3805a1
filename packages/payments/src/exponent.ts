import { checkCurrency, type Money, money, refuse } from '@do/provider'

/** Currencies of ISO 4217 (list one, 2026) whose exponent is not 2. (CLF and UYW, which have 4, are units of account: `checkCurrency` does not take them.) */
const exceptions: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
}

/**
 * Digits after the point by ISO 4217: what our minor units mean. Never `Intl`, whose table differs for 17 currencies.
 * @throws ProviderError `unknown_currency`.
 */
export function isoExponent(currency: string): number {
  return exceptions[checkCurrency(currency)] ?? 2
}

/** How one vendor writes amounts. */
export interface VendorMoney {
  /** Digits after the point that the vendor uses, where they are not ISO's. */
  readonly exponents?: Readonly<Record<string, number>>
  /** What the vendor's minor amount must be a multiple of. */
  readonly steps?: Readonly<Record<string, bigint>>
}

/**
 * Our minor units as the vendor's. What the vendor cannot write exactly is refused, never rounded.
 * @throws ProviderError `amount_not_representable`, before anything is sent.
 */
export function toVendorMinor(value: Money, vendor: VendorMoney, field = 'amount'): bigint {
  const ours = isoExponent(value.currency)
  const theirs = vendor.exponents?.[value.currency] ?? ours
  const factor = 10n ** BigInt(Math.abs(theirs - ours))
  const exact = theirs >= ours || value.amount % factor === 0n
  const amount = theirs >= ours ? value.amount * factor : value.amount / factor
  if (exact && amount % (vendor.steps?.[value.currency] ?? 1n) === 0n) return amount
  throw refuse(
    'amount_not_representable',
    `This provider cannot charge exactly this amount in ${value.currency}. Round it yourself first.`,
    {
      field,
      elsewhere: true,
    },
  )
}

/**
 * The vendor's minor units as ours.
 * @throws ProviderError `amount_not_representable` for a part of our minor unit.
 */
export function fromVendorMinor(amount: bigint | number, currency: string, vendor: VendorMoney): Money {
  const code = currency.toUpperCase()
  const ours = isoExponent(code)
  const theirs = vendor.exponents?.[code] ?? ours
  const factor = 10n ** BigInt(Math.abs(theirs - ours))
  const minor = BigInt(amount)
  if (theirs > ours && minor % factor !== 0n)
    throw refuse('amount_not_representable', `The vendor gave a part of the smallest unit of ${code}.`, { field: 'amount' })
  return money(theirs > ours ? minor / factor : minor * factor, code)
}
