import { fromVendorMinor, toVendorMinor, type VendorMoney } from '@do/payments'
import { type Money, refuse } from '@do/provider'
import type { Square } from 'square'
import type { SquareOptions } from './client.ts'

/**
 * The smallest denomination, as in ISO 4217: no exceptions.
 * https://developer.squareup.com/docs/build-basics/working-with-monetary-amounts
 */
const squareMoney: VendorMoney = {}

/** Where Square takes payments: https://developer.squareup.com/docs/payment-card-support-by-country */
const currencies = new Set(['USD', 'CAD', 'AUD', 'JPY', 'GBP', 'EUR'])

/** @throws ProviderError `currency_not_supported`, which another provider may help with. */
export function checkMoney(given: Money, { currency }: SquareOptions, field = 'amount'): void {
  if (currency === undefined ? !currencies.has(given.currency) : given.currency !== currency) {
    throw refuse('currency_not_supported', `A Square location takes one currency: ${currency ?? [...currencies].join(', ')}.`, {
      field: `${field}.currency`,
      elsewhere: true,
    })
  }
  toVendorMinor(given, squareMoney, field)
}

export const toSquare = (given: Money): Square.Money => ({
  amount: toVendorMinor(given, squareMoney),
  currency: given.currency as Square.Currency,
})

/** @throws Error where the answer has no amount. */
export function fromSquare(money: Square.Money | undefined): Money {
  if (money?.amount === undefined || money.amount === null || money.currency === undefined) throw new Error('No amount.')
  return fromVendorMinor(money.amount, money.currency, squareMoney)
}

/** The vendor must have understood the amount as it was meant. */
export function insistOn(sent: Money, got: Square.Money | undefined): void {
  if (got?.amount !== sent.amount || got.currency !== sent.currency) throw new Error('The answer has another amount.')
}

export const amountOf = (money: Square.Money | undefined): bigint => money?.amount ?? 0n
