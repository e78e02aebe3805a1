import type { Ask, Outcome, RefusalFields } from '@do/gateway'
import type { Credentials, TenantConfig } from '@do/provider'
import type { ModelSettings } from './settings.ts'

/** Names of the doors of a tenant at which the gateway knocks. */
export const leaseDoor = 'llm.lease'
export const settleDoor = 'llm.settle'
export const keyDoor = 'llm.key'

/** A tenant's choice of providers of language models. */
export type LlmChoice = NonNullable<TenantConfig<'llm'>['llm']>

/** What an isolate must know to answer for a tenant. */
export interface Setup {
  readonly choice: LlmChoice
  readonly credentials: Readonly<Record<string, Credentials>>
  readonly models: ModelSettings
}

export interface LeaseWish {
  readonly key: string
  /** Millionths of a US dollar that the request at hand may cost, where that is known. */
  readonly need: number
  /** What the isolate has spent under its last lease in a second, in millionths of a US dollar; one of an older version does not say. */
  readonly pace?: number
  /** The version of the setup that the isolate has. */
  readonly version: string | undefined
}

/**
 * For a moment an isolate may answer by itself: the key is right, and so much money is set aside for it. It says later what of that
 * was spent; should it die, all comes back.
 */
export interface LeaseGrant {
  readonly id: string
  readonly microUsd: number
  /** How many requests, where the tenant has a limit for each minute. */
  readonly requests: number
  /** How long new requests may begin under it, in milliseconds. */
  readonly forMs: number
  readonly version: string
  /** Only where the isolate has another version. */
  readonly setup?: Setup
}

/** Is this the tenant's key? */
export type KeyAnswer = { readonly known: true } | { readonly refused: RefusalFields }

export type LeaseAnswer = LeaseGrant | { readonly refused: RefusalFields }

/** How a request ended, for its tenant's books. */
export interface Settled {
  /** Of the record, so that it is written once. */
  readonly id: string
  readonly ask: Pick<Ask, 'operation' | 'model' | 'streamed'>
  readonly route: string
  readonly outcome: Outcome
  /** What it cost, or about cost where it broke off, in millionths of a US dollar. */
  readonly microUsd: number
  readonly ms: number
}

export interface Settlement {
  readonly answers: readonly Settled[]
  /** Leases that are over: what was spent under each, and how many of its requests were not made. */
  readonly leases: readonly { readonly id: string; readonly microUsd: number; readonly unused: number }[]
}
