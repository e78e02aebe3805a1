import { describe, expect, it, vi } from 'vitest'
import { healthOf } from './index.ts'
import { type Act, end, intro, readAll, sound, twoStations } from './testing/radio.ts'

const whole = ['intro', 'la', 'li', 'end']

describe('a stream', () => {
  it('asks nobody before it is read, and then once', async () => {
    const { a, wrapper } = twoStations()
    const stream = wrapper.play({ song: 'x' })
    expect([a.requests, stream.provider, stream.trail]).toEqual([0, undefined, []])
    expect(await readAll(stream)).toEqual({ texts: whole })
    expect([a.requests, stream.provider]).toEqual([1, 'alpha'])
    expect(stream.trail).toMatchObject([{ provider: 'alpha', action: 'attempt', effect: 'done', variant: 'x', requests: 1 }])
    expect((await readAll(stream)).error).toMatchObject({ code: 'stream_used' })
  })

  it('refuses wrong input before anybody is asked', async () => {
    const { a, wrapper } = twoStations()
    expect((await readAll(wrapper.play({ song: '' }))).error).toMatchObject({
      code: 'invalid_input',
      field: 'song',
      effect: 'none',
    })
    const wrong = wrapper.play({ song: 'x' }, { times: { idle: Number.NaN } })
    expect((await readAll(wrong)).error).toMatchObject({ code: 'invalid_option', field: 'idle' })
    expect(a.requests).toBe(0)
  })
})

describe('before the first real piece', () => {
  const failures: readonly [string, readonly Act[] | { status: number } | 'silent' | 'refused', string][] = [
    ['a refused connection', 'refused', 'unreachable'],
    ['a vendor that does not answer', 'silent', 'connect_timeout'],
    ['a 500', { status: 500 }, 'vendor_error'],
    ['a 404 of its own', { status: 404 }, 'song_not_found'],
    ['an error in the stream', [intro, 'refuse-inside'], 'overloaded'],
    ['a cut', [intro, 'cut'], 'stream_broken'],
    ['a piece that cannot be read', [intro, 'unreadable'], 'stream_broken'],
    ['an end without the end mark', [intro, 'stop'], 'stream_truncated'],
    ['an empty answer', ['stop'], 'stream_truncated'],
    ['a preamble and nothing more', [intro, 'hang'], 'first_output_timeout'],
    ['a preamble that goes on and on', [intro, { ms: 5_000 }, intro, { ms: 5_000 }, intro, end], 'first_output_timeout'],
  ]
  it.each(failures)('%s moves on, and nothing of it is seen', async (_, act, code) => {
    const { a, b, wrapper } = twoStations()
    a.script.push(act)
    const stream = wrapper.play({ song: 'x' })
    expect(await readAll(stream)).toEqual({ texts: whole })
    expect([a.requests, b.requests, stream.provider]).toEqual([1, 1, 'beta'])
    expect(stream.trail).toMatchObject([
      { provider: 'alpha', code, effect: 'none' },
      { provider: 'beta', effect: 'done' },
    ])
    expect(a.signals.every((signal) => signal.aborted)).toBe(true)
  })

  it('an answer that is empty but whole is an answer', async () => {
    const { a, b, wrapper } = twoStations()
    a.script.push([intro, end])
    expect(await readAll(wrapper.play({ song: 'x' }))).toEqual({ texts: ['intro', 'end'] })
    expect(b.requests).toBe(0)
  })

  it('a provider that stands alone gets a second chance after what passes, not after what was slow', async () => {
    const { a, alone } = twoStations()
    a.script.push({ status: 503 })
    expect(await readAll(alone.play({ song: 'x' }))).toEqual({ texts: whole })
    expect(a.requests).toBe(2)
    a.script.push([intro, 'hang'])
    expect((await readAll(alone.play({ song: 'x' }))).error).toMatchObject({ code: 'first_output_timeout', effect: 'none' })
    expect(a.requests).toBe(3)
  })

  it('all of them failing says so with the whole trail', async () => {
    const { a, b, wrapper } = twoStations()
    a.script.push({ status: 500 })
    b.script.push([intro, 'cut'])
    const { texts, error } = await readAll(wrapper.play({ song: 'x' }))
    expect(texts).toEqual([])
    expect(error).toMatchObject({
      code: 'no_provider_left',
      effect: 'none',
      trail: [{ code: 'vendor_error' }, { code: 'stream_broken' }],
    })
  })
})

