import { collect, type GenerateInput, type Message } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { all, failure, hello, serving, setUp } from './test/set-up.ts'

const weather = {
  name: 'weather',
  description: 'The weather in a town',
  parameters: { type: 'object', properties: { town: { type: 'string' } }, required: ['town'], additionalProperties: false },
}
const responses = { api: 'responses' as const }
const model = 'gpt-6-luna'

describe('the language that is spoken', () => {
  it.each([
    ['gpt-4.1-mini', 'chat/completions'],
    ['gpt-4o', 'chat/completions'],
    ['gpt-5', 'chat/completions'],
    ['gpt-5.1', 'chat/completions'],
    ['o4-mini', 'chat/completions'],
    ['gpt-5.2-chat-latest', 'chat/completions'],
    ['ft:gpt-4.1:acme::1', 'chat/completions'],
    ['my-own', 'chat/completions'],
    ['gpt-5-pro', 'responses'],
    ['gpt-5-codex', 'responses'],
    ['o3-pro', 'responses'],
    ['o4-mini-deep-research', 'responses'],
    ['gpt-5.2', 'responses'],
    ['gpt-5.4-mini', 'responses'],
    ['gpt-6-astra', 'responses'],
    ['gpt-6.2-sol', 'responses'],
    ['gpt-7', 'responses'],
    ['ft:gpt-5.4:acme::1', 'responses'],
  ])('%s: %s', async (asked, path) => {
    const server = serving(() => Response.json({}))
    await failure(server.openai().generate({ model: asked, messages: hello }))
    expect(server.seen[0]?.request.url).toBe(`https://api.openai.com/v1/${path}`)
  })

  it('is chosen by the option, too', async () => {
    const server = serving(() => Response.json({}))
    await failure(server.openai({ api: 'chat' }).generate({ model, messages: hello }))
    await failure(server.openai(responses).generate({ model: 'gpt-4o', messages: hello }))
    await failure(server.compatible().generate({ model, messages: hello }))
    await failure(server.compatible(responses).generate({ model: 'qwen', messages: hello }))
    const paths = server.seen.map(({ request }) => new URL(request.url).pathname)
    const [chat, other] = ['/v1/chat/completions', '/v1/responses']
    expect(paths.filter((path, index) => path !== paths[index - 1])).toEqual([chat, other, chat, other])
  })

  it('says what it lacks', async () => {
    const { openai } = serving(() => Response.json({}))
    for (const missing of ['seed', 'audio-input', 'relay:openai.chat']) {
      expect([openai().supports(missing), openai(responses).supports(missing)]).toEqual([true, false])
    }
  })
})

