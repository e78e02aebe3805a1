import { collect } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { all, answer, failure, hello, serving, setUp } from './test/set-up.ts'

const weather = {
  name: 'weather',
  description: 'The weather in a town',
  parameters: { type: 'object', properties: { town: { type: 'string' } }, required: ['town'], additionalProperties: false },
}

describe('a conversation', () => {
  it('is answered once, with what it used and what that cost', async () => {
    const { twin, provider, model } = setUp()
    twin.say({ text: 'Good day.', cacheRead: 1 })
    const answer = await provider.generate({ model, messages: [{ role: 'system', content: 'Be kind.' }, ...hello] })
    expect(answer).toMatchObject({ text: 'Good day.', finish: 'stop', rawFinish: 'stop', provider: 'openai', toolCalls: [] })
    const { usage } = twin.generated()[0] as typeof twin.generated extends () => readonly (infer One)[] ? One : never
    expect(answer.usage).toMatchObject({
      input: usage.prompt - 1,
      cacheRead: 1,
      cacheWrite: 0,
      output: usage.output,
      reasoning: 0,
    })
    expect(answer.cost?.microUsd).toBeGreaterThan(0)
    expect(answer.id).toMatch(/^chatcmpl-/)
    expect(twin.requests()).toHaveLength(1)
    expect(twin.asked()).toMatchObject([{ system: ['Be kind.'], messages: [{ role: 'user', text: 'Hello' }], streamed: false }])
  })

  it('comes to the same in pieces', async () => {
    const script = [
      { text: 'Good day, dear user. 👋' },
      {
        text: 'Let me see.',
        tools: [
          { name: 'weather', arguments: { town: 'Zürich' } },
          { name: 'weather', arguments: { town: 'Bern' } },
        ],
      },
      { refuses: 'I cannot help with that.' },
      { text: 'Half of', finish: 'length' as const },
      { text: '', finish: 'content_filter' as const },
      { text: 'x', finish: 'unheard' as const },
    ]
    const ends = ['stop', 'tool_calls', 'refusal', 'length', 'content_filter', 'other']
    for (const [index, said] of script.entries()) {
      const { twin, provider, model } = setUp()
      twin.say(said, said)
      const input = { model, messages: hello, tools: [weather] }
      const { raw: _, ...whole } = await provider.generate(input)
      const pieces = await collect(provider.stream(input))
      expect(pieces.finish).toBe(ends[index])
      const plain = (answer: typeof pieces) => ({
        ...answer,
        id: '',
        content: answer.content.map((part) => ('id' in part ? { ...part, id: '' } : part)),
        toolCalls: answer.toolCalls.map((call) => ({ ...call, id: '' })),
      })
      expect(plain(pieces)).toEqual(plain(whole))
      expect(twin.generated().map(({ whole, streamed }) => [whole, streamed])).toEqual([
        [true, false],
        [true, true],
      ])
    }
  })

  it.each([{ bytes: 1 }, { bytes: 7 }, { crlf: true }, { keepAlives: true }, { crlf: true, bytes: 3, keepAlives: true }])(
    'bears a wire of %o',
    async (style) => {
      const { twin, provider, model } = setUp()
      twin.say({ text: 'Grüezi 👋🏽 miteinander', tools: [{ name: 'weather', arguments: { town: 'Genève' } }] })
      twin.wire(style)
      const answer = await collect(provider.stream({ model, messages: hello, tools: [weather] }))
      expect(answer.text).toBe('Grüezi 👋🏽 miteinander')
      expect(JSON.parse(answer.toolCalls[0]?.arguments ?? '')).toEqual({ town: 'Genève' })
      expect(answer.usage?.output).toBeGreaterThan(0)
    },
  )

  it('goes on with the results of tools, by the ids of their calls', async () => {
    const { twin, provider, model } = setUp()
    twin.say({
      tools: [
        { name: 'weather', arguments: { town: 'Bern' } },
        { name: 'weather', arguments: { town: 'Basel' } },
      ],
    })
    const first = await provider.generate({ model, messages: hello, tools: [weather] })
    const [bern, basel] = first.toolCalls
    expect(new Set([bern?.id, basel?.id]).size).toBe(2)
    const picture = { type: 'image' as const, data: new Uint8Array([1]), mediaType: 'image/png' }
    await provider.generate({
      model,
      tools: [weather],
      messages: [
        ...hello,
        { role: 'assistant', content: first.content },
        { role: 'tool', toolCall: bern?.id as string, content: [{ type: 'text', text: 'sun' }, picture] },
        { role: 'tool', toolCall: basel?.id as string, content: 'rain' },
        { role: 'user', content: 'And?' },
      ],
    })
    expect(twin.asked()[1]?.messages.map(({ role, text, media, toolCall }) => [role, text, media, toolCall])).toEqual([
      ['user', 'Hello', [], undefined],
      ['assistant', '', [], undefined],
      ['tool', 'sun', [], bern?.id],
      ['tool', 'rain', [], basel?.id],
      ['user', expect.stringContaining(bern?.id as string), ['image:image/png'], undefined],
      ['user', 'And?', [], undefined],
    ])
  })

  it('says in the vendor’s words what was asked', async () => {
    const { twin, provider, bodies } = setUp()
    const parts = [
      { type: 'text' as const, text: 'Look' },
      { type: 'image' as const, url: 'https://example.com/a.png', detail: 'low' as const },
      { type: 'file' as const, data: new Uint8Array([37, 80, 68, 70]), mediaType: 'application/pdf', name: 'bill.pdf' },
      { type: 'audio' as const, data: new Uint8Array(16), mediaType: 'audio/wav' },
    ]
    await provider.generate({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: parts }],
      tools: [{ ...weather, strict: true }],
      toolChoice: { tool: 'weather' },
      parallelTools: false,
      maxOutputTokens: 50,
      temperature: 0.5,
      topP: 0.9,
      stop: ['END'],
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: -1,
      user: 'u-1',
    })
    expect(bodies()[0]).toEqual({
      model: 'gpt-4o',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
            { type: 'file', file: { filename: 'bill.pdf', file_data: 'data:application/pdf;base64,JVBERg==' } },
            { type: 'input_audio', input_audio: { data: 'AAAAAAAAAAAAAAAAAAAAAA==', format: 'wav' } },
          ],
        },
      ],
      tools: [{ type: 'function', function: { ...weather, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      parallel_tool_calls: false,
      max_completion_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['END'],
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      safety_identifier: 'u-1',
    })
    expect(twin.asked()).toHaveLength(1)
  })
})

