import type { GatewayOperation } from '@do/gateway'
import type { Usage } from '@do/llm'
import type { TrailEntry } from '@do/provider'

/** One request to a language model, and what became of it: never what was said. */
export interface AnswerRecord {
  readonly operation: GatewayOperation
  /** The model as it was asked for: an alias, an address, a vendor's name. */
  readonly asked: string
  /** How the chain of models came about. */
  readonly route?: string
  /** Who answered, with which model. */
  readonly provider?: string
  readonly model?: string
  readonly streamed: boolean
  /** `broken`: something came, and it was not whole. */
  readonly status: 'done' | 'failed' | 'broken'
  /** The finish reason, or the code of the error. */
  readonly finish: string
  readonly usage?: Usage
  /** Millionths of a US dollar. */
  readonly microUsd?: number
  readonly trail: readonly TrailEntry[]
  /** Milliseconds from the request to the end of its answer. */
  readonly ms: number
}
