import type { ModelFacts } from '../prices.ts'

type Long = NonNullable<ModelFacts['long']>

/**
 * A row of the table as the vendors print it: US dollars for a million tokens, for one image, a million characters, an hour of
 * audio. It becomes millionths of a dollar, whole wherever the vendor's own price has no more than six digits.
 */
export function dollars(row: ModelFacts): ModelFacts {
  const { long, image, kind, context, maxOutput, capabilities, ...prices } = row
  return {
    kind,
    ...micro(prices),
    ...(long === undefined ? {} : { long: { ...(micro(long) as Long), from: long.from } }),
    ...(image === undefined ? {} : { image: micro(image) }),
    ...(context === undefined ? {} : { context }),
    ...(maxOutput === undefined ? {} : { maxOutput }),
    ...(capabilities === undefined ? {} : { capabilities }),
  }
}

function micro(prices: Readonly<Record<string, number | undefined>>): Record<string, number> {
  const all: Record<string, number> = {}
  for (const [name, price] of Object.entries(prices)) if (price !== undefined) all[name] = round(price * 1_000_000)
  return all
}

/** Prices for one image may have tenths of a millionth; what binary fractions add beyond is no part of them. */
const round = (value: number) => Math.round(value * 1_000) / 1_000

/** Rows that share facts: `{ context, capabilities }` said once. */
export function rows(
  shared: Omit<ModelFacts, 'kind'> & { readonly kind: ModelFacts['kind'] },
  models: Readonly<Record<string, Omit<ModelFacts, 'kind'>>>,
): Record<string, ModelFacts> {
  return Object.fromEntries(Object.entries(models).map(([name, row]) => [name, dollars({ ...shared, ...row })]))
}
