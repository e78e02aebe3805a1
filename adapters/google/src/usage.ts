import { type Cost, costOf, type PriceTable, type Usage } from '@do/llm'
import type { GenerateContentResponseUsageMetadata, ModalityTokenCount } from '@google/genai/web'

/**
 * Google's prompt tokens contain those from the cache; thoughts are counted beside what was said. Nothing is paid for writing to
 * the cache that Google fills by itself.
 */
export function usageOf(counts: GenerateContentResponseUsageMetadata | undefined): Usage | undefined {
  if (counts === undefined) return undefined
  const { promptTokenCount = 0, cachedContentTokenCount = 0, toolUsePromptTokenCount = 0 } = counts
  const { candidatesTokenCount = 0, thoughtsTokenCount = 0 } = counts
  const audioInput = audio(counts.promptTokensDetails) - audio(counts.cacheTokensDetails)
  const audioOutput = audio(counts.candidatesTokensDetails)
  return {
    input: Math.max(0, promptTokenCount - cachedContentTokenCount) + toolUsePromptTokenCount,
    cacheRead: cachedContentTokenCount,
    cacheWrite: 0,
    output: candidatesTokenCount + thoughtsTokenCount,
    reasoning: thoughtsTokenCount,
    ...(audioInput > 0 ? { audioInput } : {}),
    ...(audioOutput > 0 ? { audioOutput } : {}),
  }
}

const audio = (details: readonly ModalityTokenCount[] | undefined): number =>
  (details ?? []).reduce((sum, { modality, tokenCount = 0 }) => sum + (modality === 'AUDIO' ? tokenCount : 0), 0)

export interface Counted {
  readonly usage?: Usage
  readonly cost?: Cost
}

/** Usage with its cost, each only where it is known. `worth`: what is not paid by tokens of text alone. */
export function counted(
  prices: PriceTable,
  model: string,
  usage: Usage | undefined,
  worth: (name: string, usage: Usage) => Cost | undefined = (name, used) => costOf(prices, 'google', name, used),
): Counted {
  if (usage === undefined) return {}
  const cost = worth(plainName(model), usage)
  return cost === undefined ? { usage } : { usage, cost }
}

/** As price tables call it. */
export const plainName = (model: string): string => model.replace(/^models\//, '')
