import type { ModelFacts } from '../prices.ts'
import { rows } from './dollars.ts'

// https://developers.cloudflare.com/workers-ai/platform/pricing/: billed in neurons at $0.011 a thousand; the dollar column of that page is
// rounded. The 10,000 neurons that are free each day are not taken off, since nobody here knows how many are left.

const neurons = (count: number) => count * 0.000011

const text = (input: number, output: number) => ({ input: neurons(input), output: neurons(output) })

const plain = ['json', 'structured-output']
const able = [...plain, 'tools']

export const workersAiPrices: Readonly<Record<string, ModelFacts>> = {
  ...rows(
    { kind: 'chat', capabilities: plain },
    {
      '@cf/meta/llama-3.2-1b-instruct': { ...text(2_457, 18_252), context: 60_000 },
      '@cf/meta/llama-3.2-3b-instruct': { ...text(4_625, 30_475), context: 80_000 },
      '@cf/meta/llama-3.1-8b-instruct': text(25_608, 75_147),
      '@cf/meta/llama-3.1-8b-instruct-fp8': { ...text(13_778, 26_128), context: 32_000 },
      '@cf/meta/llama-3.1-8b-instruct-fp8-fast': text(4_119, 34_868),
      '@cf/meta/llama-3.1-8b-instruct-awq': text(11_161, 24_215),
      '@cf/meta/llama-3.1-70b-instruct-fp8-fast': text(26_668, 204_805),
      '@cf/meta/llama-3.2-11b-vision-instruct': { ...text(4_410, 61_493), context: 128_000, capabilities: [...plain, 'vision'] },
      '@cf/meta/llama-3-8b-instruct': text(25_608, 75_147),
      '@cf/meta/llama-guard-3-8b': { ...text(44_003, 2_730), context: 131_072, capabilities: [] },
      '@cf/mistral/mistral-7b-instruct-v0.1': text(10_000, 17_300),
      '@cf/google/gemma-3-12b-it': { ...text(31_371, 50_560), capabilities: [...plain, 'vision'] },
      '@cf/deepseek-ai/deepseek-r1-distill-qwen-32b': {
        ...text(45_170, 443_756),
        context: 80_000,
        capabilities: [...plain, 'thinking'],
      },
      '@cf/qwen/qwq-32b': { ...text(60_000, 90_909), context: 24_000, capabilities: [...plain, 'thinking'] },
      '@cf/qwen/qwen2.5-coder-32b-instruct': { ...text(60_000, 90_909), context: 32_768 },
      '@cf/aisingapore/gemma-sea-lion-v4-27b-it': { ...text(31_876, 50_488), context: 128_000 },
    },
  ),
  ...rows(
    { kind: 'chat', capabilities: able },
    {
      '@cf/meta/llama-3.3-70b-instruct-fp8-fast': { ...text(26_668, 204_805), context: 24_000 },
      '@cf/meta/llama-4-scout-17b-16e-instruct': { ...text(24_545, 77_273), context: 131_000, capabilities: [...able, 'vision'] },
      '@cf/mistralai/mistral-small-3.1-24b-instruct': {
        ...text(31_876, 50_488),
        context: 128_000,
        capabilities: [...able, 'vision'],
      },
      '@cf/ibm-granite/granite-4.0-h-micro': { ...text(1_542, 10_158), context: 131_000 },
      '@cf/qwen/qwen3-30b-a3b-fp8': { ...text(4_625, 30_475), context: 32_768, capabilities: [...able, 'thinking'] },
      '@cf/openai/gpt-oss-120b': { ...text(31_818, 68_182), context: 128_000, capabilities: [...able, 'thinking'] },
      '@cf/openai/gpt-oss-20b': { ...text(18_182, 27_273), context: 128_000, capabilities: [...able, 'thinking'] },
      '@cf/zai-org/glm-4.7-flash': { ...text(5_500, 36_400), context: 131_072, capabilities: [...able, 'thinking'] },
      '@cf/zai-org/glm-5.2': {
        ...{ input: 1.4, cacheRead: 0.26, output: 4.4, context: 262_144 },
        capabilities: [...able, 'thinking', 'prompt-cache'],
      },
      '@cf/zai-org/glm-5.3': {
        ...{ input: 1.4, cacheRead: 0.26, output: 4.4 },
        capabilities: [...able, 'thinking', 'prompt-cache'],
      },
      '@cf/zai-org/glm-5.3-flash': {
        ...{ input: 0.15, cacheRead: 0.03, output: 0.5, context: 1_048_576 },
        capabilities: [...able, 'thinking', 'vision', 'prompt-cache'],
      },
      '@cf/google/gemma-4-26b-a4b-it': {
        input: 0.1,
        output: 0.3,
        context: 256_000,
        capabilities: [...able, 'thinking', 'vision'],
      },
      '@cf/nvidia/nemotron-3-120b-a12b': { input: 0.5, output: 1.5, context: 256_000, capabilities: [...able, 'thinking'] },
      '@cf/qwen/qwen3.8-27b': { input: 0.45, output: 3.2, context: 262_144, capabilities: [...able, 'thinking'] },
      '@cf/moonshotai/kimi-k2.5': {
        ...{ input: 0.6, cacheRead: 0.1, output: 3, context: 256_000 },
        capabilities: [...able, 'thinking', 'vision', 'prompt-cache'],
      },
      '@cf/moonshotai/kimi-k2.6': {
        ...{ input: 0.95, cacheRead: 0.16, output: 4, context: 262_144 },
        capabilities: [...able, 'thinking', 'vision', 'prompt-cache'],
      },
      '@cf/moonshotai/kimi-k2.7-code': {
        ...{ input: 0.95, cacheRead: 0.19, output: 4, context: 262_144 },
        capabilities: [...able, 'thinking', 'vision', 'prompt-cache'],
      },
    },
  ),
  ...rows(
    { kind: 'embedding', capabilities: ['embeddings'] },
    {
      '@cf/baai/bge-small-en-v1.5': { input: neurons(1_841) },
      '@cf/baai/bge-base-en-v1.5': { input: neurons(6_058) },
      '@cf/baai/bge-large-en-v1.5': { input: neurons(18_582) },
      '@cf/baai/bge-m3': { input: neurons(1_075) },
      '@cf/qwen/qwen3-embedding-0.6b': { input: neurons(1_075) },
      '@cf/pfnet/plamo-embedding-1b': { input: neurons(1_689) },
    },
  ),
  // For tiles of 512 x 512 pixels and steps: what the default of steps costs.
  ...rows(
    { kind: 'image', capabilities: ['images'] },
    {
      '@cf/black-forest-labs/flux-1-schnell': { image: { '1024x1024': neurons(4 * 4.8 + 4 * 9.6) } },
      '@cf/black-forest-labs/flux-2-klein-4b': { image: { '512x512': neurons(26.05), '1024x1024': neurons(4 * 26.05) } },
      '@cf/black-forest-labs/flux-2-klein-9b': { image: { '1024x1024': neurons(1_363.64) } },
    },
  ),
  ...rows(
    { kind: 'speech', capabilities: ['speech'] },
    {
      '@cf/deepgram/aura-1': { characters: neurons(1_363_640) },
      '@cf/deepgram/aura-2-en': { characters: neurons(2_727_270) },
      '@cf/deepgram/aura-2-es': { characters: neurons(2_727_270) },
      '@cf/myshell-ai/melotts': { audioHour: neurons(60 * 18.63) },
    },
  ),
  ...rows(
    { kind: 'transcription', capabilities: ['transcription'] },
    {
      '@cf/openai/whisper': { audioHour: neurons(60 * 41.14) },
      '@cf/openai/whisper-large-v3-turbo': { audioHour: neurons(60 * 46.63) },
      '@cf/deepgram/nova-3': { audioHour: neurons(60 * 472.73) },
    },
  ),
}
