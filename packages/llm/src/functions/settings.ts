import type { CallOptions, StreamTimes } from '@do/provider'
import type { FinishReason } from '../generation.ts'
import type { UserPart } from '../messages.ts'
import type { Cost, Usage } from '../usage.ts'

/** What a call may say for itself. */
export interface Settings {
  /** As `model` of the interface: an alias, an address, or several. */
  readonly model?: string | readonly string[]
  /** More instructions, from you: never put there what somebody else wrote. */
  readonly system?: string
  readonly thinking?: 'off' | 'low' | 'medium' | 'high'
  readonly temperature?: number
  readonly maxOutputTokens?: number
  readonly seed?: number
  /** An id of the end user that is not a name. */
  readonly user?: string
  readonly signal?: AbortSignal
  /** Total time, in milliseconds: of each request, where a second one is needed. */
  readonly deadline?: number
  readonly times?: Partial<StreamTimes>
  /** `false`: neither taken from the cache nor put into it. */
  readonly cache?: false
}

/** Answers that are given again for the same question. Yours: a Map, a KV, a table. What it throws counts as not found. */
export interface AnswerStore {
  get(key: string): Promise<string | undefined> | string | undefined
  set(key: string, value: string): Promise<void> | void
}

/** What each request came to: for your books. */
export interface Answered {
  readonly function: string
  /** From the cache: nobody was asked, and nothing was paid. */
  readonly cached: boolean
  readonly provider?: string
  readonly model?: string
  readonly finish?: FinishReason
  readonly usage?: Usage | undefined
  readonly cost?: Cost | undefined
}

export interface FunctionOptions {
  /** The model for text. */
  readonly model: string | readonly string[]
  /** Models for the rest; each is needed only by its function. */
  readonly models?: {
    readonly embedding?: string | readonly string[]
    readonly image?: string | readonly string[]
    readonly speech?: string | readonly string[]
    readonly transcription?: string | readonly string[]
  }
  /** For all calls that say nothing else. */
  readonly defaults?: Omit<Settings, 'signal' | 'model'>
  /** Answers of text functions and embeddings are kept here. Without it none are. */
  readonly cache?: AnswerStore
  /** Goes into the keys of the cache: the tenant. What one has asked, no other is answered with. */
  readonly scope?: string
  /** Hears what each request came to. What it throws is ignored. */
  readonly onAnswer?: (answered: Answered) => void
}

/** A text, a number, a date, or any object that has JSON: data. Or, marked as yours, words (`verbatim`) and media (`attach`). */
export type Value = string | number | bigint | boolean | Date | Marked | object

/** Not to be had from JSON: what somebody else wrote can never look like it. */
const mark = Symbol('marked')

/** What is yours in a template, and no data. */
export interface Marked {
  readonly [mark]: string | Media
}

/** A picture, a file or a sound. */
export type Media = Exclude<UserPart, { type: 'text' }>

/** Puts a text into a template as it is, as if you had written it there. Never for what somebody else wrote. */
export const verbatim = (text: string): Marked => ({ [mark]: text })

/** Puts a picture, a file or a sound into a template. A URL is fetched by the vendor: never one that somebody else wrote. */
export const attach = (media: Media): Marked => ({ [mark]: media })

export const markedIn = (value: object): string | Media | undefined => (value as Partial<Marked>)[mark]

/** A function of a template, or of one argument. */
export interface Prompted<Result, Argument = string | readonly UserPart[]> {
  (template: TemplateStringsArray, ...values: readonly Value[]): Promise<Result>
  (argument: Argument, settings?: Settings): Promise<Result>
  /** The same function with these settings: `write.with({ signal })`…``. */
  with(settings: Settings): Prompted<Result, Argument>
}

/** As `Prompted`, with an answer in pieces. Nothing is asked before it is read. */
export interface PromptedStream {
  (template: TemplateStringsArray, ...values: readonly Value[]): AsyncIterable<string>
  (argument: string | readonly UserPart[], settings?: Settings): AsyncIterable<string>
  with(settings: Settings): PromptedStream
}

export function callOptions({ signal, deadline, times }: Settings): CallOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(times === undefined ? {} : { times }),
  }
}
