import type { ModelFacts, PriceTable } from './prices.ts'
import type { Cost, Usage } from './usage.ts'

/**
 * What is known of a model: by its own name, by its name without the date of a snapshot (`gpt-5-mini-2025-08-07`), or by the longest
 * pattern.
 */
export function factsOf(table: PriceTable, vendor: string, model: string): ModelFacts | undefined {
  const models = Object.hasOwn(table.models, vendor) ? table.models[vendor] : undefined
  if (models === undefined) return undefined
  for (const name of [model, model.replace(snapshot, '')]) if (Object.hasOwn(models, name)) return models[name]
  let best: string | undefined
  for (const pattern of Object.keys(models)) {
    if (pattern.endsWith('*') && model.startsWith(pattern.slice(0, -1)) && pattern.length > (best?.length ?? 0)) best = pattern
  }
  return best === undefined ? undefined : models[best]
}

const snapshot = /[-@](?:\d{4}-\d{2}-\d{2}|\d{8})$/

/** What text cost. Undefined where the table has no price for a bucket that was used, or the counts are no counts. */
export function costOf(table: PriceTable, vendor: string, model: string, usage: Usage): Cost | undefined {
  const facts = factsOf(table, vendor, model)
  if (facts === undefined || !Object.values(usage).every(isCount)) return undefined
  const { input, cacheRead, cacheWrite, output } = usage
  // A part is never more than its whole, whatever a vendor counts: audio that came from the cache is no audio within `input`.
  const cacheWriteHour = Math.min(usage.cacheWriteHour ?? 0, cacheWrite)
  const audioInput = Math.min(usage.audioInput ?? 0, input)
  const audioOutput = Math.min(usage.audioOutput ?? 0, output)
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
  let total = 0
  for (const [tokens, each] of parts) {
    if (tokens === 0) continue
    if (each === undefined) return undefined
    total += tokens * thousandths(each)
  }
  // Up to here a number is exact, and the quotient far from being rounded to a wrong whole one.
  if (total < 1e15) return { microUsd: Math.floor((total + 500_000_000) / 1_000_000_000), prices: table.date }
  let exactly = 0n
  for (const [tokens, each = 0] of parts) exactly += BigInt(tokens) * exact(each)
  return { microUsd: perMillion(exactly), prices: table.date }
}

const isCount = (value: unknown) => value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)

/** Prices are taken to the thousandth of a millionth, and sums are whole numbers of that: nothing is rounded twice. */
export const exact = (price: number): bigint => BigInt(thousandths(price))

const thousandths = (price: number) => Math.round(price * 1_000)

/** Of a sum for a million. Halves go up. */
export const perMillion = (total: bigint): number => Number((total + 500_000_000n) / 1_000_000_000n)