describe('after the first real piece', () => {
  const breaks: readonly [string, readonly Act[], string][] = [
    ['a cut', [intro, sound('la'), 'cut'], 'stream_broken'],
    ['an error in the stream', [sound('la'), 'refuse-inside'], 'overloaded'],
    ['an end without the end mark', [sound('la'), 'stop'], 'stream_truncated'],
    ['silence', [sound('la'), 'hang'], 'idle_timeout'],
  ]
  it.each(breaks)('%s is thrown, and nobody else is asked', async (_, act, code) => {
    const { a, b, wrapper } = twoStations()
    a.script.push(act)
    const stream = wrapper.play({ song: 'x' })
    const { texts, error } = await readAll(stream)
    expect(texts.at(-1)).toBe('la')
    expect(error).toMatchObject({ code: 'stream_interrupted', effect: 'unknown', provider: 'alpha', cause: { code } })
    expect([a.requests, b.requests]).toEqual([1, 0])
    expect(stream.trail.at(-1)).toMatchObject({ provider: 'alpha', code: 'stream_interrupted' })
    expect(a.signals[0]?.aborted).toBe(true)
    expect(await readAll(stream)).toMatchObject({ error: { code: 'stream_used' } })
  })

  it('the total time ends it', async () => {
    const { a, wrapper } = twoStations()
    a.script.push([sound('la'), { ms: 2_000 }, sound('li'), { ms: 2_000 }, sound('lu'), end])
    const { texts, error } = await readAll(wrapper.play({ song: 'x' }, { deadline: 3_000 }))
    expect(texts).toEqual(['la', 'li'])
    expect(error).toMatchObject({ code: 'stream_interrupted', cause: { code: 'timeout' } })
  })

  it('a reader who takes long is not the vendor’s silence', async () => {
    const { clock, wrapper } = twoStations()
    const texts: string[] = []
    for await (const { type, text } of wrapper.play({ song: 'x' })) {
      clock.advance(10_000)
      texts.push(text ?? type)
    }
    expect(texts).toEqual(whole)
  })

  it('counts against the health of the one that broke', async () => {
    const { a, b, wrapper } = twoStations({ breaker: { failures: 2 } })
    a.script.push([sound('la'), 'cut'], [sound('la'), 'cut'])
    await readAll(wrapper.play({ song: 'x' }))
    await readAll(wrapper.play({ song: 'x' }))
    expect(await healthOf(wrapper)).toMatchObject([{ name: 'alpha' }, { name: 'beta' }])
    expect(await readAll(wrapper.play({ song: 'x' }))).toEqual({ texts: whole })
    expect([a.requests, b.requests]).toEqual([2, 1])
  })
})

describe('a reader who leaves', () => {
  it('stops the vendor at once, in the middle', async () => {
    const { a, wrapper } = twoStations()
    const told: unknown[] = []
    for await (const { type } of wrapper.play({ song: 'x' }, { onTrail: (trail) => told.push(trail.length) }))
      if (type === 'sound') break
    expect([a.sent, a.left, a.signals[0]?.aborted]).toEqual([2, 1, true])
    expect(told).toEqual([1])
  })

  it('stops the vendor by the signal, before and after the first piece', async () => {
    const { a, b, wrapper } = twoStations()
    const early = new AbortController()
    a.script.push([intro, 'wait'])
    const waiting = readAll(wrapper.play({ song: 'x' }, { signal: early.signal }))
    await vi.waitFor(() => expect(a.sent).toBe(1))
    early.abort()
    expect((await waiting).error).toMatchObject({ code: 'cancelled', fault: 'cancelled' })
    const late = new AbortController()
    const stream = wrapper.play({ song: 'x' }, { signal: late.signal })
    const reading = stream[Symbol.asyncIterator]()
    await reading.next()
    await reading.next()
    late.abort()
    await expect(reading.next()).rejects.toMatchObject({ code: 'cancelled', fault: 'cancelled' })
    expect(await reading.next()).toEqual({ done: true, value: undefined })
    expect([a.signals.at(-1)?.aborted, b.requests]).toEqual([true, 0])
  })

  it('has left while a provider is still being looked for', async () => {
    const { a, b, wrapper } = twoStations()
    a.script.push([intro, 'wait'])
    const reading = wrapper.play({ song: 'x' })[Symbol.asyncIterator]()
    const first = reading.next()
    await Promise.resolve()
    await reading.return?.()
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    expect([a.signals.every(({ aborted }) => aborted), b.requests]).toEqual([true, 0])
  })
})

describe('a chain', () => {
  it('tries each input at each provider, in this order', async () => {
    const { a, b, wrapper } = twoStations()
    a.script.push({ status: 404 })
    b.script.push({ status: 500 })
    const stream = wrapper.play({ song: 'x', chain: ['one', 'two'] })
    expect(await readAll(stream)).toEqual({ texts: whole })
    expect(stream.trail.map(({ provider, variant, code }) => [provider, variant, code])).toEqual([
      ['alpha', 'one', 'song_not_found'],
      ['beta', 'one', 'vendor_error'],
      ['alpha', 'two', undefined],
    ])
  })

  it('holds for what is worked out at once, too', async () => {
    const { a, b, wrapper } = twoStations()
    a.script.push({ status: 404 })
    b.script.push({ status: 404 })
    expect(await wrapper.score({ song: 'x', chain: ['one', 'two'] })).toEqual({ notes: 'alpha: two' })
  })
})

describe('what is worked out at once', () => {
  it('is one request for each attempt, never two at a time, and moves on after a time-out', async () => {
    const { a, b, wrapper } = twoStations({ hedgeAfter: 1 })
    a.script.push('silent')
    expect(await wrapper.score({ song: 'x' })).toEqual({ notes: 'beta: x' })
    expect([a.requests, b.requests]).toEqual([1, 1])
  })

  it('is asked again where there is nobody else, but not after a time-out', async () => {
    const { a, alone } = twoStations()
    a.script.push({ status: 500 })
    expect(await alone.score({ song: 'x' })).toEqual({ notes: 'alpha: x' })
    a.script.push('silent')
    await expect(alone.score({ song: 'x' })).rejects.toMatchObject({ code: 'timeout', effect: 'none' })
    expect(a.requests).toBe(3)
  })
})
