/** The postings that every line does: two legs between random accounts, the same for the same `first`. */
export interface Transfer {
  readonly sequence: number
  readonly debit: number
  readonly credit: number
  readonly amount: number
  readonly currency: string
  /** Epoch milliseconds. */
  readonly at: number
  /** Days since 1970. */
  readonly day: number
}

export const accountCount = 100
export const dayMs = 86_400_000
const firstAt = Date.UTC(2026, 0, 1)
const currencies = ['USD', 'EUR', 'JPY'] as const

export function transfers(count: number, stepMs = 30_000, first = 1): Transfer[] {
  let state = 42 + first
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: count }, (_, index) => {
    const debit = 1 + Math.floor(next() * accountCount)
    const other = 1 + Math.floor(next() * accountCount)
    const at = firstAt + index * stepMs
    return {
      sequence: first + index,
      debit,
      credit: other === debit ? (other % accountCount) + 1 : other,
      amount: 1 + Math.floor(next() * 1e6),
      currency: currencies[Math.floor(next() * 3)] ?? 'USD',
      at,
      day: Math.floor(at / dayMs),
    }
  })
}

/** What change capture keeps of a transfer. */
export function eventOf({ sequence, debit, credit, amount, currency }: Transfer): string {
  const line = (account: number, side: number) => `{"a":${account},"s":${side},"m":${amount},"c":"${currency}"}`
  return `{"id":"tx_${sequence}","lines":[${line(debit, 1)},${line(credit, -1)}]}`
}
