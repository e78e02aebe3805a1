import type { Twin } from './twin.ts'

/** What the model behind a twin answers. Everything that is left out does not occur. */
export interface ScriptedAnswer {
  readonly thinks?: string
  readonly text?: string
  readonly tools?: readonly { readonly name: string; readonly arguments: object }[]
  /** The model itself declines, in these words. */
  readonly refuses?: string
  /** Default: what follows from the rest. `unheard` is a reason that no adapter can know. */
  readonly finish?: 'stop' | 'length' | 'content_filter' | 'unheard'
  /** Tokens of the prompt that come from the vendor's prompt cache, or go into it. */
  readonly cacheRead?: number
  readonly cacheWrite?: number
}

/** One request for an answer, in words that all vendors share: the oracle for what an adapter sent. */
export interface AskedAnswer {
  readonly operation: 'generate' | 'embed' | 'image' | 'speak' | 'transcribe'
  readonly model: string
  readonly streamed: boolean
  readonly system: readonly string[]
  readonly messages: readonly AskedMessage[]
  readonly tools: readonly string[]
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly tool: string } | undefined
  /** The schema that the answer must fit, wherever the vendor wants it. */
  readonly schema?: unknown
  /** JSON of any shape. */
  readonly json?: boolean
  /** The vendor's own way to ask for more or less thinking, as text: `high`, `budget 8192`, `off`. */
  readonly thinking?: string | undefined
  readonly maxOutputTokens?: number | undefined
  readonly temperature?: number | undefined
  readonly stop?: readonly string[]
  readonly seed?: number | undefined
  /** Texts to embed or to speak, or the prompt of an image. */
  readonly texts?: readonly string[]
  /** Bytes of audio. */
  readonly audioBytes?: number
}

export interface AskedMessage {
  readonly role: 'user' | 'assistant' | 'tool'
  readonly text: string
  /** `image:image/png`, `image:url`, `file:application/pdf`, `audio:audio/wav`, in order. */
  readonly media: readonly string[]
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[]
  /** Whose result it is. */
  readonly toolCall?: string
  /** Seals of the vendor that came back to it. */
  readonly signatures: readonly string[]
}

/** What an answer cost the vendor to make: the oracle for "stopped in time". */
export interface GeneratedAnswer {
  readonly model: string
  readonly streamed: boolean
  /** Pieces of output that were made. */
  readonly pieces: number
  /** To its very end. */
  readonly whole: boolean
  /** The client left before the end. */
  readonly left: boolean
  readonly usage: TwinUsage
}

export interface TwinUsage {
  /** All of the prompt, cached or not. */
  readonly prompt: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Thinking included. */
  readonly output: number
  readonly reasoning: number
}

/** What goes wrong in the middle of a stream, after `pieces` pieces of output (0: after the preamble, before the first). */
export type StreamFault = { readonly pieces: number } & (
  | { readonly kind: 'cut' }
  /** The vendor falls silent; the twin moves the clock so that time-outs fire. */
  | { readonly kind: 'stall' }
  /** The vendor pauses, and goes on. */
  | { readonly kind: 'pause'; readonly ms: number }
  /** The vendor says in the stream that it cannot go on. */
  | { readonly kind: 'error' }
  /** It ends like a whole one, without finish reason and end mark. */
  | { readonly kind: 'end' }
  /** A chunk that is no JSON. */
  | { readonly kind: 'malformed' }
)

/** Why a vendor refuses the next request, in its own shape. */
export type LlmRefusal =
  | 'context_length'
  | 'content_filter'
  | 'model_not_found'
  | 'insufficient_quota'
  | 'overloaded'
  | 'invalid_schema'

/** A vendor of language models. Its answers come from a script; without one it repeats what the user said last. */
export interface LlmTwin extends Twin {
  /** Models that it has, by what they can. Left out: the vendor has none such. */
  readonly models: {
    readonly chat: string
    readonly thinking?: string
    readonly embedding?: string
    readonly image?: string
    readonly speech?: string
    readonly transcription?: string
  }
  /** It seals its thoughts, and wants the seals back. */
  readonly signs?: boolean
  /** It counts what goes into its prompt cache. */
  readonly countsCacheWrites?: boolean
  /** The next answers, in order. */
  say(...answers: readonly ScriptedAnswer[]): void
  asked(): readonly AskedAnswer[]
  generated(): readonly GeneratedAnswer[]
  /** The next stream breaks like this. Several calls queue up. */
  breakStream(fault: StreamFault): void
  /** The next request is refused like this. */
  refuseNext(refusal: LlmRefusal): void
  /** How bytes of streams are cut on the wire: at events (default), at every so many bytes, with CRLF, with keep-alives between. */
  wire(style: { readonly bytes?: number; readonly crlf?: boolean; readonly keepAlives?: boolean; readonly paceMs?: number }): void
}
