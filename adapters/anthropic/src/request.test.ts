import type { Message } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { failure, hello, setup } from './test/setup.ts'

const png = new Uint8Array([137, 80, 78, 71])
const tool = { name: 'weather', parameters: { type: 'object' as const, properties: {} } }

describe('a conversation in the words of Anthropic', () => {
  it('puts the system first, joins neighbours, and opens a turn with the results of tools', async () => {
    const { llm, sent, twin } = setup()
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather in Bern' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'and in Basel?' },
          { type: 'text', text: '' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          { type: 'tool_call', id: 'call.1', name: 'weather', arguments: '{"city":"Bern"}' },
          { type: 'tool_call', id: 'call_2', name: 'weather', arguments: '' },
        ],
      },
      { role: 'user', content: 'Quick!' },
      { role: 'tool', toolCall: 'call.1', content: 'Sun' },
      { role: 'tool', toolCall: 'call_2', content: [], isError: true },
      { role: 'system', content: 'In German.' },
    ]
    const { warnings } = await llm.generate(hello({ messages, tools: [tool] }))
    expect(warnings).toEqual(['system_moved'])
    expect(sent()).toMatchObject({
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'In German.' },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Weather in Bern' },
            { type: 'text', text: 'and in Basel?' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'call_2e_1', name: 'weather', input: { city: 'Bern' } },
            { type: 'tool_use', id: 'call_2', name: 'weather', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_2e_1', content: [{ type: 'text', text: 'Sun' }] },
            { type: 'tool_result', tool_use_id: 'call_2', is_error: true },
            { type: 'text', text: 'Quick!' },
          ],
        },
      ],
    })
    expect(twin.asked()[0]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user'])
  })

  it('sends pictures and files as Anthropic takes them', async () => {
    const { llm, sent } = setup()
    const text = new TextEncoder().encode('Grüezi')
    await llm.generate(
      hello({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', data: png, mediaType: 'image/png' },
              { type: 'image', url: 'https://example.com/a.jpg' },
              { type: 'file', data: png, mediaType: 'application/pdf', name: 'a.pdf' },
              { type: 'file', url: 'https://example.com/a.pdf', mediaType: 'application/pdf' },
              { type: 'file', data: text, mediaType: 'text/plain' },
            ],
          },
        ],
      }),
    )
    const [{ content }] = sent().messages as [{ content: unknown }]
    expect(content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw==' } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.jpg' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'iVBORw==' }, title: 'a.pdf' },
      { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grüezi' } },
    ])
  })

  it.each<[string, Message[], string, string]>([
    ['only a system', [{ role: 'system', content: 'x' }], 'invalid_input', 'messages'],
    ['nothing', [{ role: 'user', content: '' }], 'invalid_input', 'messages'],
    [
      'arguments cut off',
      [{ role: 'assistant', content: [{ type: 'tool_call', id: 'a', name: 'b', arguments: '{"c' }] }],
      'invalid_input',
      'messages.0.content.0.arguments',
    ],
    [
      'arguments that are a list',
      [{ role: 'assistant', content: [{ type: 'tool_call', id: 'a', name: 'b', arguments: '[1]' }] }],
      'invalid_input',
      'messages.0.content.0.arguments',
    ],
    [
      'a picture of a kind that it does not see',
      [{ role: 'user', content: [{ type: 'image', data: png, mediaType: 'image/tiff' }] }],
      'unsupported',
      'messages.0.content.0.mediaType',
    ],
    [
      'a file of a kind that it does not read',
      [{ role: 'user', content: [{ type: 'file', data: png, mediaType: 'application/zip' }] }],
      'unsupported',
      'messages.0.content.0.mediaType',
    ],
    [
      'an answer that was begun, on a model that does not go on from it',
      [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'I' },
      ],
      'unsupported',
      'messages.1',
    ],
  ])('refuses %s, and sends nothing', async (_, messages, code, field) => {
    const { llm, twin } = setup()
    expect(await failure(llm.generate(hello({ messages })))).toMatchObject({ code, field, effect: 'none', fault: 'caller' })
    expect(twin.requests()).toHaveLength(0)
  })

  it('goes on from a begun answer where the model does', async () => {
    const { llm } = setup()
    const messages: Message[] = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'I' },
    ]
    expect(await llm.generate(hello({ model: 'claude-haiku-4-5', messages }))).toMatchObject({ finish: 'stop' })
  })
})