describe('JSON', () => {
  const schema = { type: 'object', properties: { town: { type: 'string' } }, required: ['town'], additionalProperties: false }

  it('of a schema is guaranteed where the vendor can, and parsed', async () => {
    const { twin, provider, model, bodies } = setUp()
    twin.say({ text: '{"town":"Bern"}' }, { text: '{"town":"Bern"}' })
    const output = { schema, name: 'place' }
    const answer = await provider.generate({ model, messages: hello, output })
    expect(answer.object).toEqual({ town: 'Bern' })
    expect(answer.warnings).toBeUndefined()
    expect(bodies()[0]?.response_format).toEqual({ type: 'json_schema', json_schema: { ...output, strict: true } })
    const loose = await provider.generate({ model, messages: hello, output: { schema: { type: 'object', properties: {} } } })
    expect(bodies()[1]?.response_format.json_schema).toMatchObject({ strict: false, name: 'answer' })
    expect(loose.warnings).toEqual(['schema_not_strict'])
  })

  it('of any shape is asked for by the word that the vendor insists on', async () => {
    const { twin, provider, model, bodies } = setUp()
    twin.say({ text: '{"a":1}' }, { text: '{"a":2}' })
    expect((await provider.generate({ model, messages: hello, output: 'json' })).object).toEqual({ a: 1 })
    expect(bodies()[0]?.response_format).toEqual({ type: 'json_object' })
    expect(bodies()[0]?.messages[0]).toEqual({ role: 'system', content: 'Answer with one JSON object.' })
    await provider.generate({ model, messages: [{ role: 'user', content: 'JSON please' }], output: 'json' })
    expect(bodies()[1]?.messages).toHaveLength(1)
  })

  it('that is none is an error, not an answer', async () => {
    const { twin, provider, model } = setUp()
    twin.say({ text: 'No.' }, { text: 'No.' })
    expect(await failure(provider.generate({ model, messages: hello, output: { schema } }))).toMatchObject({
      code: 'not_json',
      fault: 'provider',
      effect: 'none',
    })
    expect(twin.requests()).toHaveLength(1)
  })
})

