import { describe, expect, it } from 'vitest'
import { hello, setup } from './test/setup.ts'

const long = (seed: string) => `${seed} `.repeat(1_200)
const tool = { name: 'f', parameters: { type: 'object' as const, properties: {} } }

describe('cache marks', () => {
  it('write once and are read afterwards, for as long as they say', async () => {
    const { llm, twin } = setup()
    const input = hello({
      messages: [
        { role: 'system', content: [{ type: 'text', text: long('rule'), cache: '5m' }] },
        { role: 'user', content: 'Hi' },
      ],
    })
    expect((await llm.generate(input)).usage).toMatchObject({ cacheWrite: 1_500, cacheRead: 0, input: 1 })
    const read = await llm.generate(input)
    expect(read.usage).toEqual({ input: 1, cacheRead: 1_500, cacheWrite: 0, output: 1, reasoning: 0 })
    // 1,500 tokens for a tenth of 3 dollars, and one each of input and output.
    expect(read.cost?.microUsd).toBe(Math.round(1_500 * 0.3 + 3 + 15))
    twin.clock.advance(5 * 60_000 + 1)
    expect((await llm.generate(input)).usage).toMatchObject({ cacheRead: 0, cacheWrite: 1_500 })
  })

  it('count what is kept for an hour on its own', async () => {
    const { llm } = setup()
    const input = hello({
      tools: [{ ...tool, description: long('tool'), cache: '1h' }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: long('text'), cache: '5m' },
            { type: 'text', text: 'Hi' },
          ],
        },
      ],
    })
    const { usage, cost } = await llm.generate(input)
    expect(usage).toMatchObject({ cacheWrite: (usage?.cacheWriteHour ?? 0) + 1_500, cacheWriteHour: expect.any(Number) })
    expect(usage?.cacheWriteHour).toBeGreaterThan(1_500)
    const { input: fresh, output, cacheWriteHour = 0 } = usage ?? { input: 0, output: 0 }
    expect(cost?.microUsd).toBe(Math.round(fresh * 3 + output * 15 + 1_500 * 3.75 + cacheWriteHour * 6))
  })

  it('are four at most, the last ones, and none is shorter than what follows it', async () => {
    const { llm, sent } = setup()
    await llm.generate(
      hello({
        tools: [
          { ...tool, cache: '1h' },
          { ...tool, name: 'g', cache: '5m' },
        ],
        messages: [
          { role: 'system', content: [{ type: 'text', text: 'a', cache: '5m' }] },
          { role: 'user', content: [{ type: 'text', text: 'b', cache: '1h' }] },
          { role: 'assistant', content: [{ type: 'tool_call', id: 'c', name: 'f', arguments: '{}' }] },
          { role: 'tool', toolCall: 'c', content: [{ type: 'text', text: 'd', cache: '5m' }] },
        ],
      }),
    )
    const { tools, system, messages } = sent() as { tools: object[]; system: object[]; messages: { content: object[] }[] }
    const hour = { type: 'ephemeral', ttl: '1h' }
    expect(tools[0]).not.toHaveProperty('cache_control')
    expect([tools[1], system[0], messages[0]?.content[0]]).toMatchObject([
      { cache_control: hour },
      { cache_control: hour },
      { cache_control: hour },
    ])
    expect(messages[2]?.content).toEqual([
      { type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: 'd' }], cache_control: { type: 'ephemeral' } },
    ])
  })
})
