import { type Cost, costOf, type PriceTable, type Usage } from '@do/llm'

interface Raw {
  readonly prompt_tokens?: unknown
  readonly completion_tokens?: unknown
  readonly input_tokens?: unknown
  readonly output_tokens?: unknown
  readonly total_tokens?: unknown
  readonly prompt_tokens_details?: Details | null
  readonly input_token_details?: Details | null
  readonly completion_tokens_details?: Details | null
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
  const read = raw.prompt_tokens_details ?? raw.input_token_details ?? {}
  const written = raw.completion_tokens_details ?? {}
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

/** What is known of an answer's use, for the result. The table may know the model by the name it was asked for. */
export function counted(
  { prices, vendor }: { readonly prices: PriceTable | undefined; readonly vendor: string },
  models: readonly string[],
  usage: Usage | undefined,
): { usage?: Usage; cost?: Cost } {
  if (usage === undefined) return {}
  if (prices === undefined) return { usage }
  for (const model of models) {
    const cost = costOf(prices, vendor, model, usage)
    if (cost !== undefined) return { usage, cost }
  }
  return { usage }
}
