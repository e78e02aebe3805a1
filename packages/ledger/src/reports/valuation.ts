import { ledgerError } from '../errors.ts'
import { divide, parseRate } from '../rates.ts'
import type { Day, Ledger } from '../types.ts'

/** A number that no rounding has touched. The denominator is above zero. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** Minor units to minor units: what one unit of each currency is worth, over one common denominator. */
export interface Rates {
  readonly into: string
  readonly day: Day
  readonly denominator: bigint
  readonly numerators: ReadonlyMap<string, bigint>
}

/**
 * The rates of a day: for each currency its last price on or before that day, direct or inverse.
 * @throws LedgerError `price_missing`, naming currency and day.
 */
export function ratesOf(ledger: Ledger, currencies: Iterable<string>, into: string, day: Day): Rates {
  const fractions = [...new Set(currencies)].map((currency) => [currency, rateOf(ledger, currency, into, day)] as const)
  const denominator = fractions.reduce((product, [, rate]) => leastMultiple(product, rate.denominator), 1n)
  return {
    into,
    day,
    denominator,
    numerators: new Map(fractions.map(([currency, rate]) => [currency, rate.numerator * (denominator / rate.denominator)])),
  }
}

function rateOf(ledger: Ledger, currency: string, into: string, day: Day): Fraction {
  if (currency === into) return { numerator: 1n, denominator: 1n }
  const price = ledger.prices.get(currency, into, day)
  if (price === undefined) {
    throw ledgerError('price_missing', `There is no price of ${currency} in ${into} on or before ${day}: set one.`, {
      field: 'currency',
    })
  }
  const given = fractionOf(price.rate)
  const rate = price.currency === currency ? given : { numerator: given.denominator, denominator: given.numerator }
  // Prices are of whole units; a yen has no cents, a dinar has a thousand fils.
  const [from, to] = [10n ** BigInt(ledger.currencies.exponent(currency)), 10n ** BigInt(ledger.currencies.exponent(into))]
  return reduced(rate.numerator * to, rate.denominator * from)
}

function fractionOf(text: string): Fraction {
  const { digits, places } = parseRate(text)
  return { numerator: digits, denominator: 10n ** BigInt(places) }
}

/** What amounts in several currencies are worth together, exactly. */
export function worth(amounts: ReadonlyMap<string, bigint>, rates: Rates): Fraction {
  let numerator = 0n
  for (const [currency, amount] of amounts) numerator += amount * (rates.numerators.get(currency) ?? 0n)
  return { numerator, denominator: rates.denominator }
}

/** To the nearest whole minor unit, halves to the even one: no direction is favoured over many roundings. */
export const rounded = ({ numerator, denominator }: Fraction): bigint => divide(numerator, denominator, 'halfEven')

function commonDivisor(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other]
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

const leastMultiple = (one: bigint, other: bigint): bigint => (one / commonDivisor(one, other)) * other

function reduced(numerator: bigint, denominator: bigint): Fraction {
  const divisor = commonDivisor(numerator, denominator)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

/** How much more `now` is than `then`, in hundredths of a per cent of its size; nothing when there was nothing. */
export function percentage(now: bigint, then: bigint): bigint | undefined {
  if (then === 0n) return undefined
  return rounded({ numerator: (now - then) * 10_000n, denominator: then < 0n ? -then : then })
}
