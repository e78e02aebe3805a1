import { fromVendorMinor, toVendorMinor, type VendorMoney } from '@do/payments'
import { type Money, refuse } from '@do/provider'

/**
 * Stripe's minor units where they are not ISO 4217's. ISK and UGX have none, yet are written with two digits that must be
 * zero; MGA is written without; of three digits the last must be zero. https://docs.stripe.com/currencies
 */
export const stripeMoney: VendorMoney = {
  exponents: { ISK: 2, UGX: 2, MGA: 0 },
  steps: { BHD: 10n, JOD: 10n, KWD: 10n, OMR: 10n, TND: 10n },
}

/** Payouts of these must be of whole units. https://docs.stripe.com/currencies#special-cases */
const payoutMoney: VendorMoney = { ...stripeMoney, steps: { ...stripeMoney.steps, HUF: 100n, TWD: 100n } }

/** Stripe takes amounts of at most twelve digits, most currencies less. */
const most = 999_999_999_999n

/** Stripe's two fields of an amount. */
export function minorOf(value: Money): number {
  return Number(toVendorMinor(value, stripeMoney))
}

export const currencyOf = ({ currency }: Money): string => currency.toLowerCase()

/** Stripe's amounts are whole numbers below 2^53, so JSON keeps them exact. */
export function moneyOf(amount: number, currency: string): Money {
  if (!Number.isSafeInteger(amount)) throw new Error('The amount is no whole number.')
  return fromVendorMinor(amount, currency, stripeMoney)
}

/** The vendor must have understood the amount as it was meant. */
export function insistOn(sent: Money, got: { readonly amount: number; readonly currency: string }): void {
  if (got.amount !== minorOf(sent) || got.currency !== currencyOf(sent)) throw new Error('The answer has another amount.')
}

const tooLarge = (field: string) =>
  refuse('amount_too_large', 'Stripe takes amounts of at most twelve digits.', { field, elsewhere: true })

interface Line {
  readonly amount?: Money
  readonly quantity: number
}

/** @throws ProviderError `amount_too_large` for lines that come to more than Stripe takes, each of which it would take. */
export function checkTotal({ lines }: { readonly lines: readonly Line[] }): void {
  const minor = (amount: Money | undefined) => (amount === undefined ? 0n : toVendorMinor(amount, stripeMoney))
  const total = lines.reduce((sum, { amount, quantity }) => sum + minor(amount) * BigInt(quantity), 0n)
  if (total > most) throw tooLarge('lines')
}

/**
 * Every amount of an input, wherever it is, must be one that Stripe can write.
 * @throws ProviderError `amount_not_representable` or `amount_too_large`, which names the field.
 */
export function checkAmounts(operation: string, value: unknown, field = ''): void {
  if (typeof value !== 'object' || value === null) return
  const { amount, currency } = value as Partial<Money>
  if (typeof amount === 'bigint' && typeof currency === 'string') {
    const minor = toVendorMinor({ amount, currency }, operation === 'payouts.create' ? payoutMoney : stripeMoney, field)
    if (minor > most) throw tooLarge(field)
    return
  }
  for (const [key, inner] of Object.entries(value)) checkAmounts(operation, inner, field === '' ? key : `${field}.${key}`)
}
