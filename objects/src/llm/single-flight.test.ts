import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { singleFlight } from './single-flight.ts'

describe('what many need at once', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is asked for by one, and the others see when it is there', async () => {
    const flights = singleFlight()
    const answer = Promise.withResolvers<string>()
    expect(flights.landing('a')).toBeUndefined()
    const asking = flights.run('a', () => answer.promise)
    const seen: string[] = []
    const others = [1, 2].map(() => flights.landing('a')?.then(() => seen.push('landed')))
    expect([others[0] === undefined, flights.landing('b')]).toEqual([false, undefined])
    await vi.advanceTimersByTimeAsync(99)
    expect(seen).toEqual([])
    answer.resolve('it')
    expect(await asking).toBe('it')
    await Promise.all(others)
    expect([seen, vi.getTimerCount(), flights.landing('a')]).toEqual([['landed', 'landed'], 0, undefined])
  })

  it('is asked for by the next one where it is refused', async () => {
    const flights = singleFlight()
    const asking = flights.run('a', () => Promise.reject(new Error('refused')))
    const other = flights.landing('a')
    await expect(asking).rejects.toThrow('refused')
    await expect(other).resolves.toBeUndefined()
    expect(flights.landing('a')).toBeUndefined()
  })

  it('is forgotten in the end, however many requests were ended in the middle', () => {
    const flights = singleFlight()
    for (let count = 0; count <= 1_000; count++) void flights.run(`${count}`, () => new Promise(() => {}))
    expect([flights.landing('0'), flights.landing('1')]).toEqual([undefined, expect.any(Promise)])
  })

  it('is waited for no longer where whoever asks is gone', async () => {
    const flights = singleFlight()
    void flights.run('a', () => new Promise(() => {}))
    const other = flights.landing('a')
    await vi.advanceTimersByTimeAsync(100)
    await expect(other).resolves.toBeUndefined()
    expect(flights.landing('a')).toBeUndefined()
    // Whoever asks next is waited for, and the one before does not end it.
    const again = Promise.withResolvers<void>()
    const second = flights.run('a', () => again.promise)
    expect(flights.landing('a')).toBeDefined()
    again.resolve()
    await second
  })
})
