import { collect } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { hello, read, setup, textOf } from './test/setup.ts'

const weather = {
  name: 'weather',
  description: 'The weather of a city',
  parameters: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
}

describe('generate', () => {
  it('answers, with usage and cost', async () => {
    const { llm, twin, sent } = setup()
    const answer = await llm.generate(hello())
    expect(answer).toMatchObject({
      provider: 'anthropic',
      model: 'claude-sonnet-4-6',
      text: 'Hello there, Claude.',
      finish: 'stop',
      rawFinish: 'end_turn',
      usage: { input: 5, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 0 },
      cost: { microUsd: 90, prices: '2026-11-21' },
    })
    expect(answer.warnings).toBeUndefined()
    expect(sent()).toEqual({
      model: 'claude-sonnet-4-6',
      max_tokens: 32_000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello there, Claude.' }] }],
    })
    expect(twin.requests()).toHaveLength(1)
  })

  it.each([
    ['text', { text: 'One two three.' }],
    [
      'tools',
      {
        text: 'Let me see.',
        tools: [
          { name: 'weather', arguments: { city: 'Zürich 🏔️' } },
          { name: 'weather', arguments: {} },
        ],
      },
    ],
    ['thoughts', { thinks: 'Hm, let me think.', text: 'Done.' }],
    ['a refusal', { refuses: 'I cannot help with that.' }],
    ['a filter', { text: 'Well', finish: 'content_filter' }],
    ['the limit', { text: 'Once upon', finish: 'length' }],
    ['an unheard end', { text: 'Once', finish: 'unheard' }],
  ] as const)('gives the same whole and in pieces: %s', async (_, answer) => {
    const { llm, twin } = setup()
    const input = hello({ model: 'claude-opus-4-6', thinking: 'low', tools: [weather] })
    twin.say(answer, answer)
    const { raw: _raw, id: _id, toolCalls, content, ...whole } = await llm.generate(input)
    const { id: __, toolCalls: calls, content: pieces, ...streamed } = await collect(llm.stream(input))
    const unnamed = (list: readonly object[]) => list.map((one) => ('id' in one ? { ...one, id: 'x' } : one))
    expect(streamed).toEqual(whole)
    expect(unnamed(calls)).toEqual(unnamed(toolCalls))
    expect(unnamed(pieces)).toEqual(unnamed(content))
  })

  it('says how it ended', async () => {
    const { llm, twin } = setup()
    twin.say(
      { refuses: 'No.' },
      { finish: 'content_filter' },
      { text: 'a STOP b' },
      { text: 'long', finish: 'length' },
      { finish: 'unheard' },
    )
    expect(await llm.generate(hello())).toMatchObject({ finish: 'refusal', rawFinish: 'refusal', refusal: 'No.', text: '' })
    expect(await llm.generate(hello())).toMatchObject({ finish: 'content_filter', rawFinish: 'refusal' })
    expect(await llm.generate(hello({ stop: ['STOP'] }))).toMatchObject({
      finish: 'stop',
      rawFinish: 'stop_sequence',
      text: 'a ',
    })
    expect(await llm.generate(hello())).toMatchObject({ finish: 'length', rawFinish: 'max_tokens' })
    expect(await llm.generate(hello())).toMatchObject({ finish: 'other', rawFinish: 'model_took_a_walk' })
  })

  it('streams pieces, counted from 0, and ends with the finish', async () => {
    const { llm, twin } = setup()
    twin.say({
      text: 'Look:',
      tools: [
        { name: 'weather', arguments: { city: 'Bern' } },
        { name: 'weather', arguments: {} },
      ],
    })
    const events = await read(llm.stream(hello({ tools: [weather] })))
    expect(events[0]).toMatchObject({ type: 'start', provider: 'anthropic', model: 'claude-sonnet-4-6' })
    expect(events.at(-1)).toMatchObject({ type: 'finish', finish: 'tool_calls', rawFinish: 'tool_use' })
    expect(textOf(events)).toBe('Look:')
    expect(events.filter(({ type }) => type === 'tool_call')).toMatchObject([{ index: 0 }, { index: 1 }])
    const args = (index: number) =>
      events.map((event) => (event.type === 'tool_arguments' && event.index === index ? event.text : '')).join('')
    expect([args(0), args(1)]).toEqual(['{"city":"Bern"}', '{}'])
  })
})
