import { collect } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { answering, candidate, events, failure, piecesOf, setUp, textOf } from './test/set-up.ts'

const messages = [{ role: 'user' as const, content: 'Hi' }]
const model = 'gemini-3.6-flash'
const difficult = 'Grüße 東京 👩‍👩‍👧‍👦 data: {"x": 1}\r\n\r\n\n\nend'

describe('stream', () => {
  it('is whole however the bytes are cut', async () => {
    for (const bytes of [1, 2, 3, 7, 64]) {
      const { llm, twin, chat } = setUp()
      twin.wire({ bytes })
      twin.say({ text: difficult })
      expect(textOf(await piecesOf(llm.stream({ model: chat, messages })))).toBe(difficult)
    }
  })

  it('counts usage once, from the last report', async () => {
    const used = (candidatesTokenCount: number) => ({ usageMetadata: { promptTokenCount: 5, candidatesTokenCount } })
    const chunks = events(
      { ...candidate([{ text: 'a' }]), ...used(1) },
      { ...candidate([{ text: 'b' }], 'STOP'), ...used(2) },
      { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3 } },
    )
    const { llm } = answering(chunks)
    const pieces = await piecesOf(llm.stream({ model, messages }))
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'text', 'text', 'finish'])
    expect(pieces.at(-1)).toMatchObject({ usage: { input: 5, output: 3 } })
  })

  it('does not end early for a model that says STOP in every chunk', async () => {
    const { llm } = answering(events(candidate([{ text: 'one ' }], 'STOP'), candidate([{ text: 'two' }], 'STOP')))
    expect(await collect(llm.stream({ model, messages }))).toMatchObject({ text: 'one two', finish: 'stop' })
  })

  it('takes chunks of nothing for nothing', async () => {
    const chunks = [candidate([]), candidate([{ text: '' }]), {}, { candidates: [] }, { candidates: [{ index: 0 }] }]
    const { llm } = answering(events(...chunks, candidate([{ text: 'a' }]), { candidates: [{ finishReason: 'STOP' }] }))
    const pieces = await piecesOf(llm.stream({ model, messages }))
    expect(pieces.map(({ type }) => type)).toEqual(['start', 'text', 'finish'])
  })

  it('that stops without a finish reason was cut', async () => {
    const { llm } = answering(events(candidate([{ text: 'one ' }])), events(candidate([])), events(candidate([])), '', '')
    expect(await failure(piecesOf(llm.stream({ model, messages })))).toMatchObject({
      code: 'stream_interrupted',
      effect: 'unknown',
    })
    expect(await failure(piecesOf(llm.stream({ model, messages })))).toMatchObject({ code: 'stream_truncated', effect: 'none' })
    expect(await failure(piecesOf(llm.stream({ model, messages })))).toMatchObject({ code: 'stream_truncated' })
  })

  it('that breaks after its finish reason is not told as whole', async () => {
    const { llm, twin, chat } = setUp()
    twin.say({ text: 'one two' })
    twin.breakStream({ pieces: 2, kind: 'cut' })
    expect(await failure(piecesOf(llm.stream({ model: chat, messages })))).toMatchObject({ code: 'stream_interrupted' })
  })

  it('with a chunk that is no JSON is broken, and nothing of it is in the error', async () => {
    const text = `${events(candidate([{ text: 'one ' }]))}data: {"text": "secret\r\n\r\n`
    const error = await failure(piecesOf(answering(text).llm.stream({ model, messages })))
    expect(error).toMatchObject({ code: 'stream_interrupted', cause: { code: 'stream_broken' } })
    expect(JSON.stringify(error) + String(error.stack)).not.toContain('secret')
  })

  it('tells the vendor at once when the reader leaves, or gives up', async () => {
    const words = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ')
    const { llm, twin, chat } = setUp()
    twin.say({ text: words }, { text: words })
    for await (const piece of llm.stream({ model: chat, messages })) if (piece.type === 'text') break
    const controller = new AbortController()
    const stream = llm.stream({ model: chat, messages }, { signal: controller.signal })
    const reading = (async () => {
      for await (const piece of stream) if (piece.type === 'text') controller.abort()
    })()
    expect(await failure(reading)).toMatchObject({ code: 'cancelled', fault: 'cancelled' })
    for (const { left, pieces, whole } of twin.generated()) {
      expect({ left, whole }).toEqual({ left: true, whole: false })
      expect(pieces).toBeLessThan(6)
    }
  })

  it('that falls silent is given up after the idle time', async () => {
    const { llm, twin, chat } = setUp({ times: { idle: 5_000 } })
    twin.say({ text: 'one two three' })
    twin.breakStream({ pieces: 2, kind: 'stall' })
    expect(await failure(piecesOf(llm.stream({ model: chat, messages })))).toMatchObject({
      code: 'stream_interrupted',
      cause: { code: 'idle_timeout' },
    })
    expect(twin.generated()[0]).toMatchObject({ left: true })
  })

  it('keeps only one request for each attempt', async () => {
    const { llm, twin, chat } = setUp()
    for (const status of [500, 502, 503, 504] as const) {
      twin.reset()
      twin.faults.always({ kind: 'error', status, when: 'before' })
      const error = await failure(piecesOf(llm.stream({ model: chat, messages })))
      expect(twin.requests()).toHaveLength(error.trail.filter(({ action }) => action === 'attempt').length)
    }
  })
})
