import { describe, expect, it } from 'vitest'
import { failure, setUp } from './test/set-up.ts'
import { thinkingFor } from './thinking.ts'

const levels = ['off', 'low', 'medium', 'high'] as const

const told = (model: string) =>
  levels.map((level) => {
    const { config } = thinkingFor(model, level)
    return config?.thinkingLevel ?? config?.thinkingBudget
  })

describe('thinking', () => {
  it('is told to each model in its own way', () => {
    expect(told('gemini-4-argon')).toEqual(['LOW', 'LOW', 'MEDIUM', 'HIGH'])
    for (const model of [
      'gemini-3.7-flash',
      'gemini-3.8-flash',
      'gemini-3.1-pro-preview',
      'gemini-flash-latest',
      'gemini-pro-latest',
    ]) {
      expect(told(model)).toEqual(['LOW', 'LOW', 'MEDIUM', 'HIGH'])
    }
    for (const model of [
      'gemini-3.6-flash',
      'gemini-3.5-flash',
      'gemini-3-flash-preview',
      'gemini-3.5-flash-lite',
      'gemini-3.1-flash-lite',
      'gemini-flash-lite-latest',
    ]) {
      expect(told(model)).toEqual(['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'])
    }
    expect(told('gemini-3-pro-preview')).toEqual(['LOW', 'LOW', 'HIGH', 'HIGH'])
    expect(told('gemini-2.5-pro')).toEqual([128, 1_024, 8_192, 24_576])
    expect(told('models/gemini-2.5-flash')).toEqual([0, 1_024, 8_192, 24_576])
    expect(told('gemini-2.5-flash-lite-preview-09-2025')).toEqual([0, 1_024, 8_192, 24_576])
  })

  it('is taken by every model that the vendor has', async () => {
    for (const model of [
      'gemini-4-argon',
      'gemini-3.8-flash',
      'gemini-3.6-flash',
      'gemini-3.5-flash-lite',
      'gemini-3.1-pro-preview',
      'gemini-2.5-pro',
      'gemini-2.5-flash',
      'gemini-2.5-flash-lite',
    ]) {
      const { llm, twin } = setUp()
      for (const thinking of levels) await llm.generate({ model, messages: [{ role: 'user', content: 'Hi' }], thinking })
      const asked = twin.asked().map(({ thinking }) => thinking)
      expect(new Set(asked.slice(1)).size).toBe(3)
      expect(asked).not.toContain(undefined)
    }
  })

  it('shows the thoughts where it is on, and warns where it cannot be off', async () => {
    const { llm, twin, sent, chat } = setUp()
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    twin.say({ thinks: 'Well.', text: 'Yes.' }, { thinks: 'Well.', text: 'Yes.' }, { text: 'Yes.' })
    const high = await llm.generate({ model: chat, messages, thinking: 'high' })
    expect(high.content[0]).toEqual({ type: 'reasoning', text: 'Well.' })
    expect(high.usage).toMatchObject({ reasoning: 2, output: 3 })
    const off = await llm.generate({ model: chat, messages, thinking: 'off' })
    expect(off.warnings).toEqual(['thinking_not_off'])
    expect(off.content.some((part) => part.type === 'reasoning' && part.text !== '')).toBe(false)
    const really = await llm.generate({ model: 'gemini-2.5-flash', messages, thinking: 'off' })
    expect(really.warnings).toBeUndefined()
    expect(sent().map(({ generationConfig }) => generationConfig.thinkingConfig)).toEqual([
      { thinkingLevel: 'HIGH', includeThoughts: true },
      { thinkingLevel: 'MINIMAL' },
      { thinkingBudget: 0 },
    ])
  })

  it('is refused where a model cannot', async () => {
    const { llm, twin } = setUp()
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    for (const model of ['gemini-2.0-flash', 'gemini-3.1-flash-tts-preview', 'gemma-3-27b-it']) {
      const error = await failure(llm.generate({ model, messages, thinking: 'low' }))
      expect(error).toMatchObject({ code: 'unsupported', field: 'thinking', elsewhere: true })
    }
    expect(twin.requests()).toHaveLength(0)
    await llm.generate({ model: 'gemini-2.0-flash', messages, thinking: 'off' })
  })
})
