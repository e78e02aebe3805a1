import { collect, type GenerateInput } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { openaiCompatibleLlm } from './index.ts'
import { all, answer, chunk, done, events, failure, hello, serving, setUpCompatible } from './test/set-up.ts'

const tools: GenerateInput['tools'] = [
  { name: 'weather', parameters: { type: 'object', properties: { town: { type: 'string' } } } },
  { name: 'time', parameters: { type: 'object', properties: {} } },
]

describe.each(['ollama', 'groq', 'openrouter', 'deepseek', 'vllm'] as const)('%s', (dialect) => {
  it('answers alike, whole and in pieces', async () => {
    const { twin, provider } = setUpCompatible({}, { dialect })
    const said = {
      thinks: 'Hm, so.',
      text: 'Good day 5 times.',
      tools: [
        { name: 'weather', arguments: { town: 'Bern' } },
        { name: 'time', arguments: {} },
      ],
    }
    twin.say(said, said)
    const input = { model: twin.models.thinking as string, messages: hello, tools, thinking: 'high' as const }
    for (const got of [await provider.generate(input), await collect(provider.stream(input))]) {
      expect(got).toMatchObject({
        provider: dialect,
        text: said.text,
        finish: 'tool_calls',
        usage: { output: twin.generated()[0]?.usage.output },
      })
      expect(got.content[0]).toMatchObject({ type: 'reasoning', text: said.thinks })
      expect(got.toolCalls.map(({ name, arguments: given }) => [name, JSON.parse(given)])).toEqual([
        ['weather', { town: 'Bern' }],
        ['time', {}],
      ])
      expect(new Set(got.toolCalls.map(({ id }) => id)).size).toBe(2)
    }
    expect(twin.requests()).toHaveLength(2)
  })

  it('is relayed', async () => {
    const { twin, provider } = setUpCompatible({}, { dialect })
    const body = { messages: [{ role: 'user', content: 'Hello' }], stream: true }
    const pieces = await all(provider.relay({ model: twin.models.chat, wire: 'openai.chat', body }))
    expect(pieces.at(-1)).toMatchObject({ type: 'finish', finish: 'stop', usage: { output: expect.any(Number) } })
  })

  it('that does not have the model says so', async () => {
    const { provider } = setUpCompatible({}, { dialect })
    expect(await failure(provider.generate({ model: 'gone', messages: hello }))).toMatchObject({
      code: expect.stringMatching(/^(model_not_found|invalid_input)$/),
    })
  })

  it.each(['context_length', 'insufficient_quota', 'overloaded', 'model_not_found'] as const)(
    'refuses typed: %s',
    async (why) => {
      const { twin, provider, model } = setUpCompatible({}, { dialect })
      for (let i = 0; i < 2; i++) twin.refuseNext(why)
      const error = await failure(provider.generate({ model, messages: hello }))
      // vLLM and the like say "insufficient quota" with the status alone, which is that of a rate limit.
      expect([why, why === 'insufficient_quota' ? 'rate_limited' : why]).toContain(error.code)
    },
  )
})

