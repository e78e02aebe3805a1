import type { GenerateRequest } from '@do/llm'
import { refuse } from '@do/provider'
import type { ThinkingConfig, ThinkingLevel } from '@google/genai/web'
import { versionOf } from './model.ts'

type Level = NonNullable<GenerateRequest['thinking']>

interface Row {
  readonly models: RegExp
  /** Tokens, or the name of a level, by our levels. */
  readonly by: Readonly<Record<Level, number | 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'>>
  /** `off` is only as little as the model can. */
  readonly alwaysThinks?: true
}

/**
 * What our levels are at Google, by model; the first row that fits. The budgets are Google's own for these words.
 * https://ai.google.dev/gemini-api/docs/openai#thinking https://ai.google.dev/gemini-api/docs/thinking
 */
const table: readonly Row[] = [
  { models: /2\.5-pro/, by: { off: 128, low: 1_024, medium: 8_192, high: 24_576 }, alwaysThinks: true },
  { models: /2\.5-flash/, by: { off: 0, low: 1_024, medium: 8_192, high: 24_576 } },
  { models: /gemini-3-pro/, by: { off: 'LOW', low: 'LOW', medium: 'HIGH', high: 'HIGH' }, alwaysThinks: true },
  {
    models: /gemini-3(\.[1356])?-flash|flash-lite/,
    by: { off: 'MINIMAL', low: 'LOW', medium: 'MEDIUM', high: 'HIGH' },
    alwaysThinks: true,
  },
  { models: /./, by: { off: 'LOW', low: 'LOW', medium: 'MEDIUM', high: 'HIGH' }, alwaysThinks: true },
]

/** Models that speak, paint, embed or listen do not think on demand, nor does anything before 2.5. */
const canThink = (model: string) => versionOf(model) >= 205 && !/tts|image|transcribe|embedding|audio/.test(model)

export interface Thinking {
  readonly config?: ThinkingConfig
  readonly warnings: readonly string[]
}

/** @throws ProviderError `unsupported` where the model cannot think. */
export function thinkingFor(model: string, level: Level | undefined): Thinking {
  if (level === undefined) return { warnings: [] }
  if (!canThink(model)) {
    if (level === 'off') return { warnings: [] }
    throw refuse('unsupported', `"${model}" does not think on demand. Leave \`thinking\` out, or ask another model.`, {
      field: 'thinking',
      elsewhere: true,
    })
  }
  const row = table.find(({ models }) => models.test(model)) as Row
  const value = row.by[level]
  const config: ThinkingConfig = typeof value === 'number' ? { thinkingBudget: value } : { thinkingLevel: value as ThinkingLevel }
  if (level !== 'off') return { config: { ...config, includeThoughts: true }, warnings: [] }
  return { config, warnings: row.alwaysThinks ? ['thinking_not_off'] : [] }
}
