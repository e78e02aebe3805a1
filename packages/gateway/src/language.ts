import type { GenerateInput, Generation, GenerationEvent, Wire } from '@do/llm'
import type { Json } from './body.ts'
import type { Ask } from './host.ts'
import type { Problem } from './problem.ts'

/** A generate request in our words, but for the model. */
export type Translated = Omit<GenerateInput, 'model'>

/** Writes the pieces of an answer as server-sent events, one text for each; empty where a piece says nothing in this language. */
export interface EventWriter {
  write(event: GenerationEvent): string
}

export interface AnswerFacts {
  readonly requestId: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** How errors look to the clients of one vendor. */
export interface ErrorShape {
  body(problem: Problem, requestId: string): unknown
  /** The same in the middle of a stream. */
  event(problem: Problem, requestId: string): string
  status(problem: Problem): number
}

/** A vendor's language for conversations, spoken to clients. */
export interface Language {
  readonly wire: Wire
  /** Refuses what no provider would take. @throws GatewayRefusal 400. */
  check(body: Json): void
  facts(body: Json): Pick<Ask, 'outputTokens' | 'needs' | 'text' | 'user'>
  /** @throws GatewayRefusal for what cannot be said in our words without loss; `param` names it. */
  translate(body: Json): Translated
  /** It carries what another vendor has sealed, which the language's own vendor would refuse. */
  isForeign(body: Json): boolean
  answer(generation: Generation, facts: AnswerFacts): unknown
  writer(body: Json, facts: AnswerFacts): EventWriter
  /** A whole answer as a stream, for servers that do not stream although they are asked to. */
  restream?(whole: Json, body: Json): string
  /** The client's headers that belong to the request. */
  relayHeaders(headers: Headers): Record<string, string>
}
