import type { Document } from '@do/core/full'
import type { Effect, Fault, TrailEntry } from '@do/provider'
import type { DeliveryFailure, MessageStatus } from '@do/sms'
import type { CallStatus, NumberFeature } from '@do/telephony'
import type { CallScript } from './script.ts'

/** What is kept of an error: what was wrong and what to do, never a text that was sent. */
export interface RecordedError {
  readonly code: string
  readonly message: string
  readonly effect: Effect
  readonly fault: Fault
}

/** How an intent whose answer was lost ended, and when that was found out. */
export interface Reconciliation {
  readonly effect: Effect
  /** ISO 8601. */
  readonly at: string
}

/** What messages and calls have in common: somebody wanted it once, and this became of it. */
export interface Undertaking {
  /** The idempotency key; absent for what came in. */
  readonly key?: string
  /** What was asked for: the same key with another wish is refused. */
  readonly asked?: unknown
  /** What the vendor made of it. */
  readonly handle?: string
  /** The provider instance that has it. */
  readonly provider?: string
  readonly trail: readonly TrailEntry[]
  readonly error?: RecordedError
  readonly reconciled?: Reconciliation
  readonly history: readonly { readonly status: string; readonly at: string }[]
}

/** `pending`: we are at it. `unknown`: nobody can tell yet whether the vendor acted. */
export type Standing = 'pending' | 'unknown'

export interface MessageRecord extends Undertaking {
  readonly direction: 'outbound' | 'inbound'
  readonly to: string
  readonly from?: string
  readonly body: string
  readonly media?: readonly string[]
  readonly sendAt?: string
  readonly status: MessageStatus | Standing
  readonly failure?: DeliveryFailure
  readonly segments: number
  readonly encoding: 'gsm-7' | 'ucs-2'
  /** The record that this one answers. */
  readonly replyTo?: string
}

export interface CallRecord extends Undertaking {
  readonly direction: 'outbound' | 'inbound'
  readonly to: string
  readonly from?: string
  readonly status: CallStatus | Standing
  readonly script: CallScript
  readonly record?: boolean
  readonly timeout?: number
  /** Where in the script the call is: the keys chosen so far. */
  readonly path: readonly string[]
  /** What was pressed, one entry for each gather. */
  readonly digits: readonly string[]
  readonly recordings: readonly { readonly handle: string; readonly url?: string; readonly durationSeconds?: number }[]
  readonly durationSeconds?: number
}

export interface NumberRecord {
  /** The handle. */
  readonly handle: string
  /** E.164. */
  readonly number: string
  readonly provider: string
  readonly status: 'active' | 'pending'
  readonly features: readonly NumberFeature[]
  readonly label?: string
}

export interface PurchaseRecord extends Undertaking {
  readonly offer: string
  readonly label?: string
  readonly status: Standing | 'bought' | 'failed'
}

export interface EventRecord {
  readonly provider: string
  readonly interface: string
  readonly type: string
  /** The handle that it is about. */
  readonly about?: string
  /** ISO 8601, when it arrived. */
  readonly receivedAt: string
  /** The normalised event without the vendor's raw object. */
  readonly event: unknown
  /** What was answered to the vendor: a repeated delivery gets the same. */
  readonly answer?: { readonly status: number; readonly headers: Record<string, string>; readonly body: string }
}

export interface AuditRecord {
  /** `operator`, `tenant`, `runtime` or `vendor:<instance>`. */
  readonly who: string
  /** Dotted: `config.put`. */
  readonly what: string
  /** Names and figures, never a secret, a number or a text. */
  readonly details?: string
}

export type Stored<T> = Document<T>
