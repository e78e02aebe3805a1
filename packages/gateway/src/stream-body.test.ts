import { testClock } from '@do/provider'
import { describe, expect, it } from 'vitest'
import type { Answer } from './answer.ts'
import { streamBody } from './stream-body.ts'

/** An answer whose pieces come when the test says so. */
function scripted() {
  const waiting: { resolve: (chunk: Uint8Array | undefined) => void; reject: (error: unknown) => void }[] = []
  let stopped = 0
  const answer: Answer = {
    provider: 'a',
    model: 'm',
    contentType: 'text/event-stream',
    headers: {},
    trail: [],
    end: undefined,
    next: () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    stop: () => void stopped++,
  }
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { answer, waiting, turn, stopped: () => stopped }
}

function opened() {
  const clock = testClock()
  const all = scripted()
  const told: unknown[] = []
  const body = streamBody(all.answer, {
    clock,
    keepAliveMs: 1_000,
    errorEvent: (error) => `data: ${JSON.stringify({ error: String(error) })}\n\n`,
    seen: () => {},
    over: (error) => told.push(error === undefined ? 'whole' : 'broken'),
    left: () => told.push('left'),
  })
  const reader = body.getReader()
  const read = async () => {
    const { done, value } = await reader.read()
    return done ? undefined : new TextDecoder().decode(value)
  }
  return { ...all, clock, told, reader, read }
}

const bytes = (text: string) => new TextEncoder().encode(text)

describe('streamBody', () => {
  it('passes chunks untouched and sends comments while the vendor is silent, however long', async () => {
    const { waiting, clock, told, read, turn } = opened()
    await turn()
    const sent = bytes('data: 1\n\n')
    waiting.shift()?.resolve(sent)
    expect(await read()).toBe('data: 1\n\n')
    await turn()
    clock.advance(999)
    clock.advance(1)
    expect(await read()).toBe(': keep-alive\n\n')
    clock.advance(1_000)
    expect(await read()).toBe(': keep-alive\n\n')
    waiting.shift()?.resolve(bytes('data: 2\n\n'))
    expect(await read()).toBe('data: 2\n\n')
    await turn()
    waiting.shift()?.resolve(undefined)
    expect(await read()).toBeUndefined()
    expect(told).toEqual(['whole'])
    // No timer is left behind.
    clock.advance(60_000)
  })

  it('sends no comment where the vendor speaks in time', async () => {
    const { waiting, clock, read, turn } = opened()
    for (let i = 0; i < 5; i++) {
      await turn()
      clock.advance(600)
      waiting.shift()?.resolve(bytes(`data: ${i}\n\n`))
      expect(await read()).toBe(`data: ${i}\n\n`)
    }
  })

  it('ends a break with the event that says so, and nothing after it', async () => {
    const { waiting, told, read, turn } = opened()
    await turn()
    waiting.shift()?.reject(new Error('cut'))
    expect(await read()).toBe('data: {"error":"Error: cut"}\n\n')
    expect(await read()).toBeUndefined()
    expect(told).toEqual(['broken'])
  })

  it.each(['da', ': wait\n', 'event: content_bl', 'data: {}\r\n'])(
    'is not swallowed by half an event before it: %j',
    async (half) => {
      const { waiting, read, turn } = opened()
      await turn()
      waiting.shift()?.resolve(bytes(half))
      expect(await read()).toBe(half)
      await turn()
      waiting.shift()?.reject(new Error('cut'))
      expect(await read()).toBe('\n\ndata: {"error":"Error: cut"}\n\n')
    },
  )

  it('stops the vendor at once when the reader leaves, and is settled once', async () => {
    const { waiting, told, reader, turn, stopped, clock } = opened()
    await turn()
    await reader.cancel()
    expect(stopped()).toBe(1)
    waiting.shift()?.reject(new Error('aborted'))
    await turn()
    clock.advance(10_000)
    expect(told).toEqual(['left'])
  })

  it('reads no further than the client does', async () => {
    const { waiting, turn } = opened()
    await turn()
    waiting.shift()?.resolve(bytes('data: 1\n\n'))
    await turn()
    waiting.shift()?.resolve(bytes('data: 2\n\n'))
    await turn()
    expect(waiting.length).toBe(0)
  })
})
