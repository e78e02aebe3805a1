import type { Instance } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { chainOf, fitConversation, fitModel, modelOf, warningsOf } from './address.ts'
import type { GenerateRequest } from './generation.ts'
import type { AssistantPart } from './messages.ts'

const instance = (more: Partial<Instance> = {}): Instance => ({
  ...{ name: 'openai', vendor: 'openai', senders: [], aliases: { fast: 'gpt-mini' }, peers: ['openai', 'anthropic'] },
  ...more,
})
const fit = (model: string, more?: Partial<Instance>) => fitModel({ model }, instance(more)).model

describe('the name of a model', () => {
  it('is an address, an alias, or the vendor’s own', () => {
    expect(fit('openai:gpt-5')).toBe('gpt-5')
    expect(fit('openai:fast')).toBe('gpt-mini')
    expect(fit('fast')).toBe('gpt-mini')
    expect(fit('gpt-5')).toBe('gpt-5')
  })

  it('may have colons of its own', () => {
    expect(fit('llama3:8b')).toBe('llama3:8b')
    expect(fit('ft:gpt-4o:acme')).toBe('ft:gpt-4o:acme')
    expect(fit('openai:ft:gpt-4o:acme')).toBe('ft:gpt-4o:acme')
    expect(fit(':x')).toBe(':x')
    expect(fit('llama3:')).toBe('llama3:')
  })

  it('is none of an instance’s business where it is addressed to another', () => {
    expect(() => fit('anthropic:claude')).toThrow(
      expect.objectContaining({ code: 'model_elsewhere', field: 'model', elsewhere: true, effect: 'none' }),
    )
    expect(fit('anthropic:claude', { peers: ['openai'] })).toBe('anthropic:claude')
  })

  it('is missing where only a provider is named', () => {
    expect(() => fit('openai:')).toThrow(expect.objectContaining({ code: 'invalid_input', field: 'model', elsewhere: false }))
    expect(() => fit('anthropic:')).toThrow(expect.objectContaining({ code: 'invalid_input', elsewhere: false }))
  })

  it('is no property of every object', () => {
    expect(fit('constructor')).toBe('constructor')
    expect(fit('openai:toString')).toBe('toString')
  })
})

it('several models are several tries', () => {
  expect(chainOf({ model: ['a', 'b'], n: 1 })).toEqual([
    { model: 'a', n: 1 },
    { model: 'b', n: 1 },
  ])
  expect(chainOf({ model: 'a' })).toEqual([{ model: 'a' }])
  expect([modelOf({ model: 'a' }), modelOf({ model: ['b'] })]).toEqual(['a', 'b'])
})

describe('a conversation with signed thoughts', () => {
  const thought = { type: 'reasoning', text: 'Hm', signature: 's', signedBy: 'anthropic' } as const
  const call = { type: 'tool_call', id: 'c', name: 't', arguments: '{}', signature: 'g', signedBy: 'google' } as const
  const text = { type: 'text', text: 'So' } as const
  const request = (content: readonly AssistantPart[], more: Partial<GenerateRequest> = {}): GenerateRequest => ({
    model: 'm',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [...content] },
      { role: 'user', content: 'And?' },
    ],
    ...more,
  })

  it('stays as it is for the vendor that signed', () => {
    const given = request([thought, text])
    const fitted = fitConversation(given, instance({ vendor: 'anthropic' }))
    expect(fitted.messages).toEqual(given.messages)
    expect(warningsOf(fitted)).toEqual([])
  })

  it('loses thoughts and seals for another, and says so', () => {
    const given = request([thought, text, call])
    const fitted = fitConversation(given, instance())
    const { signature: _, signedBy: __, ...bare } = call
    expect(fitted.messages[1]?.content).toEqual([text, bare])
    expect(warningsOf(fitted)).toEqual(['signed_reasoning_dropped'])
    expect(given.messages[1]?.content).toEqual([thought, text, call])
  })

  it('keeps thoughts that nobody signed', () => {
    const unsigned = { type: 'reasoning', text: 'Hm' } as const
    expect(fitConversation(request([unsigned, text]), instance()).messages[1]?.content).toEqual([unsigned, text])
  })

  it('leaves out a message of which nothing is left', () => {
    expect(fitConversation(request([thought]), instance()).messages.map(({ role }) => role)).toEqual(['user', 'user'])
  })

  it('asks no other vendor where it is to stay', () => {
    const given = request([thought, text], { signed: 'stay' })
    expect(() => fitConversation(given, instance())).toThrow(
      expect.objectContaining({ code: 'conversation_bound', field: 'signed', elsewhere: true }),
    )
    expect(fitConversation(given, instance({ vendor: 'anthropic' })).messages).toEqual(given.messages)
  })
})
