import { describe, expect, it } from 'vitest'
import { googleLlm } from './index.ts'
import { answering, candidate, events, failure, piecesOf, textOf } from './test/set-up.ts'

const asking = { model: 'gemini-3.6-flash', messages: [{ role: 'user' as const, content: 'Hi' }] }
const first = candidate([{ text: 'one ' }])
const last = candidate([{ text: 'two' }], 'STOP')
const json = JSON.stringify

describe('the events of a stream', () => {
  it('are read in every form that the standard has', async () => {
    for (const text of [
      `data: ${json(first)}\n\ndata: ${json(last)}\n\n`,
      `data: ${json(first)}\r\rdata: ${json(last)}\r\r`,
      `: a comment\r\n\r\n: another\r\ndata: ${json(first)}\r\n\r\nevent: x\r\nid: 1\r\ndata:${json(last)}\r\n\r\n`,
      `\uFEFFdata: ${json(first)}\n\ndata: ${json(last).replace(',', ',\ndata: ')}\n\n`,
      `data: ${json(first)}\n\ndata: ${json(last)}`,
    ]) {
      expect(textOf(await piecesOf(answering(text).llm.stream(asking)))).toBe('one two')
    }
  })

  it('may be an error as it is, without an event around it', async () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }
    const late = answering(`${events(first)}${json(error, null, 2)}\n`)
    expect(await failure(piecesOf(late.llm.stream(asking)))).toMatchObject({
      code: 'stream_interrupted',
      cause: { code: 'overloaded' },
    })
    for (const text of [`${json(error, null, 2)}\n`, json([error])]) {
      const early = answering(text, text)
      expect(await failure(piecesOf(early.llm.stream(asking)))).toMatchObject({ code: 'overloaded', status: 200 })
    }
  })

  it('that are none of Google are no answer', async () => {
    for (const text of [
      'data: 1\n\n',
      'data: [DONE]\n\n',
      'data: null\n\n',
      '<!doctype html><p>Sign in</p>',
      'data: \n\n',
      '[]',
      '{}',
    ]) {
      const error = await failure(piecesOf(answering(text, text).llm.stream(asking)))
      expect(['stream_broken', 'stream_truncated']).toContain(error.code)
    }
    const empty = answering(new Response(null, { status: 204 }), new Response(null, { status: 204 }))
    expect(await failure(piecesOf(empty.llm.stream(asking)))).toMatchObject({ fault: 'provider', effect: 'none' })
  })

  it('stop when their reader leaves, even where a fetch knows nothing of signals', async () => {
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(events(first))),
      cancel: () => {
        cancelled = true
      },
    })
    const llm = googleLlm({ apiKey: 'key', fetch: async () => new Response(endless) })
    for await (const piece of llm.stream(asking)) if (piece.type === 'text') break
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(cancelled).toBe(true)
  })
})
