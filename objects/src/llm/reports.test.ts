import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Lease, openLease } from './lease.ts'
import { reports } from './reports.ts'
import type { Settled, Settlement } from './wire.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const lease = (id: string) => openLease({ id, microUsd: 1_000, requests: 5, forMs: 2_000, version: 'v' })

/** A request under a lease that is over and cost so much. */
function used(one: Lease, microUsd: number): Lease {
  one.begin()
  one.budget.settle(one.budget.reserve('acme', microUsd), microUsd)
  one.end()
  return one
}

const answer = (id: string) => ({ id }) as Settled

function made() {
  const told: Settlement[] = []
  let failures = 0
  const books = reports(async (_env, _tenant, settlement) => {
    if (failures-- > 0) throw new Error('away')
    told.push(settlement)
  })
  return { told, books, failNext: (count: number) => (failures = count) }
}

describe('reports', () => {
  it('tells what ended at nearly the same time in one hop, and gives back leases that nobody uses', async () => {
    const { told, books } = made()
    const busy = used(lease('busy'), 7)
    busy.begin()
    const first = books.report({}, 'acme', used(lease('one'), 10), answer('a'))
    await books.report({}, 'acme', busy, answer('b'))
    await vi.advanceTimersByTimeAsync(50)
    await first
    expect(told).toEqual([{ answers: [answer('a'), answer('b')], leases: [{ id: 'one', microUsd: 10, unused: 4 }] }])
    expect(busy.isOpen()).toBe(true)
  })

  it('is taken over where the request that was to tell it is gone', async () => {
    const { told, books } = made()
    void books.report({}, 'acme', used(lease('one'), 10), answer('a'))
    vi.clearAllTimers()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(told).toEqual([])
    const second = books.report({}, 'acme', used(lease('two'), 20), answer('b'))
    await vi.advanceTimersByTimeAsync(50)
    await second
    expect(told.flatMap(({ answers }) => answers.map(({ id }) => id))).toEqual(['a', 'b'])
    expect(told.flatMap(({ leases }) => leases.map(({ microUsd }) => microUsd))).toEqual([10, 20])
  })

  it('is kept for the next time where the tenant cannot be reached', async () => {
    const { told, books, failNext } = made()
    failNext(1)
    const lost = books.report({}, 'acme', used(lease('one'), 10), answer('a'))
    const failed = expect(lost).rejects.toThrow('away')
    await vi.advanceTimersByTimeAsync(50)
    await failed
    const next = books.report({}, 'acme', used(lease('two'), 20), answer('b'))
    await vi.advanceTimersByTimeAsync(50)
    await next
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ answers: [{ id: 'a' }, { id: 'b' }], leases: [{ microUsd: 10 }, { microUsd: 20 }] })
  })
})
