import type { ModelFacts } from '../prices.ts'
import { rows } from './dollars.ts'

// https://platform.claude.com/docs/en/about-claude/pricing, for requests that may be worked out anywhere. Written to the cache
// for five minutes: `cacheWrite`; for an hour: `cacheWriteHour`.

const capabilities = ['tools', 'structured-output', 'vision', 'files', 'thinking', 'prompt-cache']

const opus = { input: 5, cacheRead: 0.5, cacheWrite: 6.25, cacheWriteHour: 10, output: 25 }
const sonnet = { input: 3, cacheRead: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15 }

export const anthropicPrices: Readonly<Record<string, ModelFacts>> = {
  ...rows(
    { kind: 'chat', context: 1_000_000, maxOutput: 128_000, capabilities },
    {
      'claude-fable-5-2': { input: 8, cacheRead: 0.2, cacheWrite: 10, cacheWriteHour: 16, output: 40 },
      'claude-fable-5-1': { input: 10, cacheRead: 0.25, cacheWrite: 12.5, cacheWriteHour: 20, output: 50 },
      'claude-fable-5': { input: 10, cacheRead: 1, cacheWrite: 12.5, cacheWriteHour: 20, output: 50 },
      'claude-mythos-5-1': { input: 10, cacheRead: 0.25, cacheWrite: 12.5, cacheWriteHour: 20, output: 50 },
      'claude-mythos-5': { input: 10, cacheRead: 1, cacheWrite: 12.5, cacheWriteHour: 20, output: 50 },
      'claude-opus-5-5': { input: 4, cacheRead: 0.2, cacheWrite: 5, cacheWriteHour: 8, output: 20 },
      'claude-opus-5': opus,
      'claude-opus-4-8': opus,
      'claude-opus-4-7': opus,
      'claude-opus-4-6': opus,
      'claude-sonnet-5-5': { input: 2, cacheRead: 0.1, cacheWrite: 2.5, cacheWriteHour: 4, output: 10 },
      'claude-sonnet-5': { input: 2, cacheRead: 0.2, cacheWrite: 2.5, cacheWriteHour: 4, output: 10 },
      'claude-sonnet-4-6': { ...sonnet, maxOutput: 64_000 },
      'claude-haiku-5-5': {
        ...{ input: 0.1, cacheRead: 0.01, cacheWrite: 0.125, cacheWriteHour: 0.2, output: 0.5 },
        long: { from: 100_001, input: 0.5, cacheRead: 0.05, cacheWrite: 0.625, cacheWriteHour: 1, output: 2.5 },
      },
    },
  ),
  ...rows(
    { kind: 'chat', context: 200_000, maxOutput: 64_000, capabilities },
    {
      'claude-opus-4-5': opus,
      'claude-sonnet-4-5': {
        ...sonnet,
        long: { from: 200_001, input: 6, cacheRead: 0.6, cacheWrite: 7.5, cacheWriteHour: 12, output: 22.5 },
      },
      'claude-haiku-4-5': { input: 1, cacheRead: 0.1, cacheWrite: 1.25, cacheWriteHour: 2, output: 5 },
      'claude-opus-4-1': { input: 15, cacheRead: 1.5, cacheWrite: 18.75, cacheWriteHour: 30, output: 75, maxOutput: 32_000 },
      'claude-3-7-sonnet': sonnet,
    },
  ),
}
