import type { Anthropic } from '@anthropic-ai/sdk'

type Mark = '5m' | '1h' | undefined

/** What may carry a mark: a tool, a text of the system prompt, a block of a message. */
interface Markable {
  cache_control?: Anthropic.CacheControlEphemeral | null
}

const most = 4

export const marked = (cache: Mark): { cache_control?: Anthropic.CacheControlEphemeral } =>
  cache === undefined ? {} : { cache_control: { type: 'ephemeral', ...(cache === '1h' ? { ttl: cache } : {}) } }

/**
 * Anthropic takes four marks and no `1h` after a `5m`. So the last four count, and a mark is kept for at least as long as those
 * that follow it: what lies before them is part of what they keep. In order of the prompt: tools, system, messages.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
export function settleMarks(prompt: readonly Markable[]): void {
  const marks = prompt.filter(({ cache_control }) => cache_control !== undefined)
  for (const block of marks.slice(0, -most)) delete block.cache_control
  let long = false
  for (const block of marks.slice(-most).reverse()) {
    long ||= block.cache_control?.ttl === '1h'
    if (long) block.cache_control = { type: 'ephemeral', ttl: '1h' }
  }
}
