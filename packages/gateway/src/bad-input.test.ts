import { describe, expect, it } from 'vitest'
import { said, world } from './testing/world.ts'

const tool = (more: object = {}) => ({ type: 'function', function: { name: 'weather', parameters: { type: 'object' }, ...more } })
const hostile = { toString: 1 }
const results = (content: unknown) => [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content }] }]
const chat = said('Hi')
const message = { model: 'claude', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }
const claudeTool = { name: 'weather', input_schema: { type: 'object' } }
const speech = { model: 'tts', input: 'Hi', voice: 'alloy' }

type Case = readonly [path: string, body: unknown, param: string | null, code?: string]

const cases: readonly Case[] = [
  ['chat/completions', '{"model": ', null, 'invalid_json'],
  ['chat/completions', '[]', null, 'invalid_json'],
  ['chat/completions', '', null, 'invalid_json'],
  ['chat/completions', { ...chat, model: undefined }, 'model', 'missing_required_parameter'],
  ['chat/completions', { ...chat, model: 7 }, 'model', 'invalid_type'],
  ['chat/completions', { ...chat, model: 'x'.repeat(300) }, 'model'],
  ['chat/completions', { ...chat, messages: [] }, 'messages'],
  ['chat/completions', { ...chat, messages: 'Hi' }, 'messages'],
  ['chat/completions', { ...chat, messages: [null] }, 'messages.0'],
  ['chat/completions', { ...chat, messages: [{ role: 'robot', content: 'Hi' }] }, 'messages.0.role'],
  ['chat/completions', { ...chat, messages: [{ role: 'user' }] }, 'messages.0.content'],
  ['chat/completions', { ...chat, messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.tool_call_id'],
  ['chat/completions', { ...chat, stream_options: { include_usage: true } }, 'stream_options'],
  // What cannot be turned into text.
  ['chat/completions', said('', { messages: [{ role: 'user', content: [{ type: hostile }] }] }), 'messages.0.content.0.type'],
  [
    'chat/completions',
    said('', { messages: [{ role: 'assistant', content: null, tool_calls: [{ id: 'c', type: hostile }] }] }),
    'messages.0.tool_calls.0.type',
  ],
  ['chat/completions', { ...chat, stream: 'yes' }, 'stream'],
  ['chat/completions', { ...chat, temperature: 3 }, 'temperature'],
  ['chat/completions', { ...chat, n: 0 }, 'n'],
  ['chat/completions', { ...chat, max_tokens: -1 }, 'max_tokens'],
  ['chat/completions', { ...chat, stop: [1] }, 'stop'],
  ['chat/completions', { ...chat, tools: [{}] }, 'tools.0.type'],
  ['chat/completions', { ...chat, tools: [tool({ name: 'has space' })] }, 'tools.0.function.name'],
  [
    'chat/completions',
    { ...chat, tools: [tool({ parameters: { type: 'nonsense' } })] },
    'tools.0.function.parameters',
    'invalid_function_parameters',
  ],
  [
    'chat/completions',
    { ...chat, tools: [tool({ parameters: { type: 'array' } })] },
    'tools.0.function.parameters',
    'invalid_function_parameters',
  ],
  ['chat/completions', { ...chat, tool_choice: 'required' }, 'tool_choice'],
  [
    'chat/completions',
    { ...chat, tools: [tool()], tool_choice: { type: 'function', function: { name: 'other' } } },
    'tool_choice.function.name',
  ],
  ['chat/completions', { ...chat, response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
  [
    'chat/completions',
    { ...chat, response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'x' } } } },
    'response_format.json_schema.schema',
    'invalid_json_schema',
  ],
  ['embeddings', { model: 'e' }, 'input'],
  ['embeddings', { model: 'e', input: [] }, 'input'],
  ['embeddings', { model: 'e', input: ['a', ''] }, 'input.1'],
  ['embeddings', { model: 'e', input: [1, 2, 3] }, 'input', 'unsupported_parameter'],
  ['embeddings', { model: 'e', input: [[1, 2], [3]] }, 'input', 'unsupported_parameter'],
  ['embeddings', { model: 'e', input: 'a', encoding_format: 'hex' }, 'encoding_format'],
  ['embeddings', { model: 'e', input: 'a', truncate: true }, 'truncate', 'unsupported_parameter'],
  ['images/generations', { model: 'i' }, 'prompt'],
  ['images/generations', { model: 'i', prompt: 'x', response_format: 'url' }, 'response_format', 'unsupported_parameter'],
  ['images/generations', { model: 'i', prompt: 'x', size: 'big' }, 'size'],
  ['images/generations', { model: 'i', prompt: 'x', n: 99 }, 'n'],
  ['audio/speech', { ...speech, input: '' }, 'input'],
  ['audio/speech', { ...speech, response_format: 'ogg' }, 'response_format'],
  ['audio/speech', { ...speech, speed: 9 }, 'speed'],
  ['audio/transcriptions', { model: 't' }, null, 'invalid_form'],
]

const anthropic: readonly Case[] = [
  ['messages', 'no JSON', null],
  ['messages', { ...message, max_tokens: undefined }, 'max_tokens'],
  ['messages', { ...message, messages: [] }, 'messages'],
  ['messages', { ...message, messages: [{ role: 'user', content: 7 }] }, 'messages.0.content'],
  ['messages', { ...message, temperature: 1.5 }, 'temperature'],
  ['messages', { ...message, messages: results([{ type: hostile }]) }, 'messages.0.content.0.content.0.type'],
  ['messages', { ...message, messages: results(7) }, 'messages.0.content.0.content'],
  ['messages', { ...message, tools: [{ name: 'x' }] }, 'tools.0.input_schema'],
  ['messages', { ...message, tool_choice: { type: 'any' } }, 'tool_choice'],
  ['messages', { ...message, tools: [claudeTool], tool_choice: { type: 'tool', name: 'other' } }, 'tool_choice.name'],
]

describe('bad input is refused, nobody is asked, nothing is opened', () => {
  it.each(cases)('%s %j', async (path, body, param, code) => {
    const { post, asks, twin } = world()
    const response = await post(`/v1/${path}`, body)
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({ type: 'invalid_request_error', param, message: expect.any(String) })
    if (code !== undefined) expect(error.code).toBe(code)
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
    expect([asks, twin.requests()]).toEqual([[], []])
  })

  it.each(anthropic)('%s %j', async (path, body, param) => {
    const { post, asks, twin } = world()
    const response = await post(`/v1/${path}`, body)
    expect(response.status).toBe(400)
    const { type, error, request_id } = (await response.json()) as {
      type: string
      error: { type: string; message: string }
      request_id: string
    }
    expect([type, error.type, request_id]).toEqual(['error', 'invalid_request_error', response.headers.get('request-id')])
    if (param !== null) expect(error.message).toMatch(param as string)
    expect([asks, twin.requests()]).toEqual([[], []])
  })

  it('refuses a huge body by its declared length, and by what really comes', async () => {
    const { post, asks } = world({ maxBodyBytes: 1_000 })
    const body = JSON.stringify(said('x'.repeat(2_000)))
    const declared = await post('/v1/chat/completions', body, { 'content-length': String(body.length) })
    const lying = await post('/v1/chat/completions', body)
    for (const response of [declared, lying]) {
      expect(response.status).toBe(413)
      expect(response.headers.get('x-should-retry')).toBe('false')
    }
    expect(((await (await post('/v1/messages', body)).json()) as { error: { type: string } }).error.type).toBe(
      'request_too_large',
    )
    expect(asks).toEqual([])
  })

  it('knows its addresses and their methods', async () => {
    const { gateway } = world()
    const status = async (method: string, path: string) =>
      (await gateway.fetch(new Request(`https://gateway.test${path}`, { method }))).status
    expect(await status('POST', '/v1/nothing')).toBe(404)
    expect(await status('POST', '/v1/constructor')).toBe(404)
    expect(await status('GET', '/v1/chat/completions')).toBe(405)
    expect(await status('DELETE', '/v1/models')).toBe(405)
  })

  it('survives hostile JSON', async () => {
    const { post, twin } = world()
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const response = await post(
      '/v1/chat/completions',
      `{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"Hi"}],"metadata":${deep}}`,
    )
    expect(response.status).toBeGreaterThanOrEqual(400)
    // Not even named where JSON has no such need: no function of the language becomes a wish.
    const { post: ask, asks } = world()
    await ask('/v1/chat/completions', said('', { messages: [{ role: 'user', content: [{ type: 'constructor' }] }] }))
    expect(asks.map(({ needs }) => needs)).toEqual([[]])
    const results = '[{"type":"tool_result","tool_use_id":"t","content":'
    const nested = `${results.repeat(20_000)}"x"${'}]'.repeat(20_000)}`
    const inside = `{"model":"claude","max_tokens":10,"messages":[{"role":"user","content":${nested}}]}`
    expect((await ask('/v1/messages', inside)).status).toBe(400)
    const odd = await post('/v1/chat/completions', '{"__proto__":{"model":"x"},"messages":[{"role":"user","content":"Hi"}]}')
    expect(odd.status).toBe(400)
    expect(twin.requests()).toEqual([])
  })
})