describe('odd servers', () => {
  it.each([
    { numericContent: true },
    { jsonToStream: true },
    { usage: 'never' as const },
    { toolIndexes: 'zero' as const, toolArguments: 'whole' as const },
    { toolIds: 'missing' as const },
    { toolIds: 'missing' as const, toolIndexes: 'zero' as const, toolArguments: 'whole' as const },
    { comment: ': still there' },
  ])('are understood: %o', async (quirks) => {
    const { twin, provider, model } = setUpCompatible({}, { quirks })
    twin.say({
      text: 'In 1984 there were 5',
      tools: [
        { name: 'weather', arguments: { town: 'A' } },
        { name: 'weather', arguments: { town: 'B' } },
      ],
    })
    const got = await collect(provider.stream({ model, messages: hello, tools }))
    expect(got.text).toBe('In 1984 there were 5')
    expect(got.toolCalls.map((call) => JSON.parse(call.arguments))).toEqual([{ town: 'A' }, { town: 'B' }])
    expect(new Set(got.toolCalls.map(({ id }) => id)).size).toBe(2)
    expect(got.finish).toBe('tool_calls')
    if ('usage' in quirks) expect(got.usage).toBeUndefined()
  })

  it('whose first event is the error are asked no more, or another instead', async () => {
    const { twin, provider, model } = setUpCompatible({}, { quirks: { refusesInStream: true } })
    twin.refuseNext('context_length')
    expect(await failure(all(provider.stream({ model, messages: hello })))).toMatchObject({
      code: 'context_length',
      elsewhere: true,
    })
  })

  const streamed = (...chunks: readonly (string | object)[]) => {
    const server = serving(() => events(...chunks))
    return collect(server.compatible().stream({ model: 'm', messages: hello, tools }))
  }
  const call = (index: number | undefined, id: string | undefined, name?: string, given?: unknown) => ({
    index,
    id,
    function: { name, arguments: given },
  })

  it('say one index twice in a chunk, or none, or arguments as an object', async () => {
    const twice = await streamed(
      chunk({ tool_calls: [call(0, 'a', 'weather', ''), call(0, undefined, undefined, '{"town"')] }),
      chunk({ tool_calls: [call(0, undefined, undefined, ':1}')] }, 'tool_calls'),
      done,
    )
    expect(twice.toolCalls).toMatchObject([{ id: 'a', arguments: '{"town":1}' }])
    const none = await streamed(
      chunk({ tool_calls: [call(undefined, 'a', 'weather', { town: 1 })] }),
      chunk({ tool_calls: [call(undefined, 'b', 'time', '')] }, 'stop'),
      done,
    )
    expect(none).toMatchObject({
      finish: 'tool_calls',
      toolCalls: [
        { id: 'a', arguments: '{"town":1}' },
        { id: 'b', arguments: '{}' },
      ],
    })
  })

  it('give two calls the same id, or count from elsewhere', async () => {
    const got = await streamed(
      chunk({ tool_calls: [call(3, 'same', 'weather', '{}')] }),
      chunk({ tool_calls: [call(7, 'same', 'time', '{}')] }, 'tool_calls'),
      done,
    )
    expect(got.toolCalls.map(({ id }) => id)).toEqual(['same', 'call_chatcmpl-1_1'])
  })

  it('send no id, no model, empty chunks, pings with foreign data and usage more than once', async () => {
    const usage = (completion_tokens: number) => ({ prompt_tokens: 3, completion_tokens, total_tokens: 3 + completion_tokens })
    const got = await streamed(
      '\uFEFFevent: ping\ndata: {"type":"ping"}\n\n',
      { choices: [], prompt_filter_results: [] },
      { choices: [{ delta: { content: '' } }], usage: usage(1) },
      { choices: [{ delta: { content: 'Yes' } }], usage: usage(2) },
      { choices: [{ delta: null, finish_reason: 'stop' }], usage: usage(3) },
      done,
    )
    expect(got).toMatchObject({ id: '', model: 'm', text: 'Yes', usage: { input: 3, output: 3 } })
  })

  it('think in parts of the content, or count thinking beside the answer', async () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
      { type: 'text', text: 'Yes' },
    ]
    const usage = {
      prompt_tokens: 5,
      completion_tokens: 2,
      total_tokens: 17,
      completion_tokens_details: { reasoning_tokens: 10 },
    }
    const server = serving(() => Response.json(answer({ content: parts }, 'stop', { usage })))
    const got = await server.compatible().generate({ model: 'm', messages: hello })
    expect(got.content).toEqual([
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'Yes' },
    ])
    expect(got.usage).toEqual({ input: 5, cacheRead: 0, cacheWrite: 0, output: 12, reasoning: 10 })
  })

  it('say the same thoughts under several names, or in details alone', async () => {
    const said = [
      { reasoning_content: 'Hm', reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] },
      { reasoning_content: '', reasoning: 'Hm' },
      { reasoning: null, reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm' }, null] },
    ]
    for (const thoughts of said) {
      const got = await streamed(chunk(thoughts), chunk({ content: 'Yes' }, 'stop'), done)
      expect(got.content[0]).toEqual({ type: 'reasoning', text: 'Hm' })
    }
  })

  it('give no reason for the end of a whole answer, which is counted all the same', async () => {
    const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 }
    const calls = [{ id: 'a', function: { name: 'time', arguments: {} } }]
    for (const [message, finish] of [
      [{ content: 'Yes' }, 'other'],
      [{ content: null, tool_calls: calls }, 'tool_calls'],
    ] as const) {
      const server = serving(() => Response.json(answer(message, null, { usage, error: '' })))
      const provider = server.compatible()
      expect(await provider.generate({ model: 'm', messages: hello, tools })).toMatchObject({ finish, usage: { output: 1 } })
      expect(await collect(provider.stream({ model: 'm', messages: hello, tools }))).toMatchObject({
        finish,
        usage: { output: 1 },
      })
    }
  })

  it('that answer a page, a list, nothing or half of it have not answered', async () => {
    const answers = [
      new Response('<html>Sign in</html>', { headers: { 'content-type': 'text/html' } }),
      Response.json([]),
      Response.json({}),
      new Response('{"id":', { headers: { 'content-type': 'application/json' } }),
    ]
    for (const response of answers) {
      const server = serving(() => response.clone())
      const ask = server.compatible().generate({ model: 'm', messages: hello })
      expect(await failure(ask)).toMatchObject({ code: 'unreadable_answer', fault: 'provider' })
      expect(await failure(all(server.compatible().stream({ model: 'm', messages: hello })))).toMatchObject({ fault: 'provider' })
    }
  })
})

