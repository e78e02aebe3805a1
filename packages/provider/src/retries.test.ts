import { describe, expect, it } from 'vitest'
import { intro, readAll, sound, twoStations } from './testing/radio.ts'

const whole = { texts: ['intro', 'la', 'li', 'end'] }
const steady = { random: () => 1 }

describe('retries at the same provider', () => {
  it('come before the next one, after a short while', async () => {
    const { a, b, clock, wrapper } = twoStations({ retries: 1, ...steady })
    a.script.push({ status: 500 })
    const before = clock.now()
    const stream = wrapper.play({ song: 'x' })
    expect(await readAll(stream)).toEqual(whole)
    expect([a.requests, b.requests, clock.now() - before]).toEqual([2, 0, 100])
    expect(stream.trail).toMatchObject([
      { provider: 'alpha', code: 'vendor_error' },
      { provider: 'alpha', action: 'wait', ms: 100, reason: 'passing fault' },
      { provider: 'alpha', effect: 'done' },
    ])
  })

  it('are none where nobody asks for them', async () => {
    const { a, b, wrapper } = twoStations()
    a.script.push({ status: 500 })
    expect(await readAll(wrapper.play({ song: 'x' }))).toEqual(whole)
    expect([a.requests, b.requests]).toEqual([1, 1])
  })

  it('end after as many as are allowed, each waiting longer', async () => {
    const { a, b, clock, wrapper } = twoStations({ retries: 2, ...steady })
    a.script.push({ status: 503 }, { status: 503 }, { status: 503 })
    const before = clock.now()
    expect(await readAll(wrapper.play({ song: 'x' }))).toEqual(whole)
    expect([a.requests, b.requests, clock.now() - before]).toEqual([3, 1, 300])
  })

  it('keep to a Retry-After that is short, and do not come without one', async () => {
    const limited = twoStations({ retries: 1 })
    limited.a.script.push({ status: 429, retryAfter: '2' })
    const before = limited.clock.now()
    expect(await readAll(limited.wrapper.play({ song: 'x' }))).toEqual(whole)
    expect([limited.a.requests, limited.b.requests, limited.clock.now() - before]).toEqual([2, 0, 2_000])
    for (const retryAfter of [undefined, '3']) {
      const { a, b, wrapper } = twoStations({ retries: 1 })
      a.script.push({ status: 429, ...(retryAfter === undefined ? {} : { retryAfter }) })
      expect(await readAll(wrapper.play({ song: 'x' }))).toEqual(whole)
      expect([a.requests, b.requests]).toEqual([1, 1])
    }
  })

  it('do not come after silence, nor where the request itself is at fault', async () => {
    const silent = twoStations({ retries: 1 })
    silent.a.script.push([intro, 'hang'])
    expect(await readAll(silent.wrapper.play({ song: 'x' }))).toEqual(whole)
    expect([silent.a.requests, silent.b.requests]).toEqual([1, 1])
    const wrong = twoStations({ retries: 1 })
    wrong.a.script.push({ status: 400 })
    expect((await readAll(wrong.wrapper.play({ song: 'x' }))).error).toMatchObject({ code: 'invalid_input' })
    expect([wrong.a.requests, wrong.b.requests]).toEqual([1, 0])
  })

  it('do not come after something was seen', async () => {
    const { a, b, wrapper } = twoStations({ retries: 1 })
    a.script.push([sound('la'), 'cut'])
    expect((await readAll(wrapper.play({ song: 'x' }))).error).toMatchObject({ code: 'stream_interrupted' })
    expect([a.requests, b.requests]).toEqual([1, 0])
  })

  it('end with an open breaker, and count against the budget of retries', async () => {
    const open = twoStations({ retries: 5, breaker: { failures: 2 } })
    open.a.script.push({ status: 500 }, { status: 500 })
    expect(await readAll(open.wrapper.play({ song: 'x' }))).toEqual(whole)
    expect([open.a.requests, open.b.requests]).toEqual([2, 1])
    const spent = twoStations({ retries: 5, retryBudget: { ratio: 0, burst: 1 } })
    spent.a.script.push({ status: 500 }, { status: 500 }, { status: 500 })
    expect((await readAll(spent.wrapper.play({ song: 'x' }))).error).toMatchObject({ fault: 'provider' })
    expect([spent.a.requests, spent.b.requests]).toEqual([2, 0])
  })

  it('stop when the caller gives up', async () => {
    const { a, wrapper } = twoStations({ retries: 1 })
    a.script.push({ status: 500 })
    const signal = AbortSignal.abort()
    expect((await readAll(wrapper.play({ song: 'x' }, { signal }))).error).toMatchObject({ code: 'cancelled' })
    expect(a.requests).toBe(0)
  })

  it('are for what is worked out at once, too', async () => {
    const { a, b, wrapper } = twoStations({ retries: 1 })
    a.script.push({ status: 500 })
    expect(await wrapper.score({ song: 'x' })).toEqual({ notes: 'alpha: x' })
    expect([a.requests, b.requests]).toEqual([2, 0])
  })

  it('are a count', () => {
    for (const retries of [-1, 1.5, Number.NaN, 99])
      expect(() => twoStations({ retries })).toThrow(expect.objectContaining({ code: 'invalid_option', field: 'retries' }))
  })
})
