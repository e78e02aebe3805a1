import type { ModelFacts } from '../prices.ts'
import { rows } from './dollars.ts'

// https://ai.google.dev/gemini-api/docs/pricing, paid tier. Keeping an explicit cache costs by the hour besides, and is not in here.
// Announced: 3.6 to 3.8 Flash cost twice as much from 2027-01-01, Gemini 4 Argon and Carbon from 2026-12-01.

const capabilities = ['tools', 'structured-output', 'json', 'vision', 'files', 'audio-input', 'thinking', 'prompt-cache', 'seed']

const pro = {
  ...{ input: 2, cacheRead: 0.2, output: 12 },
  long: { from: 200_001, input: 4, cacheRead: 0.4, output: 18 },
}
const flash = { input: 0.75, cacheRead: 0.075, output: 3.75 }
const proImage = { input: 2, output: 120 }
const flashImage = { input: 0.5, output: 60 }

export const googlePrices: Readonly<Record<string, ModelFacts>> = {
  ...rows(
    { kind: 'chat', context: 1_048_576, maxOutput: 65_536, capabilities },
    {
      'gemini-4-argon': { input: 2, cacheRead: 0.1, output: 10 },
      'gemini-4-carbon': { input: 2, cacheRead: 0.1, output: 10 },
      'gemini-4-hydrogen': { input: 1.5, cacheRead: 0.075, output: 7.5 },
      'gemini-3.8-flash': flash,
      'gemini-3.7-flash': flash,
      'gemini-3.6-flash': flash,
      'gemini-3.5-flash': { input: 1.5, cacheRead: 0.15, output: 9 },
      'gemini-3.5-flash-lite': { input: 0.3, cacheRead: 0.03, output: 2.5 },
      'gemini-3.1-pro-preview': pro,
      'gemini-3.1-flash-lite': { input: 0.25, cacheRead: 0.025, output: 1.5, audioInput: 0.5 },
      'gemini-3-pro-preview': pro,
      'gemini-3-flash-preview': { input: 0.5, cacheRead: 0.05, output: 3, audioInput: 1 },
      'gemini-2.5-pro': {
        ...{ input: 1.25, cacheRead: 0.125, output: 10 },
        long: { from: 200_001, input: 2.5, cacheRead: 0.25, output: 15 },
      },
      'gemini-2.5-flash': { input: 0.3, cacheRead: 0.03, output: 2.5, audioInput: 1 },
      'gemini-2.5-flash-lite': { input: 0.1, cacheRead: 0.01, output: 0.4, audioInput: 0.3 },
    },
  ),
  ...rows(
    { kind: 'embedding', capabilities: ['embeddings', 'embedding-dimensions'] },
    {
      'gemini-embedding-2': { input: 0.2, context: 8_192 },
      'gemini-embedding-001': { input: 0.15, context: 2_048 },
    },
  ),
  // The Gemini ones count what comes out in tokens of image, Imagen in images.
  ...rows(
    { kind: 'image', capabilities: ['images'] },
    {
      'gemini-3-pro-image': proImage,
      'gemini-3-pro-image-preview': proImage,
      'gemini-3.1-flash-image': flashImage,
      'gemini-3.1-flash-image-preview': flashImage,
      'gemini-3.1-flash-lite-image': { input: 0.25, output: 30 },
      'gemini-2.5-flash-image': { input: 0.3, output: 30, image: { '*': 0.039 } },
      'imagen-4.0-generate-001': { image: { '*': 0.04 } },
      'imagen-4.0-fast-generate-001': { image: { '*': 0.02 } },
      'imagen-4.0-ultra-generate-001': { image: { '*': 0.06 } },
    },
  ),
  ...rows(
    { kind: 'speech', context: 8_192, capabilities: ['speech'] },
    {
      'gemini-3.1-flash-tts-preview': { input: 1, output: 20, capabilities: ['speech', 'speech-stream'] },
      'gemini-2.5-flash-preview-tts': { input: 0.5, output: 10 },
      'gemini-2.5-pro-preview-tts': { input: 1, output: 20 },
    },
  ),
  ...rows(
    { kind: 'transcription', capabilities: ['transcription'] },
    { 'gemini-3.5-transcribe': { input: 2, output: 12, context: 131_072, maxOutput: 32_768 } },
  ),
}
