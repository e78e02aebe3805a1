import { Random } from '@do/conformance/kit'

/** What a customer wants of one order: the same for a number and a seed, in whichever process. */
export interface Plan {
  readonly minor: bigint
  readonly currency: string
  readonly method: 'ok' | 'declined' | 'insufficientFunds' | 'challenge' | 'asynchronous'
  /** Authorised first; then this share of it is taken. */
  readonly manual: boolean
  readonly captureShare: number
  /** Share of what was taken that goes back; 0 for none. */
  readonly refundShare: number
}

export function planOf(seed: number, id: number, currencies: readonly string[]): Plan {
  const random = new Random(seed * 1_000_003 + id)
  const draw = random.next()
  const method =
    draw < 0.84 ? 'ok' : draw < 0.89 ? 'declined' : draw < 0.93 ? 'insufficientFunds' : draw < 0.97 ? 'challenge' : 'asynchronous'
  const manual = method === 'ok' && random.next() < 0.1
  return {
    // Multiples of 100 can be written in every currency.
    minor: BigInt(10 + Math.floor(random.next() * 5_000)) * 100n,
    // Bank debits are in the account's own currency.
    currency: method === 'asynchronous' ? (currencies[0] as string) : random.pick(currencies),
    method,
    manual,
    captureShare: manual && random.next() < 0.5 ? 0.5 : 1,
    refundShare: random.next() < 0.15 ? (random.next() < 0.5 ? 1 : 0.5) : 0,
  }
}

/** A share of an amount that can still be written in every currency. */
export const shareOf = (amount: bigint, share: number): bigint =>
  share === 1 ? amount : ((amount * BigInt(Math.round(share * 100))) / 100n / 100n) * 100n || 100n
