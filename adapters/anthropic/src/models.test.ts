import { describe, expect, it } from 'vitest'
import { rulesOf } from './models.ts'
import { setup } from './test/setup.ts'

describe('what models take', () => {
  it.each([
    [
      'claude-opus-5-5',
      { thinking: 'adaptive', off: 'impossible', forcedTools: false, sampling: false, prefill: false, structured: true },
    ],
    ['claude-fable-5', { off: 'impossible', forcedTools: true, unasked: true }],
    ['claude-fable-5-2', { off: 'impossible', forcedTools: false }],
    ['claude-mythos-preview', { off: 'impossible', thinking: 'adaptive' }],
    ['claude-sonnet-5-5', { off: 'between_tools', forcedTools: false }],
    ['claude-haiku-5-5', { off: 'disabled', forcedTools: true, unasked: true, sampling: false }],
    ['claude-opus-5', { off: 'disabled', forcedTools: true, unasked: true }],
    ['claude-opus-4-8', { thinking: 'adaptive', unasked: false, sampling: false }],
    ['claude-sonnet-4-6', { thinking: 'adaptive', sampling: true, prefill: false }],
    ['claude-haiku-4-5-20251001', { thinking: 'budget', structured: true, prefill: true }],
    ['claude-opus-4-1-20250805', { thinking: 'budget', structured: false }],
    ['claude-sonnet-4-20250514', { thinking: 'budget', structured: false }],
    ['claude-3-7-sonnet-latest', { thinking: 'budget', maxOutput: 32_000 }],
    ['claude-3-5-haiku-20241022', { thinking: 'none', maxOutput: 8_192 }],
    ['claude-3-haiku-20240307', { thinking: 'none', maxOutput: 4_096 }],
    ['my-own-model', { thinking: 'adaptive', forcedTools: true, sampling: true, prefill: true }],
  ])('%s', (model, rules) => {
    expect(rulesOf(model)).toMatchObject(rules)
  })
})

describe('models.list', () => {
  it('lists what the vendor has, with prices and limits', async () => {
    const { llm } = setup({ name: 'main' })
    const models = []
    for await (const model of llm.models.list()) models.push(model)
    expect(models.length).toBeGreaterThan(5)
    expect(models.find(({ model }) => model === 'claude-haiku-4-5-20251001')).toEqual({
      id: 'main:claude-haiku-4-5-20251001',
      provider: 'main',
      model: 'claude-haiku-4-5-20251001',
      kind: 'chat',
      context: 200_000,
      maxOutput: 64_000,
      capabilities: ['tools', 'structured-output', 'vision', 'files', 'thinking', 'prompt-cache'],
      prices: { input: 1_000_000, cacheRead: 100_000, cacheWrite: 1_250_000, cacheWriteHour: 2_000_000, output: 5_000_000 },
      createdAt: '2025-10-15T00:00:00.000Z',
    })
  })

  it('goes on from page to page', async () => {
    const { llm, twin } = setup()
    const first = await llm.models.list().page()
    expect(first.cursor).toBeUndefined()
    const answers = [
      { data: [{ id: 'a', type: 'model' }], has_more: true, last_id: 'a' },
      { data: [{ id: 'b', type: 'model', created_at: 'never' }], has_more: false, last_id: 'b' },
    ]
    const urls: string[] = []
    const paged = setup({
      fetch: async (url) => {
        urls.push(String(url))
        return Response.json(answers.shift())
      },
    })
    const names: string[] = []
    for await (const { model } of paged.llm.models.list()) names.push(model)
    expect(names).toEqual(['a', 'b'])
    expect(urls[1]).toContain('after_id=a')
    expect(twin.requests()[0]?.operation).toBe('models.list')
  })
})
