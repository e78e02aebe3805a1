import { describe, expect, it } from 'vitest'
import { type Act, end, intro, readAll, sound, twoStations } from './testing/radio.ts'

const whole = { texts: ['intro', 'la', 'li', 'end'] }

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

  it('is a word that must be spelt right', async () => {
    const { a, wrapper } = twoStations()
    const error = { code: 'invalid_option', field: 'commit' }
    expect((await readAll(wrapper.play({ song: 'x' }, { commit: 'hole' as 'whole' }))).error).toMatchObject(error)
    expect(() => twoStations({ commit: 'hole' as 'whole' })).toThrow(expect.objectContaining(error))
    expect(a.requests).toBe(0)
  })
})
