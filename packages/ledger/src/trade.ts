import { ledgerError } from './errors.ts'
import type { EntryInput, Line, Money } from './types.ts'

export interface Exchange {
  readonly date: string
  readonly description: string
  /** What leaves, and from where. */
  readonly sold: Money & { readonly account: string }
  /** What arrives, and where. */
  readonly bought: Money & { readonly account: string }
  /** The account (equity, by custom) that takes in one currency and gives the other: its value is the gain or loss of exchanging. */
  readonly trading: string
  /** What the exchange cost, on top: paid from `from` (default: the account of what is sold) to an expense account. */
  readonly fee?: Money & { readonly account: string; readonly from?: string }
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * The entry of a currency exchange: each currency balances by itself, through the trading account, so no rate is in the books
 * that could be wrong. Give it to `post` or `holds.place`.
 * @throws LedgerError `invalid_currency` where both are the same.
 */
export function exchange({ date, description, sold, bought, trading, fee, metadata }: Exchange): EntryInput {
  if (sold.currency === bought.currency) {
    throw ledgerError('invalid_currency', 'An exchange is between two currencies.', { field: 'bought.currency' })
  }
  const move = (debit: string, credit: string, { amount, currency }: Money): Line[] => [
    { account: debit, side: 'debit', amount, currency },
    { account: credit, side: 'credit', amount, currency },
  ]
  return {
    date,
    description,
    lines: [
      ...move(trading, sold.account, sold),
      ...move(bought.account, trading, bought),
      ...(fee === undefined ? [] : move(fee.account, fee.from ?? sold.account, fee)),
    ],
    ...(metadata === undefined ? {} : { metadata }),
  }
}