describe('a request', () => {
  it('says in the words of Responses what was asked, and lets nothing be stored', async () => {
    const { twin, provider, bodies } = setUp({ thoughts: 'concise' })
    const png = { type: 'image' as const, data: new Uint8Array([1]), mediaType: 'image/png' }
    await provider.generate({
      model,
      messages: [
        { role: 'system', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', url: 'https://example.com/a.png', detail: 'low' },
            { type: 'file', data: new Uint8Array([37, 80, 68, 70]), mediaType: 'application/pdf', name: 'bill.pdf' },
            { type: 'file', url: 'https://example.com/a.pdf', mediaType: 'application/pdf' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'One ' },
            { type: 'text', text: 'moment.' },
            { type: 'tool_call', id: 'call_1', name: 'weather', arguments: '' },
          ],
        },
        { role: 'tool', toolCall: 'call_1', content: [{ type: 'text', text: 'sun' }, png] },
      ],
      tools: [weather, { ...weather, name: 'climate', strict: true }],
      toolChoice: { tool: 'climate' },
      parallelTools: false,
      output: { schema: weather.parameters, name: 'place' },
      thinking: 'high',
      maxOutputTokens: 500,
      user: 'u-1',
    })
    expect(bodies()[0]).toEqual({
      model,
      input: [
        { role: 'developer', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look' },
            { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'low' },
            { type: 'input_file', filename: 'bill.pdf', file_data: 'data:application/pdf;base64,JVBERg==' },
            { type: 'input_file', file_url: 'https://example.com/a.pdf' },
          ],
        },
        { role: 'assistant', content: 'One moment.' },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' },
        {
          type: 'function_call_output',
          call_id: 'call_1',
          output: [
            { type: 'input_text', text: 'sun' },
            { type: 'input_image', image_url: 'data:image/png;base64,AQ==', detail: 'auto' },
          ],
        },
      ],
      tools: [
        { type: 'function', ...weather, strict: false },
        { type: 'function', ...weather, name: 'climate', strict: true },
      ],
      tool_choice: { type: 'function', name: 'climate' },
      parallel_tool_calls: false,
      text: { format: { type: 'json_schema', name: 'place', schema: weather.parameters, strict: true } },
      reasoning: { effort: 'high', summary: 'concise' },
      max_output_tokens: 500,
      safety_identifier: 'u-1',
      store: false,
      include: ['reasoning.encrypted_content'],
    })
    expect(twin.asked()).toHaveLength(1)
  })

  it('asks for JSON of any shape by the word that the vendor insists on', async () => {
    const { twin, provider, bodies } = setUp(responses)
    twin.say({ text: '{"a":1}' })
    expect((await provider.generate({ model, messages: hello, output: 'json' })).object).toEqual({ a: 1 })
    expect(bodies()[0]).toMatchObject({ text: { format: { type: 'json_object' } }, input: [{ role: 'system' }, {}] })
  })

  it.each<[Partial<GenerateInput>, string]>([
    [{ stop: ['END'] }, 'stop'],
    [{ maxOutputTokens: 15 }, 'maxOutputTokens'],
    [
      { messages: [{ role: 'user', content: [{ type: 'audio', data: new Uint8Array(4), mediaType: 'audio/wav' }] }] },
      'messages.0.content',
    ],
  ])('for what Responses lack is refused before anything is sent: %o', async (wish, field) => {
    const { twin, provider } = setUp()
    const error = await failure(provider.generate({ model, messages: hello, ...wish }))
    expect(error).toMatchObject({ code: 'unsupported', field, elsewhere: true })
    expect(twin.requests()).toEqual([])
  })

  it('warns of what it leaves out', async () => {
    const { provider } = setUp()
    const messages: Message[] = [{ role: 'user', content: 'Hi', name: 'anna' }]
    const { warnings } = await provider.generate({ model, messages, seed: 0, presencePenalty: 1, frequencyPenalty: -1 })
    expect(warnings).toEqual(['seed_ignored', 'presence_penalty_ignored', 'frequency_penalty_ignored', 'name_ignored'])
  })

  it.each([
    ['gpt-6-luna', undefined, undefined, undefined, true],
    ['gpt-6-luna', 'off', 'none', undefined, false],
    ['gpt-6-luna', 'low', 'low', undefined, true],
    ['gpt-6-astra', 'off', 'low', ['thinking_not_off'], true],
    ['gpt-5.4-mini', 'high', 'high', undefined, true],
    ['gpt-5-pro', 'high', 'high', undefined, true],
    ['gpt-5-pro', 'off', 'high', ['thinking_not_off'], true],
    ['gpt-5-mini', 'off', 'minimal', ['thinking_not_off'], true],
    ['gpt-4.1-mini', undefined, undefined, undefined, false],
  ] as const)('thinks beside tools: %s, %s', async (asked, thinking, effort, warnings, thinks) => {
    const { provider, bodies } = setUp(responses)
    const wish = thinking === undefined ? {} : { thinking }
    const answer = await provider.generate({ model: asked, messages: hello, tools: [weather], ...wish })
    expect(bodies()[0]?.reasoning).toEqual(effort && { effort })
    expect(bodies()[0]?.include).toEqual(thinks ? ['reasoning.encrypted_content'] : undefined)
    expect(answer.warnings).toEqual(warnings)
  })
})

