import { type CallOptions, type Streaming, type TrailEntry, withOverrides } from '@do/provider'
import * as z from 'zod/mini'
import { type GenerateInput, type Generation, type GenerationEvent, generateInput } from '../generation.ts'
import type { Llm } from '../interface.ts'
import type {
  Embeddings,
  EmbedInput,
  ImageInput,
  Images,
  SpeakInput,
  Speech,
  SpeechEvent,
  TranscribeInput,
  Transcript,
  TranscriptEvent,
} from '../media.ts'
import type { ModelFacts } from '../prices.ts'
import type { RelayEvent, RelayInput } from '../relay.ts'
import type { Route, RouteContext } from './options.ts'
import type { Router } from './router.ts'

export interface RoutedOptions {
  /** What is known of the caller: of all calls, or of each one when it is made. */
  readonly context?: RouteContext | (() => RouteContext)
  /** Hears how each request was routed. What it throws is ignored. */
  readonly onRoute?: (route: Route) => void
}

type Named = { readonly model: string | string[] }

/**
 * The same LLM, with the router between: `model` may be an alias or `auto`, and becomes the chain that the router chooses. How long
 * models took goes back to it. For failover, put the routed one outside: `routed(failover([…]), router)`.
 */
export function routed(llm: Llm, router: Router, { context = {}, onRoute }: RoutedOptions = {}): Llm {
  const contextNow = () => (typeof context === 'function' ? context() : context)
  const told = (route: Route): string[] => {
    try {
      onRoute?.(route)
    } catch {
      // A listener is told, never asked.
    }
    // As many as a request may name.
    return route.models.slice(0, 16)
  }
  const chat = <Input extends Named>(input: Input): Input => {
    const request = z.safeParse(generateInput, input)
    // What is no request, the interface itself refuses, with the field and the remedy.
    return request.success ? { ...input, model: told(router.route(request.data, contextNow())) } : input
  }
  const named =
    (kind: ModelFacts['kind'], most?: number) =>
    <Input extends Named>(input: Input): Input =>
      isNamed(input) ? { ...input, model: told(router.routeTo(kind, input.model, contextNow())).slice(0, most) } : input

  const watched = (options: CallOptions = {}): CallOptions => ({
    ...options,
    onTrail: (trail) => {
      for (const entry of trail) learn(router, entry)
      options.onTrail?.(trail)
    },
  })
  const call =
    <Input, Output>(ask: (input: Input, options: CallOptions) => Promise<Output>, to: (input: Input) => Input) =>
    async (input: Input, options?: CallOptions) =>
      ask(to(input), watched(options))
  const stream =
    <Input, Piece>(ask: (input: Input, options: CallOptions) => Streaming<Piece>, to: (input: Input) => Input) =>
    (input: Input, options?: CallOptions) =>
      later(() => ask(to(input), watched(options)))

  return withOverrides(llm, {
    generate: call<GenerateInput, Generation>((...given) => llm.generate(...given), chat),
    stream: stream<GenerateInput, GenerationEvent>((...given) => llm.stream(...given), chat),
    // Vectors of two models have nothing to say to each other: no other one takes over.
    embed: call<EmbedInput, Embeddings>((...given) => llm.embed(...given), named('embedding', 1)),
    image: call<ImageInput, Images>((...given) => llm.image(...given), named('image')),
    speak: call<SpeakInput, Speech>((...given) => llm.speak(...given), named('speech')),
    speakStream: stream<SpeakInput, SpeechEvent>((...given) => llm.speakStream(...given), named('speech')),
    transcribe: call<TranscribeInput, Transcript>((...given) => llm.transcribe(...given), named('transcription')),
    transcribeStream: stream<TranscribeInput, TranscriptEvent>(
      (...given) => llm.transcribeStream(...given),
      named('transcription'),
    ),
    relay: stream<RelayInput, RelayEvent>((...given) => llm.relay(...given), named('chat')),
  } satisfies Partial<Llm>)
}

const isNamed = ({ model }: Named) =>
  (typeof model === 'string' && model !== '') ||
  (Array.isArray(model) && model.length > 0 && model.every((name) => typeof name === 'string'))

/** The trail names the vendor's own model; a route may address it, or name it alone. */
function learn(router: Router, { action, provider, variant, ms, effect, fault }: TrailEntry): void {
  if (action !== 'attempt' || variant === undefined || ms === undefined) return
  // A caller's own mistake says nothing of how fast a model is.
  if (fault === 'caller' || fault === 'cancelled') return
  for (const model of [`${provider}:${variant}`, variant]) router.observe(model, ms, fault === undefined && effect !== 'unknown')
}

/** Routed when it is read, as it is asked when it is read. */
function later<Piece>(open: () => Streaming<Piece>): Streaming<Piece> {
  let opened: Streaming<Piece> | undefined
  return {
    get provider() {
      return opened?.provider
    },
    get trail() {
      return opened?.trail ?? []
    },
    [Symbol.asyncIterator]() {
      try {
        opened ??= open()
        return opened[Symbol.asyncIterator]()
      } catch (error) {
        return { next: () => Promise.reject(error) }
      }
    },
  }
}
