import type { Usage } from '@do/llm'

/** As Workers AI counts: the prompt holds the cached tokens, the answer the thoughts. */
export interface VendorUsage {
  readonly prompt_tokens?: number | null
  readonly completion_tokens?: number | null
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number | null } | null
}

/** Undefined where nothing was counted: some models answer zeros. */
export function usageOf(counted: VendorUsage | null | undefined): Usage | undefined {
  if (counted === null || counted === undefined) return undefined
  const prompt = whole(counted.prompt_tokens)
  const output = whole(counted.completion_tokens)
  if (prompt === 0 && output === 0) return undefined
  const cacheRead = Math.min(prompt, whole(counted.prompt_tokens_details?.cached_tokens))
  const reasoning = Math.min(output, whole(counted.completion_tokens_details?.reasoning_tokens))
  return { input: prompt - cacheRead, cacheRead, cacheWrite: 0, output, reasoning }
}

const whole = (count: number | null | undefined) => (Number.isFinite(count) ? Math.max(0, Math.round(count as number)) : 0)