describe('sealed thoughts', () => {
  const details = [
    { type: 'reasoning.text', text: 'So it', index: 0, format: 'anthropic-claude-v1' },
    { type: 'reasoning.text', text: ' is.', index: 0, format: 'anthropic-claude-v1' },
    { type: 'reasoning.text', signature: 'SEAL', index: 0, format: 'anthropic-claude-v1' },
    { type: 'reasoning.encrypted', data: 'LOCKED', index: 1, format: 'openai-responses-v1' },
  ]

  it('come back as they were, and only to whoever sealed them', async () => {
    const server = serving((body) =>
      body.stream === true
        ? events(
            ...details.map((detail) => chunk({ reasoning: detail.text, reasoning_details: [detail] })),
            chunk(
              {
                tool_calls: [
                  {
                    index: 0,
                    id: 'a',
                    function: { name: 'time', arguments: '{}' },
                    extra_content: { google: { thought_signature: 'G' } },
                  },
                ],
              },
              'tool_calls',
            ),
            done,
          )
        : Response.json(answer({ content: 'Noon.' })),
    )
    const router = server.compatible({ name: 'router' })
    const { content } = await collect(router.stream({ model: 'm', messages: hello, tools }))
    expect(content[0]).toMatchObject({ type: 'reasoning', text: 'So it is.', signedBy: 'router' })
    const messages = [
      ...hello,
      { role: 'assistant' as const, content },
      { role: 'tool' as const, toolCall: 'a', content: 'noon' },
    ]
    await router.generate({ model: 'm', messages, tools })
    const { text: _, ...sealed } = details[2] as (typeof details)[number]
    expect(server.seen[1]?.body.messages[1]).toEqual({
      role: 'assistant',
      content: null,
      reasoning_details: [{ ...sealed, text: 'So it is.' }, details[3]],
      tool_calls: [
        {
          id: 'a',
          type: 'function',
          function: { name: 'time', arguments: '{}' },
          extra_content: { google: { thought_signature: 'G' } },
        },
      ],
    })
    const other = server.compatible({ name: 'other', thoughtsField: 'reasoning_content' })
    expect((await other.generate({ model: 'm', messages, tools })).warnings).toEqual(['signed_reasoning_dropped'])
    expect(JSON.stringify(server.seen[2]?.body)).not.toMatch(/SEAL|LOCKED|thought_signature/)
  })

  it('that are not sealed go back only where the option says', async () => {
    const server = serving(() => Response.json(answer({ content: 'Yes' })))
    const messages = [
      ...hello,
      {
        role: 'assistant' as const,
        content: [
          { type: 'reasoning' as const, text: 'Hm' },
          { type: 'text' as const, text: 'No' },
        ],
      },
    ]
    await server.compatible().generate({ model: 'm', messages })
    await server.compatible({ thoughtsField: 'reasoning_content' }).generate({ model: 'm', messages })
    expect(server.seen.map(({ body }) => body.messages[1])).toEqual([
      { role: 'assistant', content: 'No' },
      { role: 'assistant', content: 'No', reasoning_content: 'Hm' },
    ])
  })
})

