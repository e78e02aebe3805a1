import type { Generation, GenerationEvent } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { chatAnswer, chatWriter } from './chat-answer.ts'

const facts = { requestId: 'req_1', now: 1_700_000_000_500 }
const usage = { input: 10, cacheRead: 4, cacheWrite: 2, output: 7, reasoning: 3 }
const start: GenerationEvent = { type: 'start', id: 'x1', provider: 'a', model: 'm' }

function written(body: Record<string, unknown>, ...events: GenerationEvent[]) {
  const writer = chatWriter(body, facts)
  return [start, ...events].map((event) => writer.write(event))
}

describe('chatWriter', () => {
  it('writes the bytes that official clients read', () => {
    const head =
      'data: {"id":"x1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":'
    expect(written({}, { type: 'text', text: 'Say "hi"\n' }, { type: 'finish', finish: 'stop', usage })).toEqual([
      `${head}{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}\n\n`,
      `${head}{"content":"Say \\"hi\\"\\n"},"logprobs":null,"finish_reason":null}]}\n\n`,
      `${head}{},"logprobs":null,"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
    ])
  })

  it('counts at the end, and is null before, where usage is wanted', () => {
    const all = written({ stream_options: { include_usage: true } }, { type: 'finish', finish: 'length', usage }).join('')
    const events = all.split('\n\n').filter(Boolean)
    expect(events).toHaveLength(4)
    expect(events.slice(0, 2).every((event) => event.endsWith(',"usage":null}'))).toBe(true)
    expect(JSON.parse((events[2] as string).slice(6))).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 16,
        completion_tokens: 7,
        total_tokens: 23,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    })
  })

  it('names a call once, by its index, and passes on its seal', () => {
    const deltas = written(
      {},
      { type: 'tool_call', index: 0, id: 'c0', name: 'weather' },
      { type: 'tool_arguments', index: 0, text: '{"a":' },
      { type: 'tool_call', index: 1, id: 'c1', name: 'weather' },
      { type: 'tool_arguments', index: 1, text: '{}' },
      { type: 'tool_arguments', index: 0, text: '1}' },
      { type: 'signature', signature: 's', signedBy: 'google', toolCall: 1 },
      { type: 'signature', signature: 'lost', signedBy: 'anthropic' },
      { type: 'tool_arguments', index: 1, text: '' },
    )
    const calls = deltas
      .slice(1)
      .map((text) => (text === '' ? undefined : JSON.parse(text.slice(6)).choices[0].delta.tool_calls[0]))
    expect(calls).toEqual([
      { index: 0, id: 'c0', type: 'function', function: { name: 'weather', arguments: '' } },
      { index: 0, function: { arguments: '{"a":' } },
      { index: 1, id: 'c1', type: 'function', function: { name: 'weather', arguments: '' } },
      { index: 1, function: { arguments: '{}' } },
      { index: 0, function: { arguments: '1}' } },
      { index: 1, extra_content: { google: { thought_signature: 's' } } },
      undefined,
      undefined,
    ])
  })

  it('keeps thoughts and refusals apart from text, and writes nothing for nothing', () => {
    const [, thought, refusal, nothing] = written(
      {},
      { type: 'reasoning', text: 'Hm' },
      { type: 'refusal', text: 'No.' },
      { type: 'text', text: '' },
    )
    expect(thought).toContain('"delta":{"reasoning_content":"Hm"}')
    expect(refusal).toContain('"delta":{"refusal":"No."}')
    expect(nothing).toBe('')
  })
})

describe('chatAnswer', () => {
  const generation: Generation = {
    id: '',
    provider: 'a',
    model: 'm',
    content: [],
    text: '',
    toolCalls: [],
    finish: 'stop',
    usage,
  }

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['refusal', 'stop'],
    ['other', 'stop'],
  ] as const)('%s ends as %s, whole and in pieces', (finish, expected) => {
    expect(chatAnswer({ ...generation, finish }, facts).choices[0]?.finish_reason).toBe(expected)
    expect(written({}, { type: 'finish', finish })[1]).toContain(`"finish_reason":"${expected}"`)
  })

  it('has no content where there are only calls or a refusal, and an id in any case', () => {
    const call = { type: 'tool_call' as const, id: 'c0', name: 'weather', arguments: '{}' }
    const called = chatAnswer({ ...generation, content: [call], toolCalls: [call] }, facts)
    expect(called.id).toBe('chatcmpl-req_1')
    expect(called.choices[0]?.message).toMatchObject({ content: null, refusal: null, tool_calls: [{ id: 'c0' }] })
    const refused = chatAnswer({ ...generation, refusal: 'No.', finish: 'refusal' }, facts)
    expect(refused.choices[0]?.message).toEqual({ role: 'assistant', content: null, refusal: 'No.' })
    expect(chatAnswer(generation, facts).choices[0]?.message.content).toBe('')
  })
})
