import { Anthropic } from '@anthropic-ai/sdk'
import { type AnthropicTwinOptions, anthropicTwin } from '@do/fixtures/anthropic'
import { describe, expect, it } from 'vitest'

/** The official client, unchanged, against the twin. */
function setup(options: AnthropicTwinOptions = {}) {
  const twin = anthropicTwin(options)
  const client = new Anthropic({ ...twin.credentials, fetch: twin.fetch, maxRetries: 0, logLevel: 'off' })
  return { twin, client }
}

const hello = {
  model: 'claude-opus-5-5',
  max_tokens: 2_000,
  messages: [{ role: 'user' as const, content: 'Hello there, Claude.' }],
}
const tools = [{ name: 'weather', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } }]

describe('the official client and the twin', () => {
  it('answers', async () => {
    const { client } = setup()
    const message = await client.messages.create(hello)
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5-5',
      content: [{ type: 'text', text: 'Hello there, Claude.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 5, cache_read_input_tokens: 0 },
    })
    expect(message.id).toMatch(/^msg_01\w{22}$/)
    expect(message._request_id).toMatch(/^req_01\w{22}$/)
  })

  it('streams a thought, a text and two calls', async () => {
    const { client, twin } = setup()
    twin.wire({ bytes: 13, keepAlives: true })
    twin.say({
      thinks: 'Hm, the weather 🌦️',
      text: 'I look.',
      tools: [
        { name: 'weather', arguments: { city: 'Zürich' } },
        { name: 'weather', arguments: {} },
      ],
    })
    const stream = client.messages.stream({ ...hello, tools, thinking: { type: 'adaptive', display: 'summarized' } })
    const texts: string[] = []
    stream.on('text', (text) => texts.push(text))
    const message = await stream.finalMessage()
    expect(texts).toEqual(['I', ' look.'])
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm, the weather 🌦️', signature: expect.stringMatching(/^[\w+/=]+\.[\w+/=]+$/) },
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', name: 'weather', input: { city: 'Zürich' } },
      { type: 'tool_use', name: 'weather', input: {} },
    ])
    expect(message).toMatchObject({ stop_reason: 'tool_use', usage: { output_tokens_details: { thinking_tokens: 5 } } })
    const results = message.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: 'Sun' }] : [],
    )
    const next = [
      ...hello.messages,
      { role: 'assistant' as const, content: message.content },
      { role: 'user' as const, content: results },
    ]
    expect(await client.messages.create({ ...hello, tools, messages: next })).toMatchObject({ stop_reason: 'end_turn' })
  })

  it('writes its events byte by byte as the vendor does', async () => {
    const { client, twin } = setup()
    twin.say({ text: 'Hi you' })
    const response = await client.messages.create({ ...hello, stream: true }).asResponse()
    const text = await response.text()
    const events = text.replace(/msg_01\w{22}/, 'msg').split('\n\n')
    expect(events.map((event) => event.replace(/,"usage":.*/s, ' …'))).toEqual([
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg","type":"message","role":"assistant",' +
        '"model":"claude-opus-5-5","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null …',
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":null}}',
      'event: ping\ndata: {"type": "ping"}',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" you"}}',
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}',
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":null,"container":null} …',
      'event: message_stop\ndata: {"type":"message_stop"}',
      '',
    ])
  })

  it('refuses with the errors that the client knows', async () => {
    const { client, twin } = setup()
    const fails = (more: object) =>
      client.messages.create({ ...hello, ...more }).then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(await fails({ model: 'claude-none' })).toBeInstanceOf(Anthropic.NotFoundError)
    expect(await fails({ max_tokens: undefined })).toBeInstanceOf(Anthropic.BadRequestError)
    twin.faults.next({ kind: 'rate-limit', retryAfterSeconds: 3 })
    expect(await fails({})).toMatchObject({ status: 429, type: 'rate_limit_error', headers: expect.any(Headers) })
    twin.faults.next({ kind: 'unauthorized' })
    expect(await fails({})).toBeInstanceOf(Anthropic.AuthenticationError)
    twin.refuseNext('overloaded')
    expect(await fails({})).toMatchObject({ status: 529, type: 'overloaded_error', requestID: expect.stringMatching(/^req_/) })
    twin.refuseNext('context_length')
    expect(await fails({})).toMatchObject({ status: 400, apiMessage: expect.stringMatching(/^prompt is too long/) })
  })

  it('breaks its streams as the client expects', async () => {
    const { client, twin } = setup()
    twin.breakStream({ kind: 'error', pieces: 1 })
    await expect(client.messages.stream(hello).finalMessage()).rejects.toMatchObject({ type: 'overloaded_error' })
    twin.breakStream({ kind: 'cut', pieces: 1 })
    await expect(client.messages.stream(hello).finalMessage()).rejects.toThrow()
    twin.breakStream({ kind: 'end', pieces: 1 })
    await expect(client.messages.stream(hello).finalMessage()).rejects.toThrow()
  })

  it('hears that the client has left', async () => {
    const { client, twin } = setup()
    twin.say({ text: 'one two three four' })
    const stream = await client.messages.create({ ...hello, stream: true })
    for await (const event of stream) if (event.type === 'content_block_delta') break
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(twin.generated()[0]).toMatchObject({ left: true, whole: false })
  })

  it('counts tokens and shows its models', async () => {
    const { client } = setup()
    expect(await client.messages.countTokens({ model: hello.model, messages: hello.messages })).toEqual({ input_tokens: 5 })
    const ids: string[] = []
    for await (const { id } of client.models.list({ limit: 4 })) ids.push(id)
    expect(new Set(ids).size).toBe(9)
    expect(await client.models.retrieve('claude-haiku-4-5')).toMatchObject({
      id: 'claude-haiku-4-5-20251001',
      max_tokens: 64_000,
      capabilities: { thinking: { types: { enabled: { supported: true }, adaptive: { supported: false } } } },
    })
    await expect(client.models.retrieve('none')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
  })

  it('limits the rate by its own clock', async () => {
    const { client, twin } = setup({ requestsPerMinute: 1 })
    await client.messages.create(hello)
    await expect(client.messages.create(hello)).rejects.toBeInstanceOf(Anthropic.RateLimitError)
    twin.clock.advance(60_000)
    expect(await client.messages.create(hello)).toMatchObject({ stop_reason: 'end_turn' })
  })
})
