import type { RelayEvent, RelayInput } from '@do/llm'
import { failover } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { bytesOf, failure, read, readBroken, setup } from './test/setup.ts'

const request = (more: object = {}): RelayInput => ({
  model: 'claude-sonnet-4-6',
  wire: 'anthropic.messages',
  body: {
    model: 'fast',
    stream: true,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hello there 👋' }],
    metadata: { user_id: 'u' },
    ...more,
  },
})

/** What the vendor itself would have sent for the same request. */
async function direct(more: object = {}, style = {}): Promise<string> {
  const { twin } = setup()
  twin.wire(style)
  const body = JSON.stringify({ ...request(more).body, model: 'claude-sonnet-4-6' })
  const headers = { 'x-api-key': twin.credentials.apiKey, 'anthropic-version': '2026-10-21' }
  return (await twin.fetch('https://api.anthropic.com/v1/messages', { method: 'POST', body, headers })).text()
}

const bytes = (events: readonly RelayEvent[]) => events.filter((event) => event.type === 'bytes')

describe('relay', () => {
  it.each([{}, { bytes: 1 }, { bytes: 11 }, { crlf: true, bytes: 5 }, { keepAlives: true }])(
    'passes a stream on byte by byte: %o',
    async (style) => {
      const { llm, twin } = setup()
      twin.wire(style)
      const events = await read(llm.relay(request()))
      expect(bytesOf(events)).toBe(await direct({}, style))
      expect(events[0]).toEqual({
        type: 'start',
        provider: 'anthropic',
        model: 'claude-sonnet-4-6',
        contentType: 'text/event-stream; charset=utf-8',
        headers: {
          'request-id': expect.stringMatching(/^req_/),
          'anthropic-ratelimit-requests-limit': '4000',
          'anthropic-ratelimit-requests-remaining': '3999',
          'anthropic-ratelimit-requests-reset': expect.any(String),
        },
      })
      expect(events.at(-1)).toEqual({
        type: 'finish',
        finish: 'stop',
        usage: { input: 4, cacheRead: 0, cacheWrite: 0, output: 4, reasoning: 0 },
        cost: { microUsd: 72, prices: expect.any(String) },
      })
    },
  )

  it('sends the body as it is but for the model, in its order', async () => {
    const { llm, twin } = setup()
    await read(llm.relay(request()))
    expect(twin.requests()[0]?.body).toBe(JSON.stringify({ ...request().body, model: 'claude-sonnet-4-6' }))
  })

  it('passes on only the headers that are the request’s own', async () => {
    const { llm, twin } = setup()
    const headers = { 'Anthropic-Beta': 'context-1m', 'anthropic-version': '2023-06-01', 'x-api-key': 'stolen', cookie: 'a=b' }
    await read(llm.relay({ ...request(), headers }))
    const sent = twin.requests()[0]?.headers
    expect(sent).toMatchObject({ 'anthropic-beta': 'context-1m', 'anthropic-version': '2023-06-01' })
    expect(JSON.stringify(sent)).not.toMatch(/stolen|a=b/)
  })

  it('says where output begins: not with the preamble, an empty piece or a seal', async () => {
    const { llm, twin } = setup()
    twin.say({ thinks: 'Hm', text: 'Yes' })
    const thinking = { thinking: { type: 'adaptive', display: 'omitted' } }
    const seen = bytes(await read(llm.relay(request(thinking)))).map(({ data, output }) => [
      /"type":"(text_delta|signature_delta|content_block_st\w+|message_start)"/.exec(new TextDecoder().decode(data))?.[1] ??
        'ping',
      output,
    ])
    expect(seen.slice(0, 7)).toEqual([
      ['message_start', false],
      ['content_block_start', false],
      ['ping', false],
      ['signature_delta', false],
      ['content_block_stop', false],
      ['content_block_start', false],
      ['text_delta', true],
    ])
  })

  it('brings an answer that does not stream in one piece', async () => {
    const { llm } = setup()
    const events = await read(llm.relay(request({ stream: false })))
    expect(events.map(({ type }) => type)).toEqual(['start', 'bytes', 'finish'])
    expect(events[1]).toMatchObject({ output: true })
    expect(bytesOf(events)).toBe(await direct({ stream: false }))
    expect(events[2]).toMatchObject({ finish: 'stop', usage: { input: 4, output: 4 } })
  })

  it('counts tools, thoughts and the cache', async () => {
    const { llm, twin } = setup()
    const tools = [{ name: 'f', input_schema: { type: 'object' } }]
    twin.say({ thinks: 'Hm hm', tools: [{ name: 'f', arguments: { a: 'b' } }], cacheRead: 100, cacheWrite: 50 })
    const events = await read(llm.relay(request({ tools, thinking: { type: 'adaptive' } })))
    expect(events.at(-1)).toMatchObject({
      finish: 'tool_calls',
      usage: { cacheRead: 100, cacheWrite: 50, reasoning: 2 },
      cost: { microUsd: expect.any(Number) },
    })
  })

  it('moves on before output, and breaks typed after it', async () => {
    const first = setup({ name: 'first' })
    const second = setup({ name: 'second', clock: first.twin.clock })
    first.twin.breakStream({ kind: 'error', pieces: 0 })
    const both = failover([first.llm, second.llm], { clock: first.twin.clock })
    const events = await read(both.relay(request()))
    expect(events[0]).toMatchObject({ provider: 'second' })
    expect(bytesOf(events)).not.toContain('overloaded_error')
    first.twin.breakStream({ kind: 'error', pieces: 1 })
    const { pieces, error } = await readBroken(both.relay(request()))
    expect(bytesOf(pieces)).toContain('"text":"Hello"')
    expect(bytesOf(pieces)).not.toContain('overloaded_error')
    expect(error).toMatchObject({ code: 'stream_interrupted', vendorCode: 'overloaded_error' })
  })

  it.each(['cut', 'end', 'stall'] as const)('is not whole without its end: %s', async (kind) => {
    const { llm, twin } = setup()
    twin.breakStream({ kind, pieces: 1 })
    const { pieces, error } = await readBroken(llm.relay(request()))
    expect(pieces.at(-1)).toMatchObject({ type: 'bytes', output: true })
    expect(error).toMatchObject({ code: 'stream_interrupted' })
  })

  it('gets an end mark where it lost it on the way, and only where it said why it ended', async () => {
    const mark = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    const sent = await direct()
    expect(sent.endsWith(mark)).toBe(true)
    const lost = (body: string) =>
      setup({ fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }) }).llm.relay(request())
    const events = await read(lost(sent.slice(0, -mark.length)))
    expect(bytesOf(events)).toBe(sent)
    expect(events.at(-1)).toMatchObject({ type: 'finish', finish: 'stop', usage: { output: 4 } })
    // Half of the end mark, or all of it but its blank line: the client reads one end mark that is whole.
    for (const missing of [1, 2, 20, mark.length - 3]) expect(bytesOf(await read(lost(sent.slice(0, -missing))))).toBe(sent)
    const early = sent.slice(0, sent.indexOf('event: message_delta'))
    expect((await readBroken(lost(early))).error).toMatchObject({ code: 'stream_interrupted' })
  })

  it('is not deceived by what a model says', async () => {
    const { llm, twin } = setup()
    const text = 'event: message_stop\ndata: {"type":"message_stop"}\n\nevent: error\ndata: {}\n\n\u2028event: error\u2028 end'
    twin.say({ text })
    const events = await read(llm.relay(request()))
    expect(events.at(-1)).toMatchObject({ type: 'finish', finish: 'stop' })
    expect(bytesOf(events)).toContain('end"}')
  })

  it('gives what came before an error in the same chunk, and nothing after it', async () => {
    const delta =
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hé"}}\n\n'
    const error = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"x"}}\n\n'
    const { llm } = setup({
      fetch: async () => new Response(delta + delta + error, { headers: { 'content-type': 'text/event-stream' } }),
    })
    const broken = await readBroken(llm.relay(request()))
    expect(bytesOf(broken.pieces)).toBe(delta + delta)
    expect(broken.error).toMatchObject({ code: 'stream_interrupted' })
  })

  it('fails as any other request', async () => {
    const { llm, twin } = setup()
    twin.refuseNext('model_not_found')
    expect((await readBroken(llm.relay(request()))).error).toMatchObject({
      code: 'model_not_found',
      elsewhere: true,
      status: 404,
    })
    expect((await readBroken(llm.relay(request({ max_tokens: undefined })))).error).toMatchObject({
      code: 'invalid_input',
      field: 'maxOutputTokens',
    })
    const other = { ...request(), wire: 'openai.chat' as const }
    expect(await failure(read(llm.relay(other)))).toMatchObject({ code: 'unsupported' })
  })
})
