import { type Cost, factsOf, type ModelFacts, type PriceTable } from '@do/llm'

/** How much of what the table has a price for: images, spoken characters, hours of audio. */
export function mediaCost(
  { prices, vendor }: { readonly prices: PriceTable | undefined; readonly vendor: string },
  models: readonly string[],
  microUsdOf: (facts: ModelFacts) => number | undefined,
): { cost?: Cost } {
  if (prices === undefined) return {}
  for (const model of models) {
    const facts = factsOf(prices, vendor, model)
    const microUsd = facts === undefined ? undefined : microUsdOf(facts)
    if (microUsd !== undefined) return { cost: { microUsd: Math.round(microUsd), prices: prices.date } }
  }
  return {}
}
