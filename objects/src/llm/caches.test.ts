import { testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { answerCaches } from './caches.ts'

const answer = (bytes: number) => ({ contentType: 'x', provider: 'p', model: 'm', chunks: [new Uint8Array(bytes)] })

describe('answerCaches', () => {
  it('never holds more than an isolate can, however many tenants keep answers', async () => {
    const cacheFor = answerCaches(testClock())
    const tenants = Array.from({ length: 50 }, (_, index) => cacheFor(`version ${index}`, 1_000))
    for (const cache of tenants) for (const key of ['a', 'b']) await cache.put(key, answer(1_000_000))
    const found = await Promise.all(tenants.flatMap((cache) => ['a', 'b'].map((key) => cache.get(key))))
    const bytes = found.reduce((sum, one) => sum + (one?.chunks[0]?.length ?? 0), 0)
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(24_000_000)
  })

  it('keeps versions apart, and each for its own time', async () => {
    const clock = testClock()
    const cacheFor = answerCaches(clock)
    const [short, long] = [cacheFor('one', 1_000), cacheFor('two', 60_000)]
    await short.put('key', answer(1))
    await long.put('key', answer(2))
    expect([(await short.get('key'))?.chunks[0]?.length, (await long.get('key'))?.chunks[0]?.length]).toEqual([1, 2])
    clock.advance(1_000)
    expect([await short.get('key'), (await long.get('key'))?.chunks[0]?.length]).toEqual([undefined, 2])
  })
})
