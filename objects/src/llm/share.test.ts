import { describe, expect, it } from 'vitest'
import { shareOfMoney } from './share.ts'

describe('the money of a lease', () => {
  const rich = { need: 0, pace: 0, left: Number.POSITIVE_INFINITY }

  it('is ten cents where nothing is known, and not less because a request is cheap', () => {
    expect(shareOfMoney(rich)).toBe(100_000)
    expect(shareOfMoney({ ...rich, need: 250 })).toBe(100_000)
  })

  it('is enough for twenty requests like the one at hand', () => {
    expect(shareOfMoney({ ...rich, need: 50_000 })).toBe(1_000_000)
  })

  it('lasts a second at the pace of the last one', () => {
    expect(shareOfMoney({ ...rich, need: 50, pace: 3_000_000 })).toBe(3_000_000)
  })

  it('leaves three quarters of a budget to others, but is what the request at hand needs', () => {
    expect(shareOfMoney({ need: 50, pace: 3_000_000, left: 40_003 })).toBe(10_000)
    expect(shareOfMoney({ need: 30_000, pace: 0, left: 40_000 })).toBe(30_000)
  })
})
