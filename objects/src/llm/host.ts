import { type Ask, createGateway, GatewayRefusal, type GatewayHost, memoryCache, type Outcome, type RefusalFields, type Session } from '@do/gateway'
import type { Llm } from '@do/llm'
import { type Credentials, liveClock, type ProviderChoice, type Providers, type Trail } from '@do/provider'
import type { Environment } from '../environment.ts'
import { tenantOf } from '../tokens.ts'
import type { Tenant, TenantCatalogue } from '../tenant/tenant.ts'
import { noTenant } from './refusals.ts'

/** What a tenant's object tells the isolate that answers for it. */
export interface Setup {
  readonly providers: ProviderChoice
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
      readonly models: string | readonly string[]
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
  readonly trail: Trail
  readonly ms: number
}
