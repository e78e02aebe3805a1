import type { Ask, Outcome, RefusalFields } from '@do/gateway'
import type { Credentials, TenantConfig } from '@do/provider'

/** Names of the doors of a tenant at which the gateway knocks. */
export const openDoor = 'llm.open'
export const settleDoor = 'llm.settle'

/** A tenant's choice of providers of language models. */
export type LlmChoice = NonNullable<TenantConfig<'llm'>['llm']>

/** What a tenant's object tells the isolate that answers for it. */
export interface Setup {
  readonly choice: LlmChoice
  readonly credentials: Readonly<Record<string, Credentials>>
  readonly cacheSeconds: number
}

export interface OpenWish {
  readonly key: string
  readonly ask: Ask
  /** The version of the setup that the isolate has. */
  readonly version: string | undefined
}

export type Opened =
  | {
      readonly id: string
      readonly models: readonly string[]
      readonly route: string
      readonly version: string
      /** Only where the isolate has another version. */
      readonly setup?: Setup
    }
  | { readonly refused: RefusalFields }

/** How a request ended, for its tenant's books. */
export interface Settled {
  readonly id: string
  readonly ask: Pick<Ask, 'operation' | 'model' | 'streamed' | 'inputTokens'>
  readonly route: string
  readonly outcome: Outcome
  readonly ms: number
}
