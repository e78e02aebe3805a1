import { describe, expect, it } from 'vitest'
import type { GenerateRequest } from '../generation.ts'
import { classify } from './complexity.ts'

const said = (content: string, more: Partial<GenerateRequest> = {}) =>
  classify({ model: 'auto', messages: [{ role: 'user', content }], ...more })
const tool = (name: string) => ({ name, parameters: { type: 'object' } })

describe('classify', () => {
  it.each([
    ['What is the capital of France?', 'simple'],
    ['Translate "good morning" into German.', 'simple'],
    ['Say it in three words: '.concat('a'.repeat(9_000)), 'simple'],
    ['Compare these two offers.', 'ordinary'],
    ['Why does this fail?\n```ts\nlet x = 1\n```', 'ordinary'],
    ['Plan a refactor of this:\n```ts\nlet x = 1\n```\n'.concat('line\n'.repeat(2_000)), 'hard'],
    ['word '.repeat(30_000), 'ordinary'],
  ])('%.40s: %s', (text, complexity) => {
    expect(said(text).complexity).toBe(complexity)
  })

  it('counts tools, schema, media, turns and thinking', () => {
    expect(said('Hi', { tools: [tool('a')] })).toEqual({ complexity: 'simple', signals: ['tools +1'] })
    expect(said('Hi', { tools: [...'abcdef'].map(tool) })).toEqual({ complexity: 'ordinary', signals: ['tools +2'] })
    expect(said('Hi', { thinking: 'low' }).complexity).toBe('ordinary')
    expect(said('Hi', { thinking: 'high' }).complexity).toBe('hard')
    expect(said('Hi', { thinking: 'off' }).complexity).toBe('simple')
    const properties = Object.fromEntries([...'abcdefghijkl'].map((name) => [name, { type: 'string' }]))
    expect(said('Hi', { output: { schema: { type: 'object', properties } } }).signals).toEqual(['schema +1'])
    const turns = Array.from({ length: 9 }, () => ({ role: 'user' as const, content: 'and?' }))
    expect(classify({ model: 'auto', messages: turns }).signals).toEqual(['turns +1'])
    const image = { type: 'image' as const, url: 'https://example.com/a.png' }
    expect(classify({ model: 'auto', messages: [{ role: 'user', content: [image] }] }).signals).toEqual(['media +1'])
  })

  it('reads only what the user said last, and of long texts the ends', () => {
    const messages: GenerateRequest['messages'] = [
      { role: 'user', content: 'Prove it step by step.' },
      { role: 'assistant', content: 'Done.' },
      { role: 'user', content: 'Thanks' },
    ]
    expect(classify({ model: 'auto', messages }).complexity).toBe('simple')
    expect(said(`${'x '.repeat(1_500)} analyse and compare ${'x '.repeat(1_500)}`).signals).toEqual([])
    expect(said(`${'x '.repeat(3_000)} Analyse it.`).signals).toEqual(['reasoning +2'])
  })

  it('is quick with hostile text', () => {
    const began = process.cpuUsage()
    for (const text of ['function '.repeat(20_000), 'import '.repeat(20_000), '`'.repeat(100_000), 'step-by-'.repeat(20_000)])
      said(text)
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_000)
  })
})
