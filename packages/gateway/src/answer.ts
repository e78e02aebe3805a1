import type { Cost, FinishReason, Usage } from '@do/llm'
import type { Trail } from '@do/provider'

/** How a whole answer ended. */
export interface AnswerEnd {
  readonly finish: FinishReason | undefined
  readonly usage: Usage | undefined
  readonly cost: Cost | undefined
}

/** An answer whose first output is there, in the client's language. */
export interface Answer {
  readonly provider: string
  readonly model: string
  readonly contentType: string
  /** The vendor's headers that a client may want. */
  readonly headers: Readonly<Record<string, string>>
  /** Of the whole chain: who was asked and skipped before it, too. */
  readonly trail: Trail
  /** More of its bytes, whole events where it is a stream; undefined once it is whole. @throws ProviderError */
  next(): Promise<Uint8Array | undefined>
  /** Known once `next` answered undefined. */
  readonly end: AnswerEnd | undefined
  /** Nobody reads on: the vendor is told at once. */
  stop(): void
}
