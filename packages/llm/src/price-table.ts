import { anthropicPrices } from './prices/anthropic.ts'
import { googlePrices } from './prices/google.ts'
import { openaiPrices } from './prices/openai.ts'
import { workersAiPrices } from './prices/workers-ai.ts'
import type { ModelFacts, PriceTable } from './prices.ts'

/** What the vendors published on the day of `date`. Prices change often: put your own over it with `withPrices`. */
export const defaultPrices: PriceTable = {
  date: '2026-11-21',
  models: {
    openai: openaiPrices,
    anthropic: anthropicPrices,
    google: googlePrices,
    'workers-ai': workersAiPrices,
  },
}

export interface PriceOverrides {
  /** When these were read; it becomes the table's date, and so that of every cost. */
  readonly date: string
  /**
   * By vendor and model, in the units of `ModelFacts`. A model that the table has keeps what is not said here; a new one needs its
   * `kind`. `null` takes a model out: its cost is unknown then, not zero.
   */
  readonly models: Readonly<Record<string, Readonly<Record<string, Partial<ModelFacts> | null>>>>
}

/**
 * A table with some prices of your own: what your contract says, what is newer, a vendor that the table does not know.
 * @throws TypeError a new model without a `kind`, or a price that is not a number from 0 on.
 */
export function withPrices(table: PriceTable, overrides: PriceOverrides): PriceTable {
  const models: Record<string, Record<string, ModelFacts>> = {}
  for (const [vendor, known] of Object.entries(table.models)) models[vendor] = { ...known }
  for (const [vendor, changes] of Object.entries(overrides.models)) {
    const known = models[vendor] ?? {}
    models[vendor] = known
    for (const [model, change] of Object.entries(changes)) {
      if (change === null) delete known[model]
      else known[model] = merged(known[model], change, `${vendor}:${model}`)
    }
  }
  return { date: overrides.date, models }
}

function merged(known: ModelFacts | undefined, change: Partial<ModelFacts>, name: string): ModelFacts {
  const kind = change.kind ?? known?.kind
  if (kind === undefined) throw new TypeError(`"${name}" is new to the price table: say its \`kind\`.`)
  for (const [field, value] of pricesIn(change)) {
    if (!(Number.isFinite(value) && value >= 0)) throw new TypeError(`"${name}": \`${field}\` must be a number from 0 on.`)
  }
  return { ...known, ...change, kind }
}

function pricesIn(facts: Partial<ModelFacts>): (readonly [string, number])[] {
  const flat: object[] = [facts, facts.long ?? {}, facts.image ?? {}]
  return flat.flatMap((each) => Object.entries(each).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}
