import { costOf, exact, factsOf, perMillion } from './cost.ts'
import type { PriceTable } from './prices.ts'
import type { Cost, Usage } from './usage.ts'

export interface ImageUnits {
  readonly count: number
  /** `1024x1024`, as asked. */
  readonly size?: string | undefined
  readonly quality?: string | undefined
  /** What the vendor counted; where the model has a price for tokens, that is what is paid. */
  readonly usage?: Usage | undefined
}

/**
 * What images cost: by tokens where the vendor counted them and the model is priced so, otherwise by the image (`<quality>/<size>`,
 * then `<size>`, then `*`). Undefined where the table has no price for these.
 */
export function costOfImages(table: PriceTable, vendor: string, model: string, units: ImageUnits): Cost | undefined {
  const { count, size, quality, usage } = units
  const facts = factsOf(table, vendor, model)
  if (usage !== undefined && facts?.output !== undefined) return costOf(table, vendor, model, usage)
  const prices = facts?.image ?? {}
  const names = [...(size === undefined ? [] : quality === undefined ? [size] : [`${quality}/${size}`, size]), '*']
  const name = names.find((each) => Object.hasOwn(prices, each))
  return name === undefined ? undefined : costBy(table, count, 1, (prices[name] as number) * 1_000_000)
}

export interface SpeechUnits {
  /** Characters (code points) that were spoken. */
  readonly characters?: number | undefined
  /** Seconds of sound that came out. */
  readonly seconds?: number | undefined
  readonly usage?: Usage | undefined
}

/** What speech cost: by tokens, by characters or by the hour, whichever the model is priced in. */
export function costOfSpeech(table: PriceTable, vendor: string, model: string, units: SpeechUnits): Cost | undefined {
  const { characters, seconds, usage } = units
  const facts = factsOf(table, vendor, model)
  if (usage !== undefined && facts?.output !== undefined) return costOf(table, vendor, model, usage)
  if (characters !== undefined && facts?.characters !== undefined) return costBy(table, characters, 1, facts.characters)
  return byHour(table, facts?.audioHour, seconds)
}

export interface TranscriptionUnits {
  /** Seconds of audio that were heard. */
  readonly seconds?: number | undefined
  readonly usage?: Usage | undefined
}

/** What writing down cost: by tokens or by the hour of audio, whichever the model is priced in. */
export function costOfTranscription(
  table: PriceTable,
  vendor: string,
  model: string,
  { seconds, usage }: TranscriptionUnits,
): Cost | undefined {
  const facts = factsOf(table, vendor, model)
  if (usage !== undefined && facts?.input !== undefined) return costOf(table, vendor, model, usage)
  return byHour(table, facts?.audioHour, seconds)
}

function byHour(table: PriceTable, price: number | undefined, seconds: number | undefined): Cost | undefined {
  if (price === undefined || seconds === undefined) return undefined
  // Vendors tell the length in parts of a second; thousandths are what is kept of them.
  return costBy(table, Math.round(seconds * 1_000), 3_600_000, price * 1_000_000)
}

/** `units / per` of what costs `price` for a million. */
function costBy(table: PriceTable, units: number, per: number, price: number): Cost | undefined {
  if (!(Number.isSafeInteger(units) && units >= 0)) return undefined
  const [whole, parts] = [BigInt(units) * exact(price), BigInt(per)]
  return { microUsd: perMillion((whole + parts / 2n) / parts), prices: table.date }
}
