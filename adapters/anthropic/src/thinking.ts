import type { Anthropic } from '@anthropic-ai/sdk'
import type { GenerateRequest } from '@do/llm'
import { refuse } from '@do/provider'
import type { ModelRules } from './models.ts'

/** Tokens for models that take a budget. */
const budgets = { low: 2_048, medium: 8_192, high: 16_000 } as const

/** The vendor's least. */
const leastBudget = 1_024

export interface Thinking {
  readonly thinking?: Anthropic.ThinkingConfigParam
  readonly effort?: 'low' | 'medium' | 'high'
  /** Asked for: then neither may a tool be forced nor the temperature be set. */
  readonly on: boolean
}

/**
 * Levels in the vendor's words: an effort where the model weighs by itself, a budget where it counts.
 * @throws ProviderError `unsupported` where the model cannot think, or cannot be kept from it; `invalid_input` where the answer
 * is too short for any thought.
 */
export function thinkingOf(level: GenerateRequest['thinking'], rules: ModelRules, maxTokens: number, forced: boolean): Thinking {
  if (level === undefined) {
    // It would think unasked, and Anthropic forces no tool on a model that thinks.
    return forced && rules.unasked && rules.off === 'disabled' ? { thinking: { type: 'disabled' }, on: false } : { on: false }
  }
  if (level === 'off') {
    if (rules.thinking === 'none') return { on: false }
    if (rules.off === 'impossible') throw unsupported('This model always thinks: ask for "low", or another model.')
    return { thinking: { type: rules.off }, on: false }
  }
  if (rules.thinking === 'none')
    throw unsupported('This model does not think before it answers. Leave `thinking` out, or ask another.')
  // Newer models show nothing of it unless they are asked to.
  if (rules.thinking === 'adaptive') return { thinking: { type: 'adaptive', display: 'summarized' }, effort: level, on: true }
  const budget = Math.min(budgets[level], Math.floor(maxTokens / 2))
  if (budget < leastBudget) {
    throw refuse('invalid_input', `"maxOutputTokens" must be ${2 * leastBudget} at least where this model shall think.`, {
      field: 'maxOutputTokens',
    })
  }
  return { thinking: { type: 'enabled', budget_tokens: budget }, on: true }
}

const unsupported = (message: string) => refuse('unsupported', message, { field: 'thinking', elsewhere: true })
