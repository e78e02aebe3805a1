import { isLedgerError } from '../errors.ts'
import type { Ledger } from '../types.ts'
import type { ParsedAmount } from './journal-amount.ts'
import { journalError } from './journal-error.ts'
import type { Journal } from './journal-parse.ts'

/** The currencies of a journal: what its symbols mean, and their digits. */
export interface JournalCurrencies {
  readonly code: (commodity: string, line: number) => string
  readonly minor: (posting: { readonly amount: ParsedAmount; readonly line: number }) => {
    readonly amount: bigint
    readonly currency: string
  }
  /** Tells the ledger of those it does not know. */
  readonly define: () => void
}

const usual: Readonly<Record<string, string>> = { $: 'USD', '€': 'EUR', '£': 'GBP', '¥': 'JPY' }

/**
 * A currency that the ledger knows keeps its digits. Another one has as many as its directive shows, or as the longest fraction
 * in the journal has.
 */
export function currenciesIn(
  journal: Journal,
  ledger: Ledger,
  symbols: Readonly<Record<string, string>> = {},
): JournalCurrencies {
  const codes = new Map(Object.entries({ ...usual, ...symbols }))
  const code = (commodity: string, line: number): string => {
    const found = codes.get(commodity) ?? commodity
    if (/^[A-Z][A-Z0-9]{1,11}$/.test(found)) return found
    throw journalError(
      'amount',
      line,
      `"${commodity}" is no currency: say which in the option symbols, such as { "${commodity}": "HOURS" }.`,
    )
  }
  const fresh = new Map<string, number>()
  const known = (currency: string): number | undefined => {
    try {
      return ledger.currencies.exponent(currency)
    } catch (error) {
      if (isLedgerError(error) && error.code === 'unknown_currency') return undefined
      throw error
    }
  }
  for (const { line, commodity, places } of journal.commodities) {
    const currency = code(commodity, line)
    if (known(currency) === undefined) fresh.set(currency, places)
  }
  const declared = new Set(fresh.keys())
  for (const { line, postings } of journal.transactions) {
    for (const { amount } of postings) {
      if (amount === undefined) continue
      const currency = code(amount.commodity, line)
      if (!declared.has(currency) && known(currency) === undefined)
        fresh.set(currency, Math.max(fresh.get(currency) ?? 0, amount.places))
    }
  }
  for (const { line, commodity, price } of journal.prices) {
    for (const one of [commodity, price.commodity]) {
      const currency = code(one, line)
      if (!fresh.has(currency) && known(currency) === undefined) {
        throw journalError(
          'amount',
          line,
          `how many digits ${currency} has is not known: add a directive such as "commodity 1000.00 ${one}".`,
        )
      }
    }
  }
  return {
    code,
    minor: ({ amount: { digits, places, commodity }, line }) => {
      const currency = code(commodity, line)
      const exponent = fresh.get(currency) ?? known(currency) ?? 0
      return { amount: inMinorUnits(digits, places, exponent, currency, line), currency }
    },
    define: () => {
      for (const [currency, exponent] of fresh) ledger.currencies.define(currency, exponent)
    },
  }
}

function inMinorUnits(digits: bigint, places: number, exponent: number, currency: string, line: number): bigint {
  if (places <= exponent) return digits * 10n ** BigInt(exponent - places)
  const divisor = 10n ** BigInt(places - exponent)
  if (digits % divisor === 0n) return digits / divisor
  throw journalError('amount', line, `an amount has ${places} digits after the point; ${currency} has ${exponent}.`)
}
