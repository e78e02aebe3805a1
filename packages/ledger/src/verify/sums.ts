/** Debits and credits by key, in BigInt: the plain model that the stored sums are held against. */
export interface Sum {
  debit: bigint
  credit: bigint
}

export type SumMap = Map<string, Sum>

export function add(map: SumMap, key: string, side: number, amount: bigint): void {
  let sum = map.get(key)
  if (sum === undefined) {
    sum = { debit: 0n, credit: 0n }
    map.set(key, sum)
  }
  if (side === 1) sum.debit += amount
  else sum.credit += amount
}

export interface Sums {
  /** By account and currency. */
  readonly balances: SumMap
  /** By account, currency, day and recorded day. */
  readonly days: SumMap
  /** By account, currency and block of days. */
  readonly blocks: SumMap
}
