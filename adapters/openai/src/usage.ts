import { type Cost, costOf, type PriceTable, type Usage } from '@do/llm'

interface Raw {
  readonly prompt_tokens?: unknown
  readonly completion_tokens?: unknown
  readonly input_tokens?: unknown
  readonly output_tokens?: unknown
  readonly total_tokens?: unknown
  readonly prompt_tokens_details?: Details | null
  readonly input_token_details?: Details | null
  readonly input_tokens_details?: Details | null
  readonly completion_tokens_details?: Details | null
  readonly output_tokens_details?: Details | null
  /** DeepSeek's word. */
  readonly prompt_cache_hit_tokens?: unknown
}

interface Details {
  readonly cached_tokens?: unknown
  readonly cache_write_tokens?: unknown
  readonly reasoning_tokens?: unknown
  readonly audio_tokens?: unknown
}

const count = (value: unknown): number => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0)

/** Undefined where the vendor did not count. */
export function usageOf(given: unknown): Usage | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  const raw = given as Raw
  const prompt = count(raw.prompt_tokens ?? raw.input_tokens)
  const completion = count(raw.completion_tokens ?? raw.output_tokens)
  if (prompt + completion + count(raw.total_tokens) === 0) return undefined
  const read = raw.prompt_tokens_details ?? raw.input_tokens_details ?? raw.input_token_details ?? {}
  const written = raw.completion_tokens_details ?? raw.output_tokens_details ?? {}
  const cacheRead = Math.min(prompt, count(read.cached_tokens ?? raw.prompt_cache_hit_tokens))
  const cacheWrite = Math.min(prompt - cacheRead, count(read.cache_write_tokens))
  const reasoning = count(written.reasoning_tokens)
  // Some servers (xAI) count thinking beside the answer and not within it; only the total shows it.
  const isBeside = reasoning > 0 && count(raw.total_tokens) === prompt + completion + reasoning
  const output = isBeside ? completion + reasoning : completion
  const input = prompt - cacheRead - cacheWrite
  const audioInput = Math.min(input, count(read.audio_tokens))
  const audioOutput = Math.min(output, count(written.audio_tokens))
  return {
    input,
    cacheRead,
    cacheWrite,
    output,
    reasoning: Math.min(output, reasoning),
    ...(audioInput > 0 ? { audioInput } : {}),
    ...(audioOutput > 0 ? { audioOutput } : {}),
  }
}

export interface Prices {
  readonly prices: PriceTable
  readonly vendor: string
}

/** What something cost. The table may know the model by the name that it answers with, or the one it was asked by. */
export function priced(
  { prices, vendor }: Prices,
  models: readonly string[],
  cost: (table: PriceTable, vendor: string, model: string) => Cost | undefined,
): { cost?: Cost } {
  for (const model of models) {
    const known = cost(prices, vendor, model)
    if (known !== undefined) return { cost: known }
  }
  return {}
}

/** What is known of an answer's use, for the result. */
export const counted = (prices: Prices, models: readonly string[], usage: Usage | undefined): { usage?: Usage; cost?: Cost } =>
  usage === undefined ? {} : { usage, ...priced(prices, models, (table, vendor, model) => costOf(table, vendor, model, usage)) }
