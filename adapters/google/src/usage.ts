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

/** The model that was asked, and the one that answered, where Google says. */
export interface Answering {
  readonly asked: string
  readonly served?: string | undefined
}

/** Usage with its cost, each only where it is known. `worth`: what is not paid by tokens of text alone. */
export function counted(
  prices: PriceTable,
  { asked, served = asked }: Answering,
  usage: Usage | undefined,
  worth: (name: string, usage: Usage) => Cost | undefined = (name, used) => costOf(prices, 'google', name, used),
): Counted {
  if (usage === undefined) return {}
  const [name, own] = [plainName(asked), plainName(served)]
  // A version of the model that was asked for costs as much as that; another model, which stands in for it, does not.
  const cost = worth(own, usage) ?? (isVersion(own, name) ? worth(name, usage) : undefined)
  return cost === undefined ? { usage } : { usage, cost }
}

/** `gemini-x-001` and `gemini-x-preview-05-20` of `gemini-x`, but not `gemini-x-lite`. */
const isVersion = (own: string, name: string) => own.startsWith(name) && /^-(\d|preview|exp)[\w-]*$/.test(own.slice(name.length))

/** As price tables call it. */
export const plainName = (model: string): string => model.replace(/^models\//, '')