describe('options', () => {
  it('name the vendor, its key, headers and fields', async () => {
    const server = serving(() => Response.json(answer({ content: 'Yes' })))
    const at = {
      headers: { 'X-Title': 'App' },
      maxTokensField: 'max_completion_tokens' as const,
      baseUrl: 'https://llm.example.com/api/v1/',
    }
    const provider = server.compatible({ ...at, thinking: { off: { thinking: { type: 'disabled' } } } })
    const ask = { model: 'm', messages: hello, maxOutputTokens: 9, user: 'u' }
    const got = await provider.generate({ ...ask, thinking: 'off' })
    expect([provider.name, got.provider, got.warnings]).toEqual(['openai-compatible', 'openai-compatible', undefined])
    const { request, body } = server.seen[0] as (typeof server.seen)[number]
    expect(request.url).toBe('https://llm.example.com/api/v1/chat/completions')
    expect([request.headers.get('x-title'), request.headers.get('authorization')]).toEqual(['App', null])
    expect(body).toEqual({ model: 'm', messages: hello, max_completion_tokens: 9, user: 'u', thinking: { type: 'disabled' } })
    await server.compatible().generate({ ...ask, thinking: 'off' })
    expect(server.seen[1]?.body).toMatchObject({ max_tokens: 9, reasoning_effort: 'none' })
    const streams = serving(() => events(chunk({ content: 'Yes' }, 'stop'), done))
    await collect(streams.compatible({ streamUsage: false, apiKey: 'k' }).stream(ask))
    expect(streams.seen[0]?.body.stream_options).toBeUndefined()
    expect(streams.seen[0]?.request.headers.get('authorization')).toBe('Bearer k')
  })

  it('declare what the server can', async () => {
    const server = serving(() => Response.json(answer({ content: 'Yes' })))
    const provider = server.compatible({ capabilities: { tools: false, vision: 'too small', images: true } })
    expect(['tools', 'vision', 'images', 'speech', 'json'].map((name) => provider.supports(name))).toEqual([
      false,
      false,
      true,
      false,
      true,
    ])
    expect(await failure(provider.generate({ model: 'm', messages: hello, tools }))).toMatchObject({ code: 'unsupported' })
    expect(server.seen).toEqual([])
  })

  it('are refused where they are wrong', () => {
    const baseUrl = 'https://llm.example.com/v1'
    for (const [options, code] of [
      [{ baseUrl: 'llm' }, 'invalid_option'],
      [{ baseUrl, vendor: 'My Server' }, 'invalid_provider_name'],
      [{ baseUrl, name: 'a:b' }, 'invalid_provider_name'],
    ] as const) {
      expect(() => openaiCompatibleLlm(options)).toThrow(expect.objectContaining({ code }))
    }
  })
})
