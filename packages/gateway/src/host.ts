import type { Llm, Usage } from '@do/llm'
import type { Effect, Trail } from '@do/provider'
import type { AnswerCache } from './cache.ts'

export type GatewayOperation = 'generate' | 'embed' | 'image' | 'speak' | 'transcribe' | 'models'

/** What a request wants, as far as somebody must know who lets it pass. It can be sent as it is over any wire. */
export interface Ask {
  readonly operation: GatewayOperation
  /** As the client wrote it: an alias, an address, a vendor's name. Empty for `models`. */
  readonly model: string
  readonly streamed: boolean
  /** Tokens of input: an estimate from above, by the bytes. */
  readonly inputTokens: number
  /** Most tokens of output that the client allows, over all choices together; undefined where it names no limit. */
  readonly outputTokens: number | undefined
  /** What is paid by other units than tokens. */
  readonly units: {
    readonly images?: number
    /** `1024x1024` */
    readonly imageSize?: string
    readonly imageQuality?: string
    /** Characters to be spoken. */
    readonly characters?: number
    /** Bytes of a recording. */
    readonly audioBytes?: number
  }
  /** Capabilities that the request needs, in the words of the interface `llm`: `tools`, `vision`. */
  readonly needs: readonly string[]
  /** What the user said last, for a router that weighs it. Not for logs. */
  readonly text: string
  /** The client's id of its end user. */
  readonly user: string | undefined
  /** The client's `x-do-*` headers, in lower case: wishes that a router may follow. */
  readonly headers: Readonly<Record<string, string>>
}

/** What became of a request. */
export interface Outcome {
  /** `done`: a whole answer. `none`: nobody was asked, or nobody acted. `unknown`: it broke off, or the client left. */
  readonly effect: Effect
  /** By the price table; undefined where the model has no price there, or the answer broke off before it was counted. */
  readonly microUsd: number | undefined
  readonly usage: Usage | undefined
  readonly provider: string | undefined
  readonly model: string | undefined
  /** A finish reason, `cached`, `cancelled`, or the code of the error. */
  readonly finish: string
  /** Who was tried and skipped, and why: the call's trail as it stands at the end. */
  readonly trail: Trail
  /** Bytes of the answer that came: all there is to estimate the cost of one that broke off. */
  readonly bytes: number
}

/** A request that may pass: by whom it is answered, and who wants to know how it ended. */
export interface Session {
  readonly tenant: string
  readonly llm: Llm
  /** The chain to ask, best first: models as `llm` takes them, addresses (`openai:gpt-5-mini`) where the order matters. */
  readonly models: string | readonly string[]
  /** How the chain came about, in a few words, for the header `x-do-route`. */
  readonly route?: string
  readonly cache?: AnswerCache
  /**
   * Streams are held back until they are whole, so that one that breaks off can still be made good by the rest of the chain. The client
   * sees nothing until then. Default false; a client may ask for it by `x-do-stream: whole`.
   */
  readonly hold?: boolean
  /** More headers of the answer: `x-ratelimit-remaining-requests`. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Called exactly once, whatever happens. Not waited for; a promise is given to `waitUntil`, where there is one. What it throws is
   * logged.
   */
  settle(outcome: Outcome): Promise<void> | void
}

export interface GatewayHost {
  /**
   * Does anybody have this key? Asked before a body of more than 64 KB is read, so that a wrong key costs nothing; `open` follows. A host
   * that leaves it out has every body read.
   * @throws GatewayRefusal (`unauthorized()`)
   */
  admit?(key: string | undefined): Promise<void> | void
  /**
   * Who asks, with which providers, and may they spend so much? Called once for each request, after its input was found to be in
   * order. `key` is the bearer token or `x-api-key`.
   * @throws GatewayRefusal (`unauthorized()`, `insufficientQuota()`), or ProviderError.
   */
  open(key: string | undefined, ask: Ask): Promise<Session>
}
