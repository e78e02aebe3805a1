import { refuse } from './errors.ts'

/** An amount in minor units (cents, yen, fils). On the wire the amount is a decimal string of minor units. */
export interface Money {
  readonly amount: bigint
  /** ISO 4217, upper case. */
  readonly currency: string
}

export interface WireMoney {
  readonly amount: string
  readonly currency: string
}

/** @throws ProviderError `unknown_currency` when `currency` is not an ISO 4217 code this machine knows. */
export function money(amount: bigint, currency: string): Money {
  return { amount, currency: checkCurrency(currency) }
}

/**
 * Reads a vendor's decimal text (`"-0.00750"`) at `exponent` digits after the point.
 * @throws ProviderError `invalid_money` when the text is no number or has more digits than the exponent keeps.
 */
export function moneyFromDecimal(text: string, currency: string, exponent: number): Money {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text.trim())
  if (match === null) throw refuse('invalid_money', 'An amount must be a decimal number such as "12.50".', { field: 'amount' })
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > exponent) {
    throw refuse('invalid_money', `The amount has more than ${exponent} digits after the point.`, { field: 'amount' })
  }
  const amount = BigInt(`${match[2]}${fraction.padEnd(exponent, '0')}`)
  return money(match[1] === '-' ? -amount : amount, currency)
}

export function moneyToWire(value: Money): WireMoney {
  return { amount: value.amount.toString(), currency: value.currency }
}

/** @throws ProviderError `invalid_money` or `unknown_currency`. */
export function moneyFromWire(value: WireMoney): Money {
  if (!/^-?\d+$/.test(value.amount)) {
    throw refuse('invalid_money', 'The amount must be a whole number of minor units, as text.', { field: 'amount' })
  }
  return money(BigInt(value.amount), value.currency)
}

let currencies: Set<string> | undefined

export function isCurrency(code: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf('currency'))
  return currencies.has(code)
}

/** @throws ProviderError `unknown_currency`. */
export function checkCurrency(code: string): string {
  if (!isCurrency(code)) {
    throw refuse('unknown_currency', `"${code}" is not an ISO 4217 currency. Use three capital letters, such as "EUR".`, {
      field: 'currency',
    })
  }
  return code
}
