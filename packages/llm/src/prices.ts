/** What a model costs and can, as its vendor published it. Prices are millionths of a US dollar for a million tokens. */
export interface ModelFacts {
  readonly kind: 'chat' | 'embedding' | 'image' | 'speech' | 'transcription'
  readonly input?: number
  /** Default: as `input`. */
  readonly cacheRead?: number
  /** Default: as `input`. */
  readonly cacheWrite?: number
  /** Kept for an hour. Default: as `cacheWrite`. */
  readonly cacheWriteHour?: number
  readonly output?: number
  readonly audioInput?: number
  readonly audioOutput?: number
  /** From this many tokens of prompt on, everything costs this instead. */
  readonly long?: { readonly from: number } & Pick<ModelFacts, 'input' | 'cacheRead' | 'cacheWrite' | 'cacheWriteHour' | 'output'>
  /** Millionths of a US dollar for one image, by `<quality>/<size>`, `<size>` or `*`. */
  readonly image?: Readonly<Record<string, number>>
  /** For a million characters of text that is spoken. */
  readonly characters?: number
  /** For an hour of audio that is written down, or spoken. */
  readonly audioHour?: number
  readonly context?: number
  readonly maxOutput?: number
  /** What it can, in the words of the interface's capabilities. Absent: as its provider. */
  readonly capabilities?: readonly string[]
}

/** By vendor and the vendor's name of the model. A name that ends in `*` stands for all that begin so; the longest one counts. */
export interface PriceTable {
  /** When these prices were read: `2026-11-01`. */
  readonly date: string
  readonly models: Readonly<Record<string, Readonly<Record<string, ModelFacts>>>>
}
