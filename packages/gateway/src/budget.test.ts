import { testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { type BudgetLimit, createBudget } from './budget.ts'
import { memoryBudget } from './budget-store.ts'
import { GatewayRefusal } from './refusal.ts'

const noon = Date.UTC(2026, 10, 21, 12)

function made(limits: readonly BudgetLimit[] = [{ period: 'day', microUsd: 100 }], start = noon) {
  const clock = testClock(start)
  const store = memoryBudget()
  return { clock, store, budget: createBudget({ limits, clock, store, holdMs: 60_000 }) }
}

function refusalOf(act: () => unknown): GatewayRefusal {
  try {
    act()
  } catch (error) {
    if (GatewayRefusal.is(error)) return error
    throw error
  }
  throw new Error('It was not refused.')
}

describe('createBudget', () => {
  it('never sets aside more than there is, however many ask', () => {
    const { budget } = made()
    let granted = 0
    for (let i = 0; i < 50; i++) {
      try {
        budget.reserve('acme', 7)
        granted++
      } catch {}
    }
    expect(granted).toBe(14)
    expect(budget.state('acme')).toEqual([
      { period: 'day', microUsd: 100, spent: 0, held: 98, remaining: 2, resetsAt: Date.UTC(2026, 10, 22) },
    ])
  })

  it('spends what it came to and gives back the rest', () => {
    const { budget } = made()
    const one = budget.reserve('acme', 60)
    expect(refusalOf(() => budget.reserve('acme', 41)).code).toBe('insufficient_quota')
    expect(budget.settle(one, 25)).toBe(true)
    expect(budget.state('acme')).toMatchObject([{ spent: 25, held: 0, remaining: 75 }])
  })

  it('settles once', () => {
    const { budget } = made()
    const one = budget.reserve('acme', 60)
    budget.settle(one, 25)
    expect(budget.settle(one, 25)).toBe(false)
    expect(budget.settle('never reserved', 25)).toBe(false)
    expect(budget.state('acme')).toMatchObject([{ spent: 25 }])
  })

  it('keeps tenants apart', () => {
    const { budget } = made()
    budget.reserve('acme', 100)
    expect(() => budget.reserve('other', 100)).not.toThrow()
  })

  it('gives back what a killed process had set aside, and still counts its settlement if it comes', () => {
    const { budget, clock } = made()
    const one = budget.reserve('acme', 100)
    refusalOf(() => budget.reserve('acme', 1))
    clock.advance(60_001)
    const two = budget.reserve('acme', 100)
    budget.settle(two, 0)
    expect(budget.settle(one, 40)).toBe(true)
    expect(budget.settle(one, 40)).toBe(false)
    expect(budget.state('acme')).toMatchObject([{ spent: 40, held: 0 }])
  })

  it('counts by calendar periods in UTC, all limits at once, by the moment of the reservation', () => {
    const limits = [
      { period: 'minute', microUsd: 50 },
      { period: 'month', microUsd: 80 },
      { period: 'total', microUsd: 200 },
    ] as const
    const { budget, clock } = made(limits, Date.UTC(2026, 10, 30, 23, 59, 30))
    budget.settle(budget.reserve('acme', 50), 50)
    const soon = refusalOf(() => budget.reserve('acme', 10))
    expect([soon.code, soon.retryAfterMs]).toEqual(['rate_limit_exceeded', 30_000])
    clock.advance(20_000)
    const last = createBudget({ limits: [], store: made().store, clock }).reserve('acme', 1)
    expect(last).toMatch(/-/)
    clock.advance(10_000)
    const december = budget.reserve('acme', 50)
    budget.settle(december, 50)
    expect(budget.state('acme').map(({ spent }) => spent)).toEqual([50, 50, 100])
    clock.advance(60_000)
    const month = refusalOf(() => budget.reserve('acme', 40))
    expect([month.status, month.code, month.shouldRetry]).toEqual([429, 'insufficient_quota', false])
    expect(month.message).toContain('2027-01-01')
  })

  it('spends what came to more than was set aside, too', () => {
    const { budget } = made()
    budget.settle(budget.reserve('acme', 10), 130)
    expect(budget.state('acme')).toMatchObject([{ spent: 130, remaining: 0 }])
    refusalOf(() => budget.reserve('acme', 0))
  })

  it('takes whole amounts only', () => {
    const { budget } = made()
    for (const wrong of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => budget.reserve('acme', wrong)).toThrow(expect.objectContaining({ code: 'invalid_amount' }))
    const one = budget.reserve('acme', 10)
    expect(() => budget.settle(one, 0.1)).toThrow(expect.objectContaining({ code: 'invalid_amount' }))
    expect(budget.settle(one, 10)).toBe(true)
  })

  it('forgets it, too, where nobody lives for a day', () => {
    const { budget, clock, store } = made([{ period: 'total', microUsd: 1_000 }])
    budget.settle(budget.reserve('acme', 10), 10)
    clock.advance(3 * 30 * 24 * 60 * 60_000)
    createBudget({ limits: [], store, clock }).reserve('acme', 1)
    expect([store.spent('acme', '2026-11-21'), store.spent('acme', 'total')]).toEqual([0, 10])
  })

  it('forgets what nobody needs any more', () => {
    const { budget, clock, store } = made([{ period: 'total', microUsd: 1_000 }])
    budget.settle(budget.reserve('acme', 10), 10)
    budget.reserve('acme', 10)
    clock.advance(3 * 30 * 24 * 60 * 60_000)
    budget.reserve('acme', 1)
    expect(store.spent('acme', '2026-11-21')).toBe(0)
    expect(store.spent('acme', 'total')).toBe(10)
    expect(store.held('acme', 0)).toBe(1)
  })
})
