import { refuse } from '@do/provider'
import * as z from 'zod/mini'

const microUsd = z.int().check(z.gte(0, 'must not be negative'))
const chain = z.array(z.string().check(z.minLength(1), z.maxLength(256))).check(z.minLength(1), z.maxLength(16))

const settings = z.strictObject({
  /** What a name stands for, best first: `{ fast: ['openai:gpt-5-mini', 'anthropic:claude-haiku-4-5'] }`. */
  aliases: z.optional(z.record(z.string().check(z.regex(/^[a-z][a-z0-9-]{0,63}$/)), chain)),
  /** How the models behind a name are ordered. Default `given`. */
  order: z.optional(z.enum(['given', 'cheapest', 'fastest'])),
  /** Most that may be spent, in millionths of a US dollar, by UTC day and month. Default: no limit. */
  budget: z.optional(z.strictObject({ day: z.optional(microUsd), month: z.optional(microUsd) })),
  /** How long an answer may be given again to the same request of temperature 0, in seconds. Default 0: never. */
  cacheSeconds: z.optional(z.int().check(z.gte(0), z.lte(86_400))),
})

/** How a tenant chooses language models, and what it may spend on them. */
export type ModelSettings = z.output<typeof settings>

/** @throws ProviderError `invalid_config` naming the field. */
export function checkModels(value: unknown): ModelSettings {
  const result = settings.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = ['models', ...(issue?.path ?? [])].join('.')
  throw refuse('invalid_config', `configuration: "${field}" ${issue?.message ?? 'is wrong'}.`, { field })
}
