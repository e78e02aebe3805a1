import type { EntryInput } from '../types.ts'

/** Moves an amount from one account to another: debit `to`, credit `from`. */
export function transfer(
  from: string,
  to: string,
  amount: bigint,
  more: Partial<EntryInput> & { readonly currency?: string } = {},
): EntryInput {
  const { currency = 'EUR', ...rest } = more
  return {
    date: '2026-11-21',
    description: 'transfer',
    lines: [
      { account: to, side: 'debit', amount, currency },
      { account: from, side: 'credit', amount, currency },
    ],
    ...rest,
  }
}

export const sale = (amount: bigint, more: Parameters<typeof transfer>[3] = {}) =>
  transfer('Revenue:Sales', 'Assets:Wallet', amount, more)
