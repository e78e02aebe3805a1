import { describe, expect, it } from 'vitest'
import { testClock } from './index.ts'
import { failure, office, postal, status, two } from './testing/post.ts'

describe('reads', () => {
  it('are asked again once after a passing fault, and not after a refusal', async () => {
    const { a, wrapper } = two()
    const { id } = await wrapper.send({ text: 'x' })
    a.reads.push(status(503))
    const before = a.requests()
    expect((await wrapper.get(id)).text).toBe('x')
    expect(a.requests() - before).toBe(2)
    expect(await failure(wrapper.get('alpha:L9'))).toMatchObject({ code: 'not_found', effect: 'none', fault: 'caller' })
    expect(a.requests() - before).toBe(3)
  })

  it('start a second one when the first is slow, and take what comes first', async () => {
    const { a, clock, wrapper } = two({ hedgeAfter: 200 })
    const { id } = await wrapper.send({ text: 'x' })
    // The first read never comes back; the clock moves on while it hangs.
    a.reads.push(() => {
      queueMicrotask(() => clock.advance(250))
      return new Promise<Response>(() => {})
    })
    const before = a.requests()
    expect((await wrapper.get(id)).text).toBe('x')
    expect(a.requests() - before).toBe(2)
  })

  it('do not start a second one when the first is quick', async () => {
    const { a, wrapper } = two({ hedgeAfter: 200 })
    const { id } = await wrapper.send({ text: 'x' })
    const before = a.requests()
    await wrapper.get(id)
    expect(a.requests() - before).toBe(1)
  })

  it('wait for Retry-After where a wrapper may', async () => {
    const { a, clock, wrapper } = two()
    const { id } = await wrapper.send({ text: 'x' })
    a.reads.push(status(429, undefined, { 'retry-after': '1' }))
    const start = clock.now()
    expect((await wrapper.get(id)).text).toBe('x')
    expect(clock.now() - start).toBe(1_000)
  })

  it('go to the vendor that answers, whatever the other does', async () => {
    const clock = testClock()
    const at = office(clock)
    const alone = postal('alpha', at, clock)
    const { id } = await alone.send({ text: 'x' })
    at.reads.push(status(503), status(503))
    expect(await failure(alone.get(id))).toMatchObject({ effect: 'none', fault: 'provider', status: 503 })
  })
})
