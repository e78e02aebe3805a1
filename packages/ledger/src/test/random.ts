export interface Random {
  /** 0 ≤ x < below. */
  int(below: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** Mostly small, now and then as large as 2^63 - 1. */
  amount(): bigint
}

/** mulberry32: small, and the same everywhere. */
export function random(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (items) => items[int(items.length)] as (typeof items)[number],
    amount: () => {
      const kind = next()
      if (kind < 0.9) return BigInt(1 + int(1000))
      if (kind < 0.99) return 1n + BigInt(int(2 ** 31)) * BigInt(1 + int(2 ** 24))
      return 2n ** 63n - 1n - BigInt(int(3))
    },
  }
}
