import { describe, expect, it } from 'vitest'
import { failover, testClock } from './index.ts'
import { failure, office, postal, status, two } from './testing/post.ts'

describe('a list over several providers', () => {
  it('gives everything once, whatever the ranking says at each page', async () => {
    const clock = testClock()
    const [a, b] = [office(clock), office(clock)]
    for (const text of ['1', '2', '3', '4', '5']) a.letters.push({ id: `L${text}`, text, reference: '' })
    for (const text of ['1', '2', '3']) b.letters.push({ id: `L${text}`, text, reference: '' })
    let draw = 0
    // A new order at every draw: exactly what `weighted` does.
    const wrapper = failover([postal('alpha', a, clock), postal('beta', b, clock)], {
      clock,
      order: 'weighted',
      random: () => (draw++ % 3 === 0 ? 0.1 : 0.9),
    })
    const seen: string[] = []
    for await (const { id } of wrapper.list()) seen.push(id)
    expect(seen.sort()).toEqual(['alpha:L1', 'alpha:L2', 'alpha:L3', 'alpha:L4', 'alpha:L5', 'beta:L1', 'beta:L2', 'beta:L3'])
  })

  it('with an item that cannot be read is a ProviderError', async () => {
    const { a, wrapper } = two()
    a.letters.push({ id: 'L1', text: 7 as never, reference: '' })
    expect(await failure(wrapper.list().page())).toMatchObject({
      code: 'unreadable_answer',
      effect: 'none',
      fault: 'provider',
      operation: 'post.list',
    })
  })
})

describe('a hedged read', () => {
  it('takes the second answer although the first fails after the second has started', async () => {
    const { a, clock, wrapper } = two({ hedgeAfter: 200, breaker: false })
    const { id } = await wrapper.send({ text: 'x' })
    let failFirst = () => {}
    const first = new Promise<Response>((resolve) => (failFirst = () => resolve(Response.json({}, { status: 404 }))))
    a.reads.push(
      () => {
        queueMicrotask(() => clock.advance(250))
        return first
      },
      async () => {
        failFirst()
        await new Promise((resolve) => setImmediate(resolve))
        return Response.json({ id: 'L1', text: 'x' })
      },
    )
    expect((await wrapper.get(id)).text).toBe('x')
  })
})

describe('a read that is limited in rate', () => {
  it('is asked again after the wait, and not waited for twice', async () => {
    const { a, clock, wrapper } = two()
    const { id } = await wrapper.send({ text: 'x' })
    const limited = status(429, undefined, { 'retry-after': '1' })
    const [start, before] = [clock.now(), a.requests()]
    a.reads.push(limited, limited)
    expect(await failure(wrapper.get(id))).toMatchObject({ code: 'rate_limited' })
    expect([clock.now() - start, a.requests() - before]).toEqual([1_000, 2])
  })
})
