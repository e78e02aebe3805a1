import { describe, expect, it } from 'vitest'
import { costOfImages, costOfSpeech, costOfTranscription, defaultPrices, noUsage } from './index.ts'

const micro = (cost: { microUsd: number } | undefined) => cost?.microUsd

describe('costOfImages', () => {
  const of = (vendor: string, model: string, units: Parameters<typeof costOfImages>[3]) =>
    micro(costOfImages(defaultPrices, vendor, model, units))

  it('by quality and size', () => {
    expect(of('openai', 'gpt-image-1', { count: 2, size: '1024x1024', quality: 'high' })).toBe(334_000)
    expect(of('openai', 'gpt-image-1', { count: 1, size: '1536x1024', quality: 'low' })).toBe(16_000)
  })

  it('by size alone, or by the image', () => {
    expect(of('workers-ai', '@cf/black-forest-labs/flux-1-schnell', { count: 1, size: '1024x1024' })).toBe(634)
    expect(of('workers-ai', '@cf/black-forest-labs/flux-1-schnell', { count: 10, size: '1024x1024' })).toBe(6_336)
    expect(of('google', 'imagen-4.0-generate-001', { count: 3 })).toBe(120_000)
  })

  it('by tokens where they were counted', () => {
    const usage = { ...noUsage, input: 100, output: 4_160 }
    expect(of('openai', 'gpt-image-1', { count: 1, size: '1024x1024', quality: 'high', usage })).toBe(500 + 166_400)
    expect(of('google', 'gemini-2.5-flash-image', { count: 1, usage: { ...noUsage, output: 1_290 } })).toBe(38_700)
  })

  it('unknown stays unknown', () => {
    expect(of('openai', 'gpt-image-1', { count: 1 })).toBeUndefined()
    expect(of('openai', 'gpt-image-2', { count: 1, size: '1024x1024', quality: 'high' })).toBeUndefined()
    expect(of('openai', 'gpt-image-1', { count: 1, size: 'constructor' })).toBeUndefined()
    expect(of('google', 'imagen-4.0-generate-001', { count: Number.NaN })).toBeUndefined()
  })
})

describe('costOfSpeech', () => {
  const of = (vendor: string, model: string, units: Parameters<typeof costOfSpeech>[3]) =>
    micro(costOfSpeech(defaultPrices, vendor, model, units))

  it('by characters, tokens or the hour', () => {
    expect(of('openai', 'tts-1', { characters: 1_000 })).toBe(15_000)
    expect(of('workers-ai', '@cf/deepgram/aura-1', { characters: 1_000 })).toBe(15_000)
    expect(of('openai', 'gpt-4o-mini-tts', { characters: 99, usage: { ...noUsage, input: 1_000, output: 10_000 } })).toBe(120_600)
    expect(of('workers-ai', '@cf/myshell-ai/melotts', { seconds: 60 })).toBe(205)
  })

  it('unknown stays unknown', () => {
    expect(of('openai', 'gpt-4o-mini-tts', { characters: 99 })).toBeUndefined()
    expect(of('openai', 'tts-1', {})).toBeUndefined()
  })
})

describe('costOfTranscription', () => {
  const of = (vendor: string, model: string, units: Parameters<typeof costOfTranscription>[3]) =>
    micro(costOfTranscription(defaultPrices, vendor, model, units))

  it('by the hour or by tokens', () => {
    expect(of('openai', 'whisper-1', { seconds: 90 })).toBe(9_000)
    expect(of('openai', 'whisper-1', { seconds: 12.3456 })).toBe(1_235)
    expect(of('workers-ai', '@cf/openai/whisper', { seconds: 60 })).toBe(453)
    expect(of('openai', 'gpt-4o-transcribe', { seconds: 60, usage: { ...noUsage, input: 1_000, output: 100 } })).toBe(3_500)
  })

  it('unknown stays unknown', () => {
    expect(of('openai', 'gpt-4o-transcribe', { seconds: 60 })).toBeUndefined()
    expect(of('openai', 'whisper-1', {})).toBeUndefined()
  })
})
