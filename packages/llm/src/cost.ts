import type { ModelFacts, PriceTable } from './prices.ts'
import type { Cost, Usage } from './usage.ts'

/** What is known of a model, by its own name or the longest pattern. */
export function factsOf(table: PriceTable, vendor: string, model: string): ModelFacts | undefined {
  const models = Object.hasOwn(table.models, vendor) ? table.models[vendor] : undefined
  if (models === undefined) return undefined
  if (Object.hasOwn(models, model)) return models[model]
  let best: string | undefined
  for (const pattern of Object.keys(models)) {
    if (pattern.endsWith('*') && model.startsWith(pattern.slice(0, -1)) && pattern.length > (best?.length ?? 0)) best = pattern
  }
  return best === undefined ? undefined : models[best]
}

/** What text cost. Undefined where the table has no price for a bucket that was used. */
export function costOf(table: PriceTable, vendor: string, model: string, usage: Usage): Cost | undefined {
  const facts = factsOf(table, vendor, model)
  if (facts === undefined) return undefined
  const { input, cacheRead, cacheWrite, cacheWriteHour = 0, output, audioInput = 0, audioOutput = 0 } = usage
  const isLong = facts.long !== undefined && input + cacheRead + cacheWrite >= facts.long.from
  const price = isLong ? { ...facts, ...facts.long } : facts
  const write = price.cacheWrite ?? price.input
  const parts: readonly (readonly [tokens: number, price: number | undefined])[] = [
    [input - audioInput, price.input],
    [audioInput, price.audioInput ?? price.input],
    [cacheRead, price.cacheRead ?? price.input],
    [cacheWrite - cacheWriteHour, write],
    [cacheWriteHour, price.cacheWriteHour ?? write],
    [output - audioOutput, price.output],
    [audioOutput, price.audioOutput ?? price.output],
  ]
  let total = 0n
  for (const [tokens, each] of parts) {
    if (tokens === 0) continue
    if (each === undefined) return undefined
    total += BigInt(tokens) * BigInt(Math.round(each))
  }
  return { microUsd: perMillion(total), prices: table.date }
}

/** Halves go up. */
function perMillion(total: bigint): number {
  return Number((total + 500_000n) / 1_000_000n)
}
