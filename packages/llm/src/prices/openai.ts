import type { ModelFacts } from '../prices.ts'
import { rows } from './dollars.ts'

// https://developers.openai.com/api/docs/pricing and the page of each model, standard tier, without the surcharge for a region.

const base = ['tools', 'structured-output', 'json', 'vision', 'files', 'prompt-cache', 'seed']
const thinking = [...base, 'thinking']

/** Above 272,000 tokens of prompt the whole request costs double for what is read and half as much again for what is written. */
function tiered(price: { input: number; cacheRead: number; cacheWrite?: number; cacheWriteHour?: number; output: number }) {
  const { output, ...read } = price
  const twice = Object.fromEntries(Object.entries(read).map(([name, each]) => [name, each * 2]))
  return { ...price, long: { ...twice, output: output * 1.5, from: 272_001 } }
}

const large = { kind: 'chat', context: 1_050_000, maxOutput: 128_000, capabilities: thinking } as const

export const openaiPrices: Readonly<Record<string, ModelFacts>> = {
  // What is kept longer stays twelve hours here, not one.
  ...rows(large, {
    'gpt-6.2-astra': tiered({ input: 8, cacheRead: 0.4, cacheWrite: 10, cacheWriteHour: 16, output: 40 }),
    'gpt-6.2-sol': tiered({ input: 2, cacheRead: 0.1, cacheWrite: 2.5, cacheWriteHour: 5, output: 10 }),
    'gpt-6.1-sol': tiered({ input: 2, cacheRead: 0.1, cacheWrite: 2.5, cacheWriteHour: 5, output: 10 }),
    'gpt-6.1-terra': tiered({ input: 1, cacheRead: 0.05, cacheWrite: 1.25, cacheWriteHour: 2.5, output: 5 }),
    'gpt-6-astra': tiered({ input: 10, cacheRead: 1, cacheWrite: 12.5, output: 50 }),
    'gpt-6-sol': tiered({ input: 2, cacheRead: 0.2, cacheWrite: 2.5, output: 10 }),
    'gpt-6-luna': tiered({ input: 0.1, cacheRead: 0.01, cacheWrite: 0.125, output: 0.5 }),
    'gpt-5.6': tiered({ input: 4, cacheRead: 0.4, cacheWrite: 5, output: 20 }),
    'gpt-5.6-sol': tiered({ input: 4, cacheRead: 0.4, cacheWrite: 5, output: 20 }),
    'gpt-5.6-terra': tiered({ input: 2, cacheRead: 0.2, cacheWrite: 2.5, output: 12 }),
    'gpt-5.6-luna': tiered({ input: 0.2, cacheRead: 0.02, cacheWrite: 0.25, output: 1.2 }),
    'gpt-5.5': tiered({ input: 5, cacheRead: 0.5, output: 30 }),
    'gpt-5.4': tiered({ input: 2.5, cacheRead: 0.25, output: 15 }),
  }),
  ...rows(
    { kind: 'chat', context: 400_000, maxOutput: 128_000, capabilities: thinking },
    {
      'gpt-5.4-mini': { input: 0.75, cacheRead: 0.075, output: 4.5 },
      'gpt-5.4-nano': { input: 0.2, cacheRead: 0.02, output: 1.25 },
      'gpt-5.2': { input: 1.75, cacheRead: 0.175, output: 14 },
      'gpt-5.1': { input: 1.25, cacheRead: 0.125, output: 10 },
      'gpt-5.1-codex': { input: 1.25, cacheRead: 0.125, output: 10 },
      'gpt-5': { input: 1.25, cacheRead: 0.125, output: 10 },
      'gpt-5-mini': { input: 0.25, cacheRead: 0.025, output: 2 },
      'gpt-5-nano': { input: 0.05, cacheRead: 0.005, output: 0.4 },
    },
  ),
  ...rows(
    { kind: 'chat', context: 128_000, maxOutput: 16_384, capabilities: base },
    {
      'gpt-5.3-chat-latest': { input: 1.75, cacheRead: 0.175, output: 14 },
      'gpt-5.2-chat-latest': { input: 1.75, cacheRead: 0.175, output: 14 },
      'gpt-5.1-chat-latest': { input: 1.25, cacheRead: 0.125, output: 10 },
      'gpt-5-chat-latest': {
        input: 1.25,
        cacheRead: 0.125,
        output: 10,
        capabilities: base.filter((capability) => capability !== 'tools'),
      },
      'gpt-4o': { input: 2.5, cacheRead: 1.25, output: 10 },
      'gpt-4o-2024-05-13': { input: 5, output: 15, maxOutput: 4_096 },
      'gpt-4o-mini': { input: 0.15, cacheRead: 0.075, output: 0.6 },
    },
  ),
  ...rows(
    { kind: 'chat', context: 1_047_576, maxOutput: 32_768, capabilities: base },
    {
      'gpt-4.1': { input: 2, cacheRead: 0.5, output: 8 },
      'gpt-4.1-mini': { input: 0.4, cacheRead: 0.1, output: 1.6 },
      'gpt-4.1-nano': { input: 0.1, cacheRead: 0.025, output: 0.4 },
    },
  ),
  ...rows(
    { kind: 'chat', context: 200_000, maxOutput: 100_000, capabilities: thinking },
    {
      o3: { input: 2, cacheRead: 0.5, output: 8 },
      'o4-mini': { input: 1.1, cacheRead: 0.275, output: 4.4 },
    },
  ),
  ...rows(
    { kind: 'chat', context: 128_000, maxOutput: 16_384, capabilities: ['tools', 'audio-input'] },
    {
      'gpt-audio-1.5': { input: 2.5, output: 10, audioInput: 32, audioOutput: 64 },
      'gpt-audio': { input: 2.5, output: 10, audioInput: 32, audioOutput: 64 },
      'gpt-audio-mini': { input: 0.6, output: 2.4, audioInput: 10, audioOutput: 20 },
    },
  ),
  ...rows(
    { kind: 'embedding', context: 8_192, capabilities: ['embeddings', 'embedding-dimensions'] },
    {
      'text-embedding-3-small': { input: 0.02 },
      'text-embedding-3-large': { input: 0.13 },
      'text-embedding-ada-002': { input: 0.1, capabilities: ['embeddings'] },
    },
  ),
  // What comes out is counted in tokens of image. The prices for one image are the vendor's own estimate, for before the request.
  ...rows(
    { kind: 'image', capabilities: ['images'] },
    {
      'gpt-image-2': { input: 5, cacheRead: 1.25, output: 30 },
      'gpt-image-1.5': { input: 5, cacheRead: 1.25, output: 32 },
      'gpt-image-1': {
        input: 5,
        cacheRead: 1.25,
        output: 40,
        image: {
          'low/1024x1024': 0.011,
          'low/1024x1536': 0.016,
          'low/1536x1024': 0.016,
          'medium/1024x1024': 0.042,
          'medium/1024x1536': 0.063,
          'medium/1536x1024': 0.063,
          'high/1024x1024': 0.167,
          'high/1024x1536': 0.25,
          'high/1536x1024': 0.25,
        },
      },
      'gpt-image-1-mini': {
        input: 2,
        cacheRead: 0.2,
        output: 8,
        image: {
          'low/1024x1024': 0.005,
          'low/1024x1536': 0.006,
          'low/1536x1024': 0.006,
          'medium/1024x1024': 0.011,
          'medium/1024x1536': 0.015,
          'medium/1536x1024': 0.015,
          'high/1024x1024': 0.036,
          'high/1024x1536': 0.052,
          'high/1536x1024': 0.052,
        },
      },
    },
  ),
  ...rows(
    { kind: 'speech', capabilities: ['speech', 'speech-stream'] },
    {
      'gpt-4o-mini-tts': { input: 0.6, output: 12 },
      'tts-1': { characters: 15 },
      'tts-1-hd': { characters: 30 },
    },
  ),
  ...rows(
    { kind: 'transcription', capabilities: ['transcription', 'transcription-stream'] },
    {
      'gpt-4o-transcribe': { input: 2.5, output: 10, context: 16_000, maxOutput: 2_000 },
      'gpt-4o-mini-transcribe': { input: 1.25, output: 5, context: 16_000, maxOutput: 2_000 },
      'gpt-transcribe': { audioHour: 0.27 },
      'whisper-1': { audioHour: 0.36, capabilities: ['transcription'] },
    },
  ),
}
