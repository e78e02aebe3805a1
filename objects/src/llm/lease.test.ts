import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openLease } from './lease.ts'

const grant = { id: 'a', microUsd: 10_000, requests: 5, forMs: 1_000, version: 'v' }

describe('the pace of a lease', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  it('is what was spent in a second; in less than a tenth of one nobody can tell', async () => {
    const lease = openLease(grant)
    const hold = (await lease.budget.reserve('acme', 500)) as string
    expect(lease.pace).toBe(0)
    await lease.budget.settle(hold, 300)
    expect(lease.pace).toBe(3_000)
    vi.advanceTimersByTime(500)
    expect(lease.pace).toBe(600)
    vi.advanceTimersByTime(59_500)
    expect(lease.pace).toBe(5)
  })
})
