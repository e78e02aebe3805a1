import { describe, expect, it } from 'vitest'
import { type Clock, testClock } from './index.ts'
import { type Act, end, intro, readAll, sound, twoStations } from './testing/radio.ts'

const whole = { texts: ['intro', 'la', 'li', 'end'] }

/** A clock with the timers that are still set on it. */
function counting() {
  const clock = testClock()
  const timers = new Set<object>()
  const timer: Clock['timer'] = (ms, run) => {
    const key = {}
    timers.add(key)
    const cancel = clock.timer(ms, () => {
      timers.delete(key)
      run()
    })
    return () => {
      timers.delete(key)
      cancel()
    }
  }
  return { clock: { ...clock, timer }, timers, advance: clock.advance }
}

describe('a stream that nobody reads on', () => {
  it('ends with its total time, and leaves no timer behind', async () => {
    const { clock, timers, advance } = counting()
    const { a, wrapper } = twoStations({ clock })
    const reading = wrapper.play({ song: 'x' })[Symbol.asyncIterator]()
    await reading.next()
    expect(timers.size).toBeGreaterThan(0)
    advance(120_000)
    expect([timers.size, a.signals[0]?.aborted]).toEqual([0, true])
  })
})

describe('a stream that is held back until it is whole', () => {
  const breaks: readonly [string, readonly Act[], string][] = [
    ['a cut', [intro, sound('half'), 'cut'], 'stream_broken'],
    ['an error in the stream', [sound('half'), 'refuse-inside'], 'overloaded'],
    ['a piece that cannot be read', [sound('half'), 'unreadable'], 'stream_broken'],
    ['an end without the end mark', [sound('half'), 'stop'], 'stream_truncated'],
    ['silence', [sound('half'), 'hang'], 'idle_timeout'],
  ]
  it.each(breaks)('moves on after %s in the middle, and nothing of it is seen', async (_, act, code) => {
    const { a, b, wrapper } = twoStations({ commit: 'whole' })
    a.script.push(act)
    const stream = wrapper.play({ song: 'x' })
    expect(await readAll(stream)).toEqual(whole)
    expect([a.requests, b.requests, stream.provider]).toEqual([1, 1, 'beta'])
    expect(stream.trail).toMatchObject([
      { provider: 'alpha', code, effect: 'none' },
      { provider: 'beta', effect: 'done' },
    ])
    expect(a.signals.every((signal) => signal.aborted)).toBe(true)
  })

  it('may be so for one call, or not', async () => {
    const held = twoStations()
    held.a.script.push([sound('half'), 'cut'])
    expect(await readAll(held.wrapper.play({ song: 'x' }, { commit: 'whole' }))).toEqual(whole)
    const live = twoStations({ commit: 'whole' })
    live.a.script.push([sound('half'), 'cut'])
    expect(await readAll(live.wrapper.play({ song: 'x' }, { commit: 'first' }))).toMatchObject({
      texts: ['half'],
      error: { code: 'stream_interrupted' },
    })
  })

  it('is slow in its middle without being late', async () => {
    const { a, b, wrapper } = twoStations({ commit: 'whole' })
    a.script.push([
      sound('a'),
      { ms: 2_500 },
      sound('b'),
      { ms: 2_500 },
      sound('c'),
      { ms: 2_500 },
      sound('d'),
      { ms: 2_500 },
      end,
    ])
    expect((await readAll(wrapper.play({ song: 'x' }))).texts).toEqual(['a', 'b', 'c', 'd', 'end'])
    expect(b.requests).toBe(0)
  })

  it('says so when nobody brings it to its end, and nothing was seen', async () => {
    const { a, b, wrapper } = twoStations({ commit: 'whole' })
    a.script.push([sound('half'), 'cut'])
    b.script.push([sound('other half'), 'stop'])
    const { texts, error } = await readAll(wrapper.play({ song: 'x' }))
    expect(texts).toEqual([])
    expect(error).toMatchObject({ code: 'no_provider_left', effect: 'none' })
  })

  it('keeps no timer once it is there, however long its reader takes', async () => {
    const { clock, timers } = counting()
    const { wrapper } = twoStations({ commit: 'whole', clock })
    const reading = wrapper.play({ song: 'x' })[Symbol.asyncIterator]()
    expect((await reading.next()).value).toEqual(intro)
    expect(timers.size).toBe(0)
  })

  it('is a word that must be spelt right', async () => {
    const { a, wrapper } = twoStations()
    const error = { code: 'invalid_option', field: 'commit' }
    expect((await readAll(wrapper.play({ song: 'x' }, { commit: 'hole' as 'whole' }))).error).toMatchObject(error)
    expect(() => twoStations({ commit: 'hole' as 'whole' })).toThrow(expect.objectContaining(error))
    expect(a.requests).toBe(0)
  })
})