describe('thoughts', () => {
  it('are sealed, and go back as they came, between what they led to', async () => {
    const { twin, provider, bodies } = setUp({ thoughts: 'auto' })
    twin.say({ thinks: 'Bern, then.', text: 'I look.', tools: [{ name: 'weather', arguments: { town: 'Bern' } }] })
    const ask = { model, tools: [weather] }
    const first = await collect(provider.stream({ ...ask, messages: hello }))
    expect(first.content.map(({ type }) => type)).toEqual(['reasoning', 'text', 'tool_call'])
    const [thought] = first.content
    expect(thought).toMatchObject({ text: 'Bern, then.', signature: expect.stringMatching(/^gAAAAAB/), signedBy: 'openai' })
    const result: Message = { role: 'tool', toolCall: first.toolCalls[0]?.id as string, content: 'sun' }
    await provider.generate({ ...ask, messages: [...hello, { role: 'assistant', content: first.content }, result] })
    const { input } = bodies()[1] as unknown as { input: readonly { type?: string }[] }
    expect(input.slice(1, 3)).toEqual([
      {
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'Bern, then.' }],
        encrypted_content: thought?.type === 'reasoning' ? thought.signature : '',
      },
      { role: 'assistant', content: 'I look.' },
    ])
    expect(input.map(({ type }) => type)).toEqual([undefined, 'reasoning', undefined, 'function_call', 'function_call_output'])
  })

  it('that led to nothing are left out, as are those without a seal', async () => {
    const { provider, bodies } = setUp()
    const sealed = { type: 'reasoning' as const, text: '', signature: 'gAAAAABx', signedBy: 'openai' }
    const messages: Message[] = [
      ...hello,
      { role: 'assistant', content: [{ type: 'reasoning', text: 'Hm' }, { type: 'text', text: 'Yes' }, sealed] },
      { role: 'user', content: 'And?' },
    ]
    await provider.generate({ model, messages })
    expect((bodies()[0] as unknown as { input: unknown[] }).input).toHaveLength(3)
  })

  it('are not shown unless they are asked for', async () => {
    const { twin, provider } = setUp()
    twin.say({ thinks: 'Secret.', text: 'Yes.' })
    const { content, usage } = await provider.generate({ model, messages: hello })
    expect(content).toMatchObject([{ type: 'reasoning', text: '' }, { type: 'text' }])
    expect(usage?.reasoning).toBeGreaterThan(0)
  })
})

describe('a relay', () => {
  const body = { messages: hello, tools: [{ type: 'function', function: weather }] }
  const relay = (asked: string, more: object = {}) => {
    const { twin, provider } = setUp()
    const listen = async () => all(provider.relay({ model: asked, wire: 'openai.chat', body: { ...body, ...more } }))
    return { twin, listen }
  }

  it.each([
    ['gpt-6-astra', {}, 'tools'],
    ['gpt-6-luna', {}, 'reasoning_effort'],
    ['gpt-6-luna', { reasoning_effort: 'low' }, 'reasoning_effort'],
    ['gpt-5.4-mini', { reasoning_effort: 'low' }, 'reasoning_effort'],
    ['gpt-5-pro', { tools: undefined }, 'model'],
  ])('of what chat completions have not is refused before anything is sent: %s %o', async (asked, more, field) => {
    const { twin, listen } = relay(asked, more)
    expect(await failure(listen())).toMatchObject({ code: 'unsupported', field, elsewhere: true })
    expect(twin.requests()).toEqual([])
  })

  it.each([
    ['gpt-6-astra', { tools: undefined }],
    ['gpt-6-luna', { reasoning_effort: 'none' }],
    ['gpt-5.4-mini', {}],
    ['gpt-5.1', { reasoning_effort: 'low' }],
    ['gpt-4.1-mini', {}],
  ])('of what they have goes on as it is: %s %o', async (asked, more) => {
    const { twin, listen } = relay(asked, more)
    expect((await listen()).at(-1)).toMatchObject({ type: 'finish', finish: 'stop' })
    expect(JSON.parse(twin.requests()[0]?.body ?? '')).toEqual({
      ...JSON.parse(JSON.stringify({ ...body, ...more })),
      model: asked,
    })
  })
})

describe('errors', () => {
  it('name our fields', async () => {
    const { provider, twin } = setUp({ ...responses, deadline: 1_000 })
    twin.refuseNext('context_length')
    expect(await failure(provider.generate({ model, messages: hello }))).toMatchObject({
      code: 'context_length',
      field: 'messages',
    })
    const stolen = { type: 'reasoning' as const, text: '', signature: 'gAAAAABx', signedBy: 'openai' }
    const messages: Message[] = [...hello, { role: 'assistant', content: [stolen, { type: 'text', text: 'Yes' }] }]
    expect(await failure(provider.generate({ model, messages }))).toMatchObject({ code: 'invalid_input', fault: 'caller' })
    const asked = { model: 'gpt-5-pro', messages: hello, thinking: 'low' as const }
    expect(await failure(provider.generate(asked))).toMatchObject({ code: 'unsupported', field: 'thinking', elsewhere: true })
  })
})
