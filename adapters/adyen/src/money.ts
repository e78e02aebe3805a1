import { fromVendorMinor, isoExponent, toVendorMinor, type VendorMoney } from '@do/payments'
import { type Money, refuse } from '@do/provider'

/**
 * Where Adyen's digits are not ISO's, which it calls leading.
 * https://docs.adyen.com/development-resources/currency-codes
 */
export const adyenMoney: VendorMoney = { exponents: { CLP: 2, CVE: 0, IDR: 0, ISK: 2 } }

export interface AdyenAmount {
  readonly currency: string
  readonly value: number
}

/** @throws ProviderError `amount_not_representable`. */
export function toAdyen(money: Money, field = 'amount'): AdyenAmount {
  const value = toVendorMinor(money, adyenMoney, field)
  // A larger number would be rounded on its way through JSON.
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return { currency: money.currency, value: Number(value) }
  throw refuse('amount_not_representable', 'The amount is larger than Adyen and its SDK can carry exactly.', {
    field,
    elsewhere: true,
  })
}

export function fromAdyen(amount: Partial<AdyenAmount> | null | undefined): Money {
  if (!Number.isSafeInteger(amount?.value) || typeof amount?.currency !== 'string')
    throw new Error('The answer lacks the amount.')
  return fromVendorMinor(amount.value as number, amount.currency, adyenMoney)
}

/** The amount of an event: one that has no exact counterpart in ISO 4217 (half a peso) is left to `raw`, since the event must be heard. */
export function amountOf(amount: Partial<AdyenAmount> | null | undefined): Money | undefined {
  try {
    return fromAdyen(amount)
  } catch {
    return undefined
  }
}

/** A balance in our minor units, never more than there is: of the part of a króna that a fee has left nothing can be paid out. */
export function balanceOf({ currency, value }: AdyenAmount): Money {
  const finer = (adyenMoney.exponents?.[currency] ?? 0) - isoExponent(currency)
  const step = finer > 0 ? 10 ** finer : 1
  return fromAdyen({ currency, value: Math.floor(value / step) * step })
}

/** The amount of an answer, which must be the one that was asked for. */
export function sameAmount(answered: Partial<AdyenAmount> | null | undefined, asked: Money): Money {
  const amount = answered == null ? asked : fromAdyen(answered)
  if (amount.amount !== asked.amount || amount.currency !== asked.currency) throw new Error('The answer is about another amount.')
  return amount
}
