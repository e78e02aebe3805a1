import { describe, expect, it } from 'vitest'
import { addUsage, estimateMessage, estimateRequest, estimateTokens, noUsage } from './index.ts'

describe('estimates', () => {
  it('of texts', () => {
    expect([estimateTokens(''), estimateTokens('word'), estimateTokens('words'), estimateTokens('日本語です')]).toEqual([
      0, 1, 2, 4,
    ])
  })

  it('of messages, by what is in them', () => {
    expect(estimateMessage({ role: 'user', content: 'word' })).toBe(5)
    expect(estimateMessage({ role: 'user', content: [{ type: 'image', url: 'https://e.com/a' }] })).toBe(1_004)
    expect(
      estimateMessage({ role: 'user', content: [{ type: 'file', data: new Uint8Array(200), mediaType: 'application/pdf' }] }),
    ).toBe(14)
    expect(
      estimateMessage({ role: 'assistant', content: [{ type: 'tool_call', id: 'c', name: 'look', arguments: '{"a":1}' }] }),
    ).toBe(11)
  })

  it('of requests, with tools and schema', () => {
    const messages = [{ role: 'user' as const, content: 'word' }]
    const schema = { type: 'object' }
    expect(estimateRequest({ model: 'm', messages })).toBe(5)
    expect(estimateRequest({ model: 'm', messages, tools: [{ name: 'look', parameters: schema }] })).toBe(15)
    expect(estimateRequest({ model: 'm', messages, output: { schema } })).toBe(10)
  })
})

it('usage adds up, with what only one of both has', () => {
  const sum = addUsage(
    { ...noUsage, input: 1, cacheWriteHour: 2 },
    { ...noUsage, input: 10, output: 5, reasoning: 4, audioInput: 3 },
  )
  expect(sum).toEqual({ input: 11, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 2, output: 5, reasoning: 4, audioInput: 3 })
})
