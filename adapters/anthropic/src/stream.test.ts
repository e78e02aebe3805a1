import { failover } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { hello, read, readBroken, setup, textOf } from './test/setup.ts'

const story = { text: 'One two three four 🏔️ five.' }

describe('a stream', () => {
  it.each([
    ['as written', {}],
    ['byte by byte', { bytes: 1 }],
    ['cut within characters', { bytes: 7 }],
    ['with CRLF', { crlf: true }],
    ['with CRLF byte by byte', { crlf: true, bytes: 1 }],
    ['with pings between', { keepAlives: true }],
  ])('is read however it comes: %s', async (_, style) => {
    const { llm, twin } = setup()
    twin.wire(style)
    twin.say({ ...story, thinks: 'Grüezi 👋' })
    const events = await read(llm.stream(hello({ thinking: 'low' })))
    expect(textOf(events)).toBe(story.text)
    expect(events.at(-1)).toMatchObject({ type: 'finish', finish: 'stop' })
    expect(twin.generated()[0]).toMatchObject({ streamed: true, whole: true, left: false })
  })

  it.each([
    ['cut', 'connection_lost'],
    ['end', 'stream_truncated'],
    ['error', 'overloaded'],
    ['malformed', 'stream_broken'],
    ['stall', 'first_output_timeout'],
  ] as const)('that breaks before its first output goes to another: %s', async (kind, code) => {
    const first = setup({ name: 'first' })
    const second = setup({ name: 'second', clock: first.twin.clock })
    first.twin.breakStream({ kind, pieces: 0 })
    const both = failover([first.llm, second.llm], { clock: first.twin.clock })
    const stream = both.stream(hello())
    expect(textOf(await read(stream))).toBe('Hello there, Claude.')
    expect(stream.provider).toBe('second')
    expect(stream.trail).toMatchObject([{ provider: 'first', code: expect.any(String) }, { provider: 'second' }])
    if (kind !== 'cut') expect(stream.trail[0]).toMatchObject({ code })
  })

  it.each(['cut', 'end', 'error', 'malformed', 'stall'] as const)(
    'that breaks in the middle is never taken for whole: %s',
    async (kind) => {
      const { llm, twin } = setup()
      twin.breakStream({ kind, pieces: 2 })
      twin.say(story)
      const { pieces, error } = await readBroken(llm.stream(hello()))
      expect(textOf(pieces)).toBe('One two')
      expect(error).toMatchObject({ code: 'stream_interrupted', effect: 'unknown', provider: 'anthropic' })
      expect(pieces.some(({ type }) => type === 'finish')).toBe(false)
    },
  )

  it('says of an overload in its middle what it was', async () => {
    const { llm, twin } = setup()
    twin.breakStream({ kind: 'error', pieces: 1 })
    const { error } = await readBroken(llm.stream(hello()))
    expect(error.message).toContain('(overloaded)')
    expect(error).toMatchObject({ vendorCode: 'overloaded_error', fault: 'provider' })
  })

  it('that its reader leaves is worked on no further', async () => {
    const { llm, twin } = setup()
    twin.say(story)
    for await (const event of llm.stream(hello())) if (event.type === 'text') break
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(twin.generated()[0]).toMatchObject({ left: true, whole: false })
    expect(twin.generated()[0]?.pieces).toBeLessThan(4)
  })

  it('that is aborted ends, there and here', async () => {
    const { llm, twin } = setup()
    twin.say(story)
    const controller = new AbortController()
    const stream = llm.stream(hello(), { signal: controller.signal })
    const { pieces, error } = await readBroken(
      (async function* () {
        for await (const event of stream) {
          yield event
          if (event.type === 'text') controller.abort()
        }
      })(),
    )
    expect(textOf(pieces)).toBe('One')
    expect(error).toMatchObject({ code: 'cancelled', fault: 'cancelled' })
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(twin.generated()[0]).toMatchObject({ left: true, whole: false })
  })
})