describe('thinking', () => {
  it.each([
    ['gpt-5.4', 'off', 'none', undefined],
    ['gpt-5.1', 'off', 'none', undefined],
    ['gpt-5-mini', 'off', 'minimal', ['thinking_not_off']],
    ['o3', 'off', 'low', ['thinking_not_off']],
    ['gpt-4o', 'off', undefined, undefined],
    ['gpt-5.4', 'low', 'low', undefined],
    ['o4-mini', 'medium', 'medium', undefined],
    ['gpt-5-nano', 'high', 'high', undefined],
  ] as const)('%s, %s: %s', async (model, thinking, word, warnings) => {
    const { twin, provider, bodies } = setUp({ api: 'chat' })
    const answer = await provider.generate({ model, messages: hello, thinking })
    expect(bodies()[0]?.reasoning_effort).toBe(word)
    expect(answer.warnings).toEqual(warnings)
    expect(twin.requests()).toHaveLength(1)
  })

  it('is refused before anything is sent where the model does not think', async () => {
    const { twin, provider } = setUp()
    expect(await failure(provider.generate({ model: 'gpt-4o', messages: hello, thinking: 'high' }))).toMatchObject({
      code: 'unsupported',
      field: 'thinking',
      elsewhere: true,
    })
    expect(twin.requests()).toEqual([])
  })

  it.each([
    ['gpt-6-luna', undefined, 'none', ['thinking_off_for_tools']],
    ['gpt-5.6-terra', 'off', 'none', undefined],
    ['gpt-5.6-terra', 'low', 'thinking', undefined],
    ['gpt-5.4-mini', undefined, undefined, undefined],
    ['gpt-5.4-mini', 'off', undefined, undefined],
    ['gpt-5.4-mini', 'high', 'thinking', undefined],
    ['gpt-6-astra', undefined, 'tools', undefined],
    ['gpt-5-pro', undefined, 'model', undefined],
    ['gpt-5.1-codex-max', 'low', 'model', undefined],
    ['gpt-5.1', 'low', 'low', undefined],
    ['gpt-5-mini', 'low', 'low', undefined],
  ] as const)('with tools, %s, %s: %s', async (model, thinking, word, warnings) => {
    const server = serving(() => Response.json(answer({ content: 'Yes' })))
    const ask = server
      .openai({ api: 'chat' })
      .generate({ model, messages: hello, tools: [weather], ...(thinking === undefined ? {} : { thinking }) })
    if (word === 'thinking' || word === 'tools' || word === 'model') {
      expect(await failure(ask)).toMatchObject({ code: 'unsupported', field: word, elsewhere: true })
      expect(server.seen).toEqual([])
      return
    }
    expect((await ask).warnings).toEqual(warnings)
    expect(server.seen[0]?.body.reasoning_effort).toBe(word)
  })

  it('is counted as part of the output', async () => {
    const { twin, provider } = setUp({ api: 'chat' })
    twin.say({ thinks: 'Hm, what do they want?', text: 'Yes.' })
    const { usage } = await provider.generate({ model: 'gpt-5.4', messages: hello, thinking: 'high' })
    expect(usage?.reasoning).toBe(twin.generated()[0]?.usage.reasoning)
    expect(usage?.output).toBe(twin.generated()[0]?.usage.output)
  })
})

describe('what OpenAI cannot', () => {
  it.each([
    [{ type: 'file' as const, url: 'https://example.com/a.pdf', mediaType: 'application/pdf' }, 'messages.0.content'],
    [{ type: 'audio' as const, data: new Uint8Array(4), mediaType: 'audio/ogg' }, 'messages.0.content'],
  ])('is refused before anything is sent: %o', async (part, field) => {
    const { twin, provider, model } = setUp()
    const error = await failure(provider.generate({ model, messages: [{ role: 'user', content: [part] }] }))
    expect(error).toMatchObject({ code: 'unsupported', field, elsewhere: true })
    expect(twin.requests()).toEqual([])
  })
})

describe('a stream', () => {
  it('begins with who answers, and asks for usage', async () => {
    const { twin, provider, model, bodies } = setUp()
    const pieces = await all(provider.stream({ model, messages: hello }))
    expect(pieces[0]).toMatchObject({ type: 'start', provider: 'openai', model: expect.stringContaining(model) })
    expect(pieces.at(-1)).toMatchObject({ type: 'finish', finish: 'stop', usage: expect.anything(), cost: expect.anything() })
    expect(bodies()[0]).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(twin.requests()).toHaveLength(1)
  })

  it.each([
    ['cut', 'stream_broken'],
    ['error', 'vendor_error'],
    ['end', 'stream_truncated'],
    ['malformed', 'stream_broken'],
    ['stall', 'first_output_timeout'],
  ] as const)('that breaks before its first output (%s) has no effect: %s', async (kind, code) => {
    const { twin, provider, model } = setUp()
    twin.breakStream({ kind, pieces: 0 })
    twin.breakStream({ kind, pieces: 0 })
    expect(await failure(all(provider.stream({ model, messages: hello })))).toMatchObject({ code, effect: 'none' })
  })

  it.each([['cut'], ['error'], ['end'], ['malformed'], ['stall']] as const)(
    'that breaks in the middle (%s) is never an end',
    async (kind) => {
      const { twin, provider, model } = setUp()
      twin.say({ text: 'one two three four' })
      twin.breakStream({ kind, pieces: 2 })
      let text = ''
      const read = async () => {
        for await (const piece of provider.stream({ model, messages: hello })) if (piece.type === 'text') text += piece.text
      }
      expect(await failure(read())).toMatchObject({ code: 'stream_interrupted', effect: 'unknown' })
      expect(text).toBe('one two')
      expect(twin.requests()).toHaveLength(1)
    },
  )

  it('that nobody reads any more is stopped at the vendor', async () => {
    const { twin, provider, model } = setUp()
    twin.say({ text: 'one two three four five six seven' })
    for await (const piece of provider.stream({ model, messages: hello })) if (piece.type === 'text') break
    expect(twin.generated()).toMatchObject([{ left: true, whole: false }])
    expect(twin.generated()[0]?.pieces).toBeLessThan(4)
  })

  it('ends when its signal says so, at the vendor too', async () => {
    const { twin, provider, model } = setUp()
    twin.say({ text: 'one two three four five six seven' })
    const stop = new AbortController()
    const read = async () => {
      for await (const piece of provider.stream({ model, messages: hello }, { signal: stop.signal })) {
        if (piece.type === 'text') stop.abort()
      }
    }
    expect(await failure(read())).toMatchObject({ code: 'cancelled', fault: 'cancelled' })
    expect(twin.generated()).toMatchObject([{ left: true }])
  })
})
