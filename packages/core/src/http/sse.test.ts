import { describe, expect, it } from 'vitest'
import { eventStream, frame, lastEventId, type ServerSentEvent } from './sse.ts'

const decoder = new TextDecoder()
const reader = (response: Response) => {
  const inside = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
  const next = async () => {
    const { done, value } = await inside.read()
    return done ? 'end' : decoder.decode(value)
  }
  return { next, cancel: () => inside.cancel() }
}

/** A source that says what was asked of it. */
function source(events: readonly ServerSentEvent[], forever = false) {
  const seen = { asked: 0, returned: 0 }
  const iterable: AsyncIterable<ServerSentEvent> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const value = events[seen.asked++]
        if (value !== undefined) return { done: false, value }
        return forever ? new Promise<never>(() => {}) : { done: true, value: undefined }
      },
      return: async () => {
        seen.returned++
        return { done: true, value: undefined }
      },
    }),
  }
  return { iterable, seen }
}

describe('a server-sent event', () => {
  it('has an id, a name and data over as many lines as it takes', () => {
    expect(frame({ id: '7', event: 'change', data: { a: 1 } })).toBe('id: 7\nevent: change\ndata: {"a":1}\n\n')
    expect(frame({ data: 'one\r\ntwo\rthree\nfour' })).toBe('data: one\ndata: two\ndata: three\ndata: four\n\n')
    expect(frame({ data: undefined })).toBe('data: null\n\n')
  })

  it.each(['a\nb', 'a\rb', 'a\0b'])('cannot bring fields of its own by %j', (id) => {
    expect(() => frame({ id, data: 1 })).toThrow('must be one line')
    expect(() => frame({ event: id, data: 1 })).toThrow('must be one line')
  })
})

describe('the stream', () => {
  it('says at once that it is there, gives the events, and ends with its source', async () => {
    const { iterable, seen } = source([
      { id: '1', data: 'a' },
      { id: '2', data: 'b' },
    ])
    const response = eventStream(iterable, { retryMs: 1_000, headers: { 'x-more': '1' } })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-more': '1',
    })
    const { next } = reader(response)
    expect([await next(), await next(), await next(), await next()]).toEqual([
      'retry: 1000\n: \n\n',
      'id: 1\ndata: a\n\n',
      'id: 2\ndata: b\n\n',
      'end',
    ])
    expect(seen.returned).toBe(1)
  })

  it('asks its source for nothing before the reader has taken what there was', async () => {
    const { iterable, seen } = source([{ data: 1 }, { data: 2 }, { data: 3 }])
    const { next } = reader(eventStream(iterable))
    expect(seen.asked).toBe(0)
    await next()
    await next()
    expect(seen.asked).toBe(1)
  })

  it('keeps the line with comments without asking twice', async () => {
    const { iterable, seen } = source([], true)
    const { next, cancel } = reader(eventStream(iterable, { keepAliveMs: 1 }))
    expect([await next(), await next(), await next()]).toEqual([': \n\n', ': \n\n', ': \n\n'])
    expect(seen.asked).toBe(1)
    await cancel()
    expect(seen.returned).toBe(1)
  })

  it('ends when it is aborted, before and during the wait', async () => {
    const { iterable, seen } = source([], true)
    const abort = new AbortController()
    const { next } = reader(eventStream(iterable, { signal: abort.signal }))
    await next()
    const last = next()
    abort.abort()
    expect(await last).toBe('end')
    expect(seen.returned).toBe(1)
    const late = reader(eventStream(source([{ data: 1 }]).iterable, { signal: abort.signal }))
    expect([await late.next(), await late.next()]).toEqual([': \n\n', 'end'])
  })

  it('breaks when its source does', async () => {
    const broken: AsyncIterable<ServerSentEvent> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new RangeError('gone')) }),
    }
    const { next } = reader(eventStream(broken))
    await next()
    await expect(next()).rejects.toThrow('gone')
  })
})

describe('where to go on', () => {
  const at = (path: string, headers: Record<string, string> = {}) =>
    lastEventId(new Request(`http://a.example${path}`, { headers }))

  it('is the header, then the query', () => {
    expect(at('/x', { 'last-event-id': '9' })).toBe('9')
    expect(at('/x?after=4', { 'last-event-id': '9' })).toBe('9')
    expect(at('/x?after=4')).toBe('4')
    expect(at('/x')).toBeUndefined()
  })

  it('is refused when it cannot be one', () => {
    expect(() => at(`/x?after=${'9'.repeat(1_025)}`)).toThrow('no place in the stream')
  })
})