describe('a vendor that writes something else', () => {
  const from = (body: string, contentType = 'text/event-stream') =>
    setup({ fetch: async () => new Response(body, { headers: { 'content-type': contentType } }) }).llm.stream(hello())
  const start =
    'data: {"type":"message_start","message":{"id":"m","model":"claude-x","usage":{"input_tokens":1,"output_tokens":1}}}\n\n'
  const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`

  it('needs no names of events, and may say more than is known', async () => {
    const block = {
      type: 'content_block_start',
      index: 3,
      content_block: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
    }
    const body = [
      ': hello\n\n',
      start,
      event({ type: 'a_new_one', index: 0 }),
      event(block),
      event({ type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '{}' } }),
      event({ type: 'content_block_stop', index: 3 }),
      event({ type: 'content_block_start', index: 7, content_block: { type: 'text', text: '' } }),
      event({ type: 'content_block_delta', index: 7, delta: { type: 'text_delta', text: '' } }),
      event({ type: 'content_block_delta', index: 7, delta: { type: 'text_delta', text: 42 } }),
      event({ type: 'content_block_delta', index: 7, delta: { type: 'citations_delta', citation: {} } }),
      event({ type: 'content_block_stop', index: 7 }),
      event({ type: 'content_block_start', index: 8, content_block: { type: 'tool_use', name: 'f', input: { a: 1 } } }),
      event({ type: 'content_block_stop', index: 8 }),
      event({ type: 'message_delta', delta: { stop_reason: 'pause_turn' }, usage: { output_tokens: 9, input_tokens: null } }),
      event({ type: 'message_stop' }),
    ].join('')
    const events = await read(from(body))
    expect(events.filter(({ type }) => type !== 'start')).toEqual([
      { type: 'text', text: '' },
      { type: 'text', text: '42' },
      { type: 'tool_call', index: 0, id: 'm-0', name: 'f' },
      { type: 'tool_arguments', index: 0, text: '{"a":1}' },
      {
        type: 'finish',
        finish: 'other',
        rawFinish: 'pause_turn',
        usage: { input: 1, cacheRead: 0, cacheWrite: 0, output: 9, reasoning: 0 },
      },
    ])
  })

  it('is not silent while it thinks unseen', async () => {
    const ping = event({ type: 'ping' })
    const thinking = event({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'thinking', thinking: '', signature: '' },
    })
    const sealed = event({ type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 's' } })
    const stop = event({ type: 'content_block_stop', index: 0 })
    const events = await read(
      from([start, ping, thinking, ping, ping, sealed, stop, ping, event({ type: 'message_stop' })].join('')),
    )
    expect(events.slice(1, -1)).toEqual([
      { type: 'reasoning', text: '' },
      { type: 'reasoning', text: '' },
      { type: 'signature', signature: 's', signedBy: 'anthropic' },
    ])
  })

  const text = [
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Yes.' } }),
    event({ type: 'content_block_stop', index: 0 }),
  ].join('')
  const reason = (stop_reason: string | null) =>
    event({ type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 2 } })

  it('is whole without its end mark, where it says why it ended and ends well', async () => {
    const events = await read(from(start + text + reason('end_turn')))
    expect(events.slice(1)).toMatchObject([
      { type: 'text', text: 'Yes.' },
      { type: 'finish', finish: 'stop', rawFinish: 'end_turn', usage: { output: 2 } },
    ])
  })

  it('ends once, whatever follows its end mark', async () => {
    const events = await read(from(start + text + reason('end_turn') + event({ type: 'message_stop' }).repeat(2)))
    expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1)
  })

  const begun = event({
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
  })
  it.each([
    ['no reason to end', start + text + reason(null)],
    ['a call that was not closed', start + begun + reason('tool_use')],
  ])('is not whole without its end mark and with %s', async (_, body) => {
    const { pieces, error } = await readBroken(from(body))
    expect(pieces.some(({ type }) => type === 'finish')).toBe(false)
    expect(error).toMatchObject({ code: 'stream_interrupted', cause: { code: 'stream_truncated' } })
  })

  it.each([
    ['nothing after its start', start, 'stream_truncated'],
    ['an end that is cut off', `${start}data: {"type":"message_stop"}`, 'stream_truncated'],
    ['an event that is no object', `${start}data: 1\n\n`, 'stream_broken'],
    ['an error at once', event({ type: 'error', error: { type: 'api_error', message: 'secret' } }), 'vendor_error'],
    ['an error that it does not name', event({ type: 'error' }), 'vendor_error'],
    ['an error that nobody knows', event({ type: 'error', error: { type: 'new_error' } }), 'vendor_error'],
  ])('is not taken for an answer: %s', async (_, body, code) => {
    const { error } = await readBroken(from(body))
    expect(error).toMatchObject({ code, fault: 'provider' })
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  it('is not taken for an answer: a page', async () => {
    expect((await readBroken(from('<p>Sign in</p>', 'text/html'))).error).toMatchObject({ code: 'stream_broken' })
  })
})
