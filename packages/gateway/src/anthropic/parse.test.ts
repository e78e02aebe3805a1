import { describe, expect, it } from 'vitest'
import { messages } from './messages.ts'
import { translateMessages } from './parse.ts'

const ask = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }
const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AQID' } }

describe('translateMessages', () => {
  it('keeps a whole conversation', () => {
    const translated = translateMessages({
      ...ask,
      system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Look' }, png] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm', signature: 'seal' },
            { type: 'redacted_thinking', data: 'do.google.hidden' },
            { type: 'text', text: 'I ask' },
            { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Rome' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'down' }], is_error: true },
            { type: 'text', text: 'And now?' },
          ],
        },
      ],
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
    })
    expect(translated).toEqual({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be kind.', cache: '1h' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', data: new Uint8Array([1, 2, 3]), mediaType: 'image/png' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm', signature: 'seal', signedBy: 'anthropic' },
            { type: 'reasoning', text: '', redacted: 'hidden', signedBy: 'google' },
            { type: 'text', text: 'I ask' },
            { type: 'tool_call', id: 't1', name: 'weather', arguments: '{"city":"Rome"}' },
          ],
        },
        { role: 'tool', toolCall: 't1', content: [{ type: 'text', text: 'down' }], isError: true },
        { role: 'user', content: [{ type: 'text', text: 'And now?' }] },
      ],
      maxOutputTokens: 10,
      stop: ['END'],
      user: 'u1',
    })
  })

  it.each([
    [{ thinking: { type: 'disabled' } }, 'off'],
    [{ thinking: { type: 'enabled', budget_tokens: 4_096 } }, 'low'],
    [{ thinking: { type: 'enabled', budget_tokens: 16_384 } }, 'medium'],
    [{ thinking: { type: 'enabled', budget_tokens: 32_000 } }, 'high'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } }, 'medium'],
    [{ output_config: { effort: 'low' } }, 'low'],
  ])('%j thinks %s', (more, level) => {
    expect(translateMessages({ ...ask, ...more }).thinking).toBe(level)
  })

  it.each([
    [{ tool_choice: { type: 'any', disable_parallel_tool_use: true } }, { toolChoice: 'required', parallelTools: false }],
    [{ tool_choice: { type: 'tool', name: 'weather' } }, { toolChoice: { tool: 'weather' } }],
  ])('%j', (more, expected) => {
    const tools = [{ name: 'weather', input_schema: { type: 'object' }, strict: true }]
    expect(translateMessages({ ...ask, ...more, tools })).toMatchObject({
      ...expected,
      tools: [{ name: 'weather', strict: true }],
    })
  })

  it.each([
    [{ top_k: 4 }, 'top_k'],
    [{ mcp_servers: [{}] }, 'mcp_servers'],
    [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools.0.type'],
    [{ stop_sequences: ['1', '2', '3', '4', '5'] }, 'stop_sequences'],
    [{ output_config: { effort: 'max' } }, 'output_config.effort'],
    [{ messages: [{ role: 'user', content: [{ type: 'search_result' }] }] }, 'messages.0.content.0.type'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 'x', citations: [{}] }] }] }, 'messages.0.content.0.citations'],
    [
      { messages: [{ role: 'user', content: [{ ...png, source: { type: 'file', file_id: 'f' } }] }] },
      'messages.0.content.0.source.type',
    ],
  ])('refuses %j, which would be lost', (more, param) => {
    expect(() => translateMessages({ ...ask, ...more })).toThrow(
      expect.objectContaining({ param, code: 'unsupported_parameter' }),
    )
  })

  it("tells a conversation that carries another vendor's seals", () => {
    const thought = (signature: string) => ({
      ...ask,
      messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: '', signature }] }],
    })
    expect(messages.isForeign(ask)).toBe(false)
    expect(messages.isForeign(thought('EqQBCgIYAhIM'))).toBe(false)
    expect(messages.isForeign(thought('do.google.abc'))).toBe(true)
  })
})
