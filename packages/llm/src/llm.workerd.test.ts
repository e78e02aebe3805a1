import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { checkArguments, collect, costOf, createRouter, defaultPrices, noUsage, routed, wholeEvents } from './index.ts'
import { setup } from './testing/functions.ts'
import { scriptedLlm } from './testing/scripted.ts'

describe('in workerd, which generates no code', () => {
  it('functions, schemas and repairs work', async () => {
    const kept = new Map<string, string>()
    const cache = { get: (key: string) => kept.get(key), set: (key: string, value: string) => void kept.set(key, value) }
    const { ai, answers, asked } = setup({ cache })
    answers('{"name":1}', '{"name":"Ann"}')
    const person = z.object({ name: z.string() })
    expect([await ai.extract(person)`x`, await ai.extract(person)`x`]).toEqual([{ name: 'Ann' }, { name: 'Ann' }])
    expect(asked).toHaveLength(2)
  })

  it('arguments are checked', () => {
    const tool = {
      name: 't',
      parameters: { type: 'object', properties: { at: { type: 'string', format: 'date', pattern: '^2' } } },
    }
    const call = { type: 'tool_call' as const, id: 'c', name: 't' }
    expect(checkArguments(tool, { ...call, arguments: '{"at":"2026-01-02"}' })).toMatchObject({ fits: true })
    expect(checkArguments(tool, { ...call, arguments: '{"at":"tomorrow"}' })).toMatchObject({ fits: false, field: 'at' })
  })

  it('requests are routed, streamed and priced', async () => {
    const model = scriptedLlm({ name: 'openai' })
    const llm = routed(model.llm, createRouter({ aliases: { cheap: ['openai:gpt-6-luna'] } }))
    const answer = await collect(llm.stream({ model: 'auto', messages: [{ role: 'user', content: 'Grüße 😀' }] }))
    expect(answer).toMatchObject({ text: 'Grüße 😀', model: 'gpt-6-luna', finish: 'stop' })
    expect(costOf(defaultPrices, 'openai', answer.model, answer.usage ?? noUsage)?.microUsd).toBe(4)
  })

  it('events are cut whole', async () => {
    const body = new Response('data: 1\n\ndata: 2\n\n').body as ReadableStream<Uint8Array>
    let text = ''
    for await (const chunk of wholeEvents(body)) text += new TextDecoder().decode(chunk)
    expect(text).toBe('data: 1\n\ndata: 2\n\n')
  })
})
