import {
  costOf,
  costOfImages,
  costOfSpeech,
  costOfTranscription,
  factsOf,
  type InstanceFacts,
  noUsage,
  type PriceTable,
} from '@do/llm'
import type { Ask } from './host.ts'

export interface CostEstimate {
  readonly ask: Pick<Ask, 'operation' | 'inputTokens' | 'outputTokens' | 'units'>
  /** The chain: the dearest of it counts. */
  readonly models: readonly string[]
  readonly prices: PriceTable
  /** What instances are, where their name is not their vendor's, or they have aliases of their own. */
  readonly instances?: Readonly<Record<string, InstanceFacts>>
}

/** Where the client names no limit and the table knows none. */
const usualOutput = 16_384
/** No answer is longer. Where a client names more, the sum would be too large to be counted with, and then count as unknown. */
const mostOutput = 100_000_000
/** Bytes of a second of sound, at the least: 16 kbit/s. */
const bytesPerSecond = 2_000

/**
 * The most that a request can cost at any model of its chain, in millionths of a US dollar. Undefined where no model has a price in
 * the table.
 */
export function costEstimate({ ask, models, prices, instances = {} }: CostEstimate): number | undefined {
  const costs = models.flatMap((model) => {
    const each = pricedPlaces(model, prices, instances).map(({ vendor, name }) => costAt(ask, prices, vendor, name))
    return each.filter((cost) => cost !== undefined)
  })
  return costs.length === 0 ? undefined : Math.max(...costs)
}

interface Place {
  readonly vendor: string
  readonly name: string
}

const remembered = new WeakMap<PriceTable, Map<string, readonly Place[]>>()

/** The places of a model that the table has a price for. A table has many patterns, and the same few models are asked again and again. */
function pricedPlaces(model: string, prices: PriceTable, instances: NonNullable<CostEstimate['instances']>): readonly Place[] {
  const known = remembered.get(prices) ?? new Map<string, readonly Place[]>()
  remembered.set(prices, known)
  const key = JSON.stringify([model, instances])
  const found = known.get(key)
  if (found !== undefined) return found
  const places = placesOf(model, prices, instances).filter(({ vendor, name }) => factsOf(prices, vendor, name) !== undefined)
  // Names come from clients: what nobody has is not remembered.
  if (places.length > 0 && known.size < 1_000) known.set(key, places)
  return places
}

/** Where a model may be: at its address, or, for a name alone, at every vendor and instance. */
function placesOf(model: string, prices: PriceTable, instances: NonNullable<CostEstimate['instances']>) {
  const colon = model.indexOf(':')
  const to = model.slice(0, Math.max(0, colon))
  const names = [...Object.keys(instances), ...Object.keys(prices.models)]
  const addressed = names.includes(to)
  return (addressed ? [to] : names).map((name) => {
    const { vendor = name, aliases = {} } = Object.hasOwn(instances, name) ? (instances[name] ?? {}) : {}
    const asked = addressed ? model.slice(colon + 1) : model
    return { vendor, name: Object.hasOwn(aliases, asked) ? (aliases[asked] as string) : asked }
  })
}

function costAt(
  { operation, inputTokens, outputTokens, units }: CostEstimate['ask'],
  prices: PriceTable,
  vendor: string,
  model: string,
) {
  switch (operation) {
    case 'models':
      return 0
    case 'image': {
      const { images: count = 1, imageSize: size, imageQuality: quality } = units
      return costOfImages(prices, vendor, model, {
        count,
        ...(size === undefined ? {} : { size }),
        ...(quality === undefined ? {} : { quality }),
      })?.microUsd
    }
    case 'speak':
      return costOfSpeech(prices, vendor, model, { characters: units.characters ?? 0 })?.microUsd
    case 'transcribe':
      return costOfTranscription(prices, vendor, model, { seconds: Math.ceil((units.audioBytes ?? 0) / bytesPerSecond) })
        ?.microUsd
    case 'embed':
      return costOf(prices, vendor, model, { ...noUsage, input: inputTokens })?.microUsd
    case 'generate': {
      const output = Math.min(outputTokens ?? factsOf(prices, vendor, model)?.maxOutput ?? usualOutput, mostOutput)
      // Writing to the vendor's prompt cache may cost more than reading: the dearer way counts.
      const ways = [{ input: inputTokens }, { cacheWrite: inputTokens, cacheWriteHour: inputTokens }]
      const costs = ways.map((way) => costOf(prices, vendor, model, { ...noUsage, ...way, output })?.microUsd)
      return costs[0] === undefined ? undefined : Math.max(costs[0], costs[1] ?? 0)
    }
  }
}