describe('settings', () => {
  it('keeps the temperature for models that take one, by the version of the API that still has it', async () => {
    const { llm, sent, twin } = setup()
    expect(
      (await llm.generate(hello({ temperature: 0.5, stop: ['END'], user: 'u-1', maxOutputTokens: 7 }))).warnings,
    ).toBeUndefined()
    expect(sent()).toMatchObject({ temperature: 0.5, stop_sequences: ['END'], metadata: { user_id: 'u-1' }, max_tokens: 7 })
    expect(twin.requests()[0]?.headers['anthropic-version']).toBe('2023-06-01')
    expect((await llm.generate(hello({ topP: 0.9 }))).warnings).toBeUndefined()
    expect(sent()).toMatchObject({ top_p: 0.9 })
  })

  it('says what it had to leave out', async () => {
    const { llm, sent, twin } = setup()
    const all = {
      temperature: 1.5,
      topP: 0.5,
      seed: 1,
      presencePenalty: 1,
      frequencyPenalty: 0,
      messages: [{ role: 'user' as const, content: 'x', name: 'Bo' }],
    }
    expect((await llm.generate(hello(all))).warnings).toEqual([
      'name_ignored',
      'seed_ignored',
      'presence_penalty_ignored',
      'top_p_ignored',
      'temperature_limited',
    ])
    expect(sent()).toMatchObject({ temperature: 1 })
    expect((await llm.generate(hello({ model: 'claude-opus-5-5', temperature: 0, topP: 0.1 }))).warnings).toEqual([
      'top_p_ignored',
      'temperature_ignored',
    ])
    expect(twin.requests().at(-1)?.headers['anthropic-version']).toBe('2026-10-21')
  })

  it('chooses tools', async () => {
    const { llm, sent } = setup()
    const choose = async (more: object) => {
      await llm.generate(hello({ tools: [tool], ...more }))
      return sent().tool_choice
    }
    expect(await choose({})).toBeUndefined()
    expect(await choose({ toolChoice: 'auto' })).toEqual({ type: 'auto' })
    expect(await choose({ toolChoice: 'none' })).toEqual({ type: 'none' })
    expect(await choose({ toolChoice: 'required', parallelTools: false })).toEqual({
      type: 'any',
      disable_parallel_tool_use: true,
    })
    expect(await choose({ parallelTools: true })).toEqual({ type: 'auto', disable_parallel_tool_use: false })
    expect(await choose({ toolChoice: { tool: 'weather' } })).toEqual({ type: 'tool', name: 'weather' })
  })

  it.each([
    ['a tool that is not there', { toolChoice: { tool: 'other' } }, 'invalid_input', 'toolChoice.tool', false],
    ['a tool, where there are none', { toolChoice: 'required' as const, tools: [] }, 'invalid_input', 'toolChoice', false],
    [
      'a forced tool while it thinks',
      { toolChoice: 'required' as const, thinking: 'low' as const },
      'unsupported',
      'toolChoice',
      true,
    ],
    [
      'a forced tool on a model that cannot be forced',
      { model: 'claude-opus-5-5', toolChoice: 'required' as const },
      'unsupported',
      'toolChoice',
      true,
    ],
    ['a blank stop', { stop: ['a', ' \n'] }, 'unsupported', 'stop.1', true],
    ['JSON without a schema', { output: 'json' as const }, 'unsupported', undefined, true],
    [
      'to hear',
      { messages: [{ role: 'user' as const, content: [{ type: 'audio' as const, data: png, mediaType: 'audio/wav' }] }] },
      'unsupported',
      undefined,
      true,
    ],
  ])('refuses %s, and sends nothing', async (_, more, code, field, elsewhere) => {
    const { llm, twin } = setup()
    const error = await failure(llm.generate(hello({ tools: [tool], ...more })))
    expect(error).toMatchObject({ code, field, elsewhere, effect: 'none' })
    expect(twin.requests()).toHaveLength(0)
  })

  it('refuses what Anthropic has no models for', async () => {
    const { llm } = setup()
    const model = 'claude-sonnet-4-6'
    for (const call of [
      llm.embed({ model, input: ['x'] }),
      llm.image({ model, prompt: 'x' }),
      llm.speak({ model, text: 'x' }),
      llm.transcribe({ model, audio: png, mediaType: 'audio/wav' }),
    ]) {
      expect(await failure(call)).toMatchObject({ code: 'unsupported', message: expect.stringContaining('Anthropic') })
    }
  })
})
