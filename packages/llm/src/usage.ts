import * as z from 'zod/mini'

const count = z.int().check(z.gte(0))

/**
 * Tokens in five buckets that never overlap but for `reasoning`, which is part of `output`. All that was read is
 * `input + cacheRead + cacheWrite`. Vendors count differently (OpenAI's prompt tokens contain the cached ones, Anthropic's do
 * not); adapters bring them to this.
 */
export const usage = z.object({
  /** Read anew. */
  input: count,
  /** Read from the vendor's prompt cache. */
  cacheRead: count,
  /** Written to the vendor's prompt cache. */
  cacheWrite: count,
  /** The part of `cacheWrite` that is kept for an hour, which costs more. */
  cacheWriteHour: z.optional(count),
  output: count,
  /** The part of `output` that was thought and not said. */
  reasoning: count,
  /** Audio tokens within `input` and `output`, where they have a price of their own. */
  audioInput: z.optional(count),
  audioOutput: z.optional(count),
})

/** What an answer cost by the price table; not an invoice. */
export const cost = z.object({
  /** Millionths of a US dollar, rounded half up once, at the end. */
  microUsd: z.int().check(z.gte(0)),
  /** The date of the table that it was worked out with: `2026-11-01`. */
  prices: z.string(),
})

export type Usage = z.output<typeof usage>
export type Cost = z.output<typeof cost>

export const noUsage: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }

/** Both together: for a conversation of several answers. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum = { ...a } as Record<keyof Usage, number | undefined>
  for (const [name, count] of Object.entries(b) as [keyof Usage, number | undefined][]) {
    if (count !== undefined) sum[name] = (sum[name] ?? 0) + count
  }
  return sum as Usage
}
