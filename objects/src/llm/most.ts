import type { Ask } from '@do/gateway'
import { costOf, costOfImages, costOfSpeech, costOfTranscription, defaultPrices, factsOf, noUsage } from '@do/llm'
import type { LlmChoice } from './wire.ts'

/** Where a model has no limit of its own, and the request names none. */
const usualOutput = 16_384

/**
 * The most that a request may cost, in millionths of a US dollar: at the dearest model of its chain. Models without a price in the
 * table count for nothing, since nobody can say what they cost.
 */
export function mostOf(ask: Ask, models: readonly string[], choice: LlmChoice): number {
  const prices = models.flatMap((model) => placesOf(model, choice).map(({ vendor, name }) => priceOf(ask, vendor, name)))
  return Math.max(0, ...prices)
}

/** Each place that may be asked for a model: its vendor, and the vendor's name of the model. */
function placesOf(asked: string, { order, instances = {} }: LlmChoice) {
  const colon = asked.indexOf(':')
  const to = asked.slice(0, Math.max(0, colon))
  const addressed = order.includes(to)
  return (addressed ? [to] : order).map((instance) => {
    const { vendor = instance, aliases = {} } = instances[instance] ?? {}
    const name = addressed ? asked.slice(colon + 1) : asked
    return { vendor, name: aliases[name] ?? name }
  })
}

/** Bytes of a second of sound, at the least: 16 kbit/s. */
const bytesPerSecond = 2_000

function priceOf({ operation, inputTokens, outputTokens, units }: Ask, vendor: string, model: string): number {
  switch (operation) {
    case 'image': {
      const { images: count = 1, imageSize: size, imageQuality: quality } = units
      return costOfImages(defaultPrices, vendor, model, { count, size, quality })?.microUsd ?? 0
    }
    case 'speak':
      return costOfSpeech(defaultPrices, vendor, model, { characters: units.characters ?? 0 })?.microUsd ?? 0
    case 'transcribe': {
      const seconds = Math.ceil((units.audioBytes ?? 0) / bytesPerSecond)
      return costOfTranscription(defaultPrices, vendor, model, { seconds })?.microUsd ?? 0
    }
    case 'models':
      return 0
    default: {
      const output = operation === 'embed' ? 0 : (outputTokens ?? factsOf(defaultPrices, vendor, model)?.maxOutput ?? usualOutput)
      // Writing to a prompt cache may cost more than reading: the dearest way counts.
      const ways = [{ input: inputTokens }, { cacheWrite: inputTokens, cacheWriteHour: inputTokens }]
      const costs = ways.map((way) => costOf(defaultPrices, vendor, model, { ...noUsage, ...way, output })?.microUsd ?? 0)
      return Math.max(...costs)
    }
  }
}

/** What an answer that broke off cost, about: all of its prompt, and as much as came of it. An event of a stream is about a token. */
export function brokenOff(ask: Pick<Ask, 'inputTokens' | 'streamed'>, bytes: number, vendor: string, model: string): number {
  const usage = { ...noUsage, input: ask.inputTokens, output: Math.ceil(bytes / (ask.streamed ? 100 : 4)) }
  return costOf(defaultPrices, vendor, model, usage)?.microUsd ?? 0
}
