import type { Streaming } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { accumulator, collect, type GenerationEvent, generationOf, noUsage } from './index.ts'

const start = { type: 'start', id: 'r1', provider: 'p', model: 'm' } as const
const stop = { type: 'finish', finish: 'stop' } as const
const whole = (...events: readonly GenerationEvent[]) => {
  const all = accumulator()
  for (const event of events) all.add(event)
  return all.result()
}

describe('accumulator', () => {
  it('joins text', () => {
    const text = ['Hel', '', 'lo ', '😀'].map((piece): GenerationEvent => ({ type: 'text', text: piece }))
    expect(whole(start, ...text, stop)).toEqual({
      ...{ id: 'r1', provider: 'p', model: 'm', finish: 'stop', text: 'Hello 😀', toolCalls: [] },
      content: [{ type: 'text', text: 'Hello 😀' }],
    })
  })

  it('keeps thoughts and their seals apart, each with its own', () => {
    const { content, text } = whole(
      start,
      { type: 'reasoning', text: 'First ' },
      { type: 'reasoning', text: 'thought' },
      { type: 'signature', signature: 's1', signedBy: 'anthropic' },
      { type: 'signature', redacted: 'r2', signedBy: 'anthropic' },
      { type: 'reasoning', text: 'Third' },
      { type: 'signature', signature: 's3', signedBy: 'anthropic' },
      { type: 'text', text: 'So' },
      stop,
    )
    expect(content).toEqual([
      { type: 'reasoning', text: 'First thought', signature: 's1', signedBy: 'anthropic' },
      { type: 'reasoning', text: '', redacted: 'r2', signedBy: 'anthropic' },
      { type: 'reasoning', text: 'Third', signature: 's3', signedBy: 'anthropic' },
      { type: 'text', text: 'So' },
    ])
    expect(text).toBe('So')
  })

  it('takes parallel calls apart, however their arguments mingle', () => {
    const { content, toolCalls } = whole(
      start,
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_call', index: 0, id: 'c0', name: 'a' },
      { type: 'tool_call', index: 1, id: 'c1', name: 'b' },
      { type: 'tool_arguments', index: 1, text: '{"y"' },
      { type: 'tool_arguments', index: 0, text: '{"x":' },
      { type: 'tool_arguments', index: 1, text: ':2}' },
      { type: 'tool_arguments', index: 0, text: '1}' },
      { type: 'tool_arguments', index: 7, text: 'nobody' },
      { type: 'signature', signature: 's', signedBy: 'google', toolCall: 1 },
      { type: 'finish', finish: 'tool_calls', rawFinish: 'tool_use' },
    )
    expect(toolCalls).toEqual([
      { type: 'tool_call', id: 'c0', name: 'a', arguments: '{"x":1}' },
      { type: 'tool_call', id: 'c1', name: 'b', arguments: '{"y":2}', signature: 's', signedBy: 'google' },
    ])
    expect(content.map(({ type }) => type)).toEqual(['text', 'tool_call', 'tool_call'])
  })

  it('text between tool calls stays between them', () => {
    const { content, text } = whole(
      start,
      { type: 'text', text: 'a' },
      { type: 'tool_call', index: 0, id: 'c0', name: 'a' },
      { type: 'text', text: 'b' },
      stop,
    )
    expect(content.map(({ type }) => type)).toEqual(['text', 'tool_call', 'text'])
    expect(text).toBe('ab')
  })

  it('has the refusal, the usage, the cost and the warnings of the end', () => {
    const ending = {
      usage: { ...noUsage, input: 3 },
      cost: { microUsd: 7, prices: '2026-01-01' },
      warnings: ['seed_ignored'],
      rawFinish: 'x',
    }
    const answer = whole(
      start,
      { type: 'refusal', text: 'I ' },
      { type: 'refusal', text: "can't" },
      { type: 'finish', finish: 'refusal', ...ending },
    )
    expect(answer).toMatchObject({ ...ending, finish: 'refusal', refusal: "I can't", content: [], text: '' })
    expect(answer).not.toHaveProperty('type')
  })

  it('tells what there is at any time, and what it told does not change', () => {
    const all = accumulator()
    all.add(start)
    all.add({ type: 'text', text: 'a' })
    const early = all.result()
    all.add({ type: 'text', text: 'b' })
    all.add(stop)
    expect([early.text, early.finish, all.result().text, all.result().finish]).toEqual(['a', 'other', 'ab', 'stop'])
  })
})

describe('generationOf', () => {
  const facts = {
    id: 'r',
    provider: 'p',
    model: 'm',
    finish: 'stop' as const,
    content: [{ type: 'text' as const, text: '{"a":1}' }],
  }

  it('parses the object where one was asked for and the answer is whole', () => {
    expect(generationOf(facts, { object: true }).object).toEqual({ a: 1 })
    expect(generationOf(facts)).not.toHaveProperty('object')
    expect(generationOf({ ...facts, finish: 'length' }, { object: true })).not.toHaveProperty('object')
  })

  it('refuses what is no JSON, without repeating it', () => {
    const broken = { ...facts, content: [{ type: 'text' as const, text: 'Secret' }] }
    const failure = (() => {
      try {
        return generationOf(broken, { object: true })
      } catch (error) {
        return error
      }
    })()
    expect(failure).toMatchObject({ code: 'not_json', effect: 'none', fault: 'provider' })
    expect(JSON.stringify(failure)).not.toContain('Secret')
  })
})

it('collect reads to the end, and passes on what breaks', async () => {
  const streamOf = (events: () => AsyncGenerator<GenerationEvent>): Streaming<GenerationEvent> => ({
    provider: 'p',
    trail: [],
    [Symbol.asyncIterator]: events,
  })
  const text = { type: 'text', text: '[1]' } as const
  const fine = streamOf(async function* () {
    yield* [start, text, stop]
  })
  expect((await collect(fine, { object: true })).object).toEqual([1])
  const broken = streamOf(async function* () {
    yield* [start, text]
    throw new Error('cut')
  })
  await expect(collect(broken)).rejects.toThrow('cut')
})
