import type { Anthropic } from '@anthropic-ai/sdk'
import type { FinishReason, Usage } from '@do/llm'

/** Both reports of an answer: the whole one at its start, and the counts at its end that replace what they name. */
export type VendorUsage = Partial<Anthropic.Usage> | Partial<Anthropic.MessageDeltaUsage>

/** Anthropic's `input_tokens` do not contain those of the cache. */
export function usageOf(reports: readonly (VendorUsage | null | undefined)[]): Usage | undefined {
  const counted: Partial<Anthropic.Usage> = {}
  for (const report of reports) {
    for (const [name, value] of Object.entries(report ?? {})) if (value !== null) Object.assign(counted, { [name]: value })
  }
  const { input_tokens, output_tokens } = counted
  if (typeof input_tokens !== 'number' || typeof output_tokens !== 'number') return undefined
  const cacheWrite = counted.cache_creation_input_tokens ?? 0
  const hour = Math.min(counted.cache_creation?.ephemeral_1h_input_tokens ?? 0, cacheWrite)
  return {
    input: input_tokens,
    cacheRead: counted.cache_read_input_tokens ?? 0,
    cacheWrite,
    ...(hour > 0 ? { cacheWriteHour: hour } : {}),
    output: output_tokens,
    reasoning: counted.output_tokens_details?.thinking_tokens ?? 0,
  }
}

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'refusal',
}

/**
 * `refusal` with a policy's name is Anthropic's filter; without one the model declined. What it waits for after `pause_turn` are
 * tools of Anthropic's own.
 */
export function finishOf(reason: string | null | undefined, details?: { readonly category?: unknown } | null): FinishReason {
  if (reason === 'refusal' && typeof details?.category === 'string') return 'content_filter'
  return typeof reason === 'string' && Object.hasOwn(reasons, reason) ? (reasons[reason] as FinishReason) : 'other'
}
