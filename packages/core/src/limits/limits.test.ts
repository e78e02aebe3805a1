import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Server, startServer } from '../oauth/test/harness.ts'
import type { Taken } from './types.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const t0 = Date.parse('2031-03-01T00:00:00Z')
const limits = (name: string, method: string, ...args: unknown[]) => server.call(name, 'limits', method, ...args)
const self = (name: string, method: string, ...args: unknown[]) => server.call(name, undefined, method, ...args)
type Take = readonly [at: number, cost: number]

/** Seeded. */
function takesOf(count: number, gap: number, most: number): Take[] {
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  let at = t0
  return Array.from({ length: count }, () => {
    at += random(gap)
    return [at, 1 + random(most)] as const
  })
}

describe('is exact', () => {
  it('as a bucket: against exact fractions, over 2,000 takes at odd times', async () => {
    const takes = takesOf(2_000, 900, 4)
    const taken: Taken[] = await self('bucket', 'takes', 'bucket', 'k', takes)
    // In thirds of a thousandth of a token, as whole numbers without end.
    let level = 10_000n
    let last = BigInt(t0)
    takes.forEach(([at, cost], index) => {
      level = level + (BigInt(at) - last) * 3n
      if (level > 10_000n) level = 10_000n
      last = BigInt(at)
      const allowed = level >= BigInt(cost) * 1_000n
      const missing = BigInt(cost) * 1_000n - level
      const retryAfterMs = allowed ? 0 : Number((missing + 2n) / 3n)
      if (allowed) level -= BigInt(cost) * 1_000n
      const remaining = Number(level / 1_000n)
      expect({ index, ...taken[index] }).toEqual({
        index,
        allowed,
        limit: 10,
        remaining,
        retryAfterMs,
        resetAt: at + Number((10_000n - level + 2n) / 3n),
      })
    })
    expect(taken.filter(({ allowed }) => !allowed).length).toBeGreaterThan(300)
  })

  it('as a sliding window: never more than the limit in any stretch, and never less than it could be', async () => {
    const takes = takesOf(1_000, 400, 3)
    const taken: Taken[] = await self('sliding', 'takes', 'sliding', 'k', takes)
    const kept: Take[] = []
    takes.forEach(([at, cost], index) => {
      const used = (when: number) =>
        kept.filter(([time]) => time > when - 1_000 && time <= when).reduce((sum, [, spent]) => sum + spent, 0)
      const allowed = used(at) + cost <= 5
      expect(taken[index]?.allowed).toBe(allowed)
      // Not before the time that was named, and then indeed.
      const { retryAfterMs } = taken[index] as Taken
      if (!allowed) expect([used(at + retryAfterMs) + cost <= 5, used(at + retryAfterMs - 1) + cost <= 5]).toEqual([true, false])
      if (allowed) kept.push([at, cost])
      expect(taken[index]?.remaining).toBe(5 - used(at))
    })
  })

  it('as a fixed window, over a kill, and with a clock that goes back', async () => {
    const taken: Taken[] = await self('fixed', 'takes', 'fixed', 'k', [
      [t0 + 59_999, 5],
      [t0 + 59_999, 1],
      [t0 + 60_000, 3],
    ])
    expect(taken.map(({ allowed, remaining, retryAfterMs }) => [allowed, remaining, retryAfterMs])).toEqual([
      [true, 0, 0],
      [false, 0, 1],
      [true, 2, 0],
    ])
    await server.restart()
    const more: Taken[] = await self('fixed', 'takes', 'fixed', 'k', [
      [t0 + 60_001, 2],
      [t0 + 60_001, 1],
      [t0 + 1_000, 1],
    ])
    expect(more.map(({ allowed }) => allowed)).toEqual([true, false, false])
    expect(await limits('fixed', 'peek', 'fixed', 'other')).toMatchObject({ allowed: true, remaining: 5 })
    expect(await limits('fixed', 'reset', 'fixed', 'k')).toBe(true)
    expect(await limits('fixed', 'take', 'fixed', 'k', 5)).toMatchObject({ allowed: true, remaining: 0 })
  })
})

describe('is bounded', () => {
  it('by its keys: who invents new ones shares one, and a job drops what is rested', async () => {
    await self('keys', 'setTime', t0)
    for (const key of ['a', 'b', 'c']) expect(await limits('keys', 'take', 'few', key)).toMatchObject({ allowed: true })
    expect(await limits('keys', 'take', 'few', 'd')).toMatchObject({ allowed: true })
    expect(await limits('keys', 'take', 'few', 'e')).toMatchObject({ allowed: true })
    expect(await limits('keys', 'take', 'few', 'f')).toMatchObject({ allowed: false })
    expect(await limits('keys', 'take', 'few', 'a')).toMatchObject({ allowed: true })
    expect(await limits('keys', 'clean')).toBe(0)
    await self('keys', 'setTime', t0 + 60_000)
    expect(await limits('keys', 'clean')).toBe(4)
    expect(await limits('keys', 'take', 'few', 'f')).toMatchObject({ allowed: true, remaining: 1 })
    expect(await self('keys', 'dump')).toContain('core.limits.clean')
  })

  it.each([
    [['nothing', 'k'], 'unknown_limit'],
    [['toString', 'k'], 'unknown_limit'],
    [['fixed', 'k', 6], 'invalid_cost'],
    [['fixed', 'k', 0], 'invalid_cost'],
    [['fixed', 'k', 0.5], 'invalid_cost'],
    [['fixed', 'k', -1], 'invalid_cost'],
    [['fixed', ''], 'invalid_key'],
    [['fixed', 'x'.repeat(3_000)], 'invalid_key'],
  ])('%j is refused', async (args, code) => expect(await limits('bad', 'take', ...args)).toMatchObject({ code }))
})

describe('at the door', () => {
  it('of HTTP: what is left on each answer, then 429 with the time to come again', async () => {
    const ask = async (who?: string) => server.get('http', '/hello', who === undefined ? {} : { 'x-who': who })
    await self('http', 'setTime', t0 + 15_500)
    const told = (response: Response) => [
      response.status,
      ...['ratelimit-policy', 'ratelimit', 'retry-after'].map((name) => response.headers.get(name)),
    ]
    expect(told(await ask('ada'))).toEqual([200, '"http";q=2;w=60', '"http";r=1;t=45', null])
    expect(told(await ask('ada'))).toEqual([200, '"http";q=2;w=60', '"http";r=0;t=45', null])
    const refused = await ask('ada')
    expect(told(refused)).toEqual([429, '"http";q=2;w=60', '"http";r=0;t=45', '45'])
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', status: 429 })
    expect(told(await ask('bob'))[0]).toBe(200)
    expect(told(await ask())).toEqual([200, null, null, null])
  })

  it('of calls: a typed error with the time', async () => {
    await self('calls', 'setTime', t0)
    expect([await self('calls', 'guarded', 'ada'), await self('calls', 'guarded', 'ada')]).toEqual(['done', 'done'])
    expect(await self('calls', 'guarded', 'ada')).toMatchObject({ code: 'rate_limited', status: 429, retryAfterMs: 60_000 })
  })
})
