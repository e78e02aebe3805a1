import type { Line } from '@do/ledger'
import type { Money } from '@do/provider'

/** A line that debits a positive amount and credits a negative one; none for zero. */
export function debit(account: string, { amount, currency }: Money, item?: string): Line[] {
  if (amount === 0n) return []
  const side = amount > 0n ? 'debit' : 'credit'
  return [{ account, side, amount: amount > 0n ? amount : -amount, currency, ...(item === undefined ? {} : { item }) }]
}

export function credit(account: string, value: Money, item?: string): Line[] {
  return debit(account, negative(value), item)
}

export const negative = ({ amount, currency }: Money): Money => ({ amount: -amount, currency })
