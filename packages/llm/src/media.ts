import * as z from 'zod/mini'
import { model } from './generation.ts'
import { cost, usage } from './usage.ts'

const bytes = z.instanceof(Uint8Array, { error: 'must be bytes (Uint8Array)' })
const counted = { usage: z.optional(usage), cost: z.optional(cost) }
const answered = { provider: z.string(), model: z.string(), ...counted }

export const embedInput = z.object({
  model,
  /** 1 to 2,048 texts, none of them empty. */
  input: z.array(z.string().check(z.minLength(1, 'must not be empty'))).check(z.minLength(1), z.maxLength(2048)),
  /** Shorter vectors, where the model can. */
  dimensions: z.optional(z.int().check(z.positive())),
  /** What the vectors are for, where the vendor distinguishes. */
  purpose: z.optional(z.enum(['query', 'document'])),
})

export const embeddings = z.object({ embeddings: z.array(z.array(z.number())), ...answered })

export const imageInput = z.object({
  model,
  prompt: z.string().check(z.minLength(1, 'must not be empty')),
  count: z._default(z.int().check(z.gte(1), z.lte(10)), 1),
  /** `1024x1024`, or the vendor's other sizes. */
  size: z.optional(z.string().check(z.regex(/^\d+x\d+$/, 'must be width x height in pixels: "1024x1024"'))),
  quality: z.optional(z.enum(['low', 'medium', 'high'])),
  format: z.optional(z.enum(['png', 'jpeg', 'webp'])),
  seed: z.optional(z.int()),
})

export const images = z.object({
  images: z.array(z.object({ data: bytes, mediaType: z.string(), revisedPrompt: z.optional(z.string()) })),
  ...answered,
})

/** Media types of spoken sound, by its format. */
export const soundTypes = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  /** 16 bits, signed, little-endian, one channel. */
  pcm: 'audio/pcm',
} as const

export const speakInput = z.object({
  model,
  text: z.string().check(z.minLength(1, 'must not be empty'), z.maxLength(100_000)),
  /** The vendor's name of a voice. */
  voice: z.optional(z.string()),
  /** Default: what the vendor makes most naturally; the answer's `mediaType` says which. */
  format: z.optional(z.enum(['mp3', 'wav', 'opus', 'aac', 'flac', 'pcm'])),
  speed: z.optional(z.number().check(z.gte(0.25), z.lte(4))),
  /** How to say it, where the model takes directions. */
  instructions: z.optional(z.string()),
})

export const speech = z.object({ audio: bytes, mediaType: z.string(), ...answered })

export const speechEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), provider: z.string(), model: z.string(), mediaType: z.string() }),
  z.object({ type: z.literal('audio'), data: bytes }),
  z.object({ type: z.literal('finish'), ...counted }),
])

export const transcribeInput = z.object({
  model,
  audio: bytes,
  mediaType: z.string(),
  /** ISO 639-1; without it the model finds out. */
  language: z.optional(z.string().check(z.regex(/^[a-z]{2}$/, 'must be a language of two letters (ISO 639-1)'))),
  /** Names and words that occur. */
  prompt: z.optional(z.string()),
  timestamps: z.optional(z.enum(['none', 'segments', 'words'])),
})

const span = { start: z.number(), end: z.number(), text: z.string() }

const transcriptFacts = {
  language: z.optional(z.string()),
  /** Seconds of audio. */
  duration: z.optional(z.number()),
  segments: z.optional(z.array(z.object(span))),
  words: z.optional(z.array(z.object(span))),
}

export const transcript = z.object({ text: z.string(), ...transcriptFacts, ...answered })

export const transcriptEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), provider: z.string(), model: z.string() }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('finish'), text: z.string(), ...transcriptFacts, ...counted }),
])

/** A model as its provider lists it, with what the price table knows of it. */
export const modelInfo = z.object({
  /** `openai:gpt-5-mini`: a handle that is also an address for `model`. */
  id: z.string(),
  provider: z.string(),
  /** The vendor's name of it. */
  model: z.string(),
  kind: z.enum(['chat', 'embedding', 'image', 'speech', 'transcription', 'other']),
  /** Tokens that prompt and answer may have together. */
  context: z.optional(z.int()),
  maxOutput: z.optional(z.int()),
  capabilities: z.array(z.string()),
  /** Millionths of a US dollar for a million tokens. */
  prices: z.optional(z.record(z.string(), z.number())),
  createdAt: z.optional(z.string()),
})

export type EmbedInput = z.input<typeof embedInput>
export type Embeddings = z.output<typeof embeddings>
export type ImageInput = z.input<typeof imageInput>
export type Images = z.output<typeof images>
export type SpeakInput = z.input<typeof speakInput>
export type Speech = z.output<typeof speech>
export type SpeechEvent = z.output<typeof speechEvent>
export type TranscribeInput = z.input<typeof transcribeInput>
export type Transcript = z.output<typeof transcript>
export type TranscriptEvent = z.output<typeof transcriptEvent>
export type ModelInfo = z.output<typeof modelInfo>
