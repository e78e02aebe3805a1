import { testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { eventStream } from './stream.ts'

function listen(stream: ReturnType<typeof eventStream>) {
  const leaving = new AbortController()
  const response = stream.open(leaving.signal)
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const read = async () => new TextDecoder().decode((await reader.read()).value)
  return { response, read, reader, leave: () => leaving.abort() }
}

describe('the event stream', () => {
  it('gives every listener every event, each on one line', async () => {
    const stream = eventStream(testClock())
    const [a, b] = [listen(stream), listen(stream)]
    stream.send('change', { text: 'two\nlines' })
    for (const { response, read } of [a, b]) {
      expect(response.headers.get('content-type')).toBe('text/event-stream')
      expect(await read()).toBe('retry: 1000\n\n')
      expect(await read()).toBe('event: change\ndata: {"text":"two\\nlines"}\n\n')
    }
  })

  it('keeps quiet connections alive, and stops when nobody listens', async () => {
    const clock = testClock()
    const stream = eventStream(clock)
    const { read, leave } = listen(stream)
    await read()
    clock.advance(15_000)
    expect(await read()).toBe(': still here\n\n')
    leave()
    clock.advance(60_000)
    const next = listen(stream)
    expect(await next.read()).toBe('retry: 1000\n\n')
    clock.advance(15_000)
    expect(await next.read()).toBe(': still here\n\n')
  })

  it('cuts off a listener that does not read, and nobody else', async () => {
    const stream = eventStream(testClock())
    const [slow, quick] = [listen(stream), listen(stream)]
    await quick.read()
    for (let i = 0; i < 300; i++) {
      stream.send('change', i)
      await quick.read()
    }
    let left = 0
    while (!(await slow.reader.read()).done) left += 1
    expect(left).toBeLessThan(300)
    stream.send('change', 'after')
    expect(await quick.read()).toContain('after')
  })
})
