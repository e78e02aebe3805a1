import type { TestClock } from '@do/provider'
import type { FlowStep } from '@do/telephony'
import type { Random } from '../kit/random.ts'
import type { Heard } from '../twin.ts'

export interface StoredMessage {
  readonly id: string
  readonly direction: 'outbound' | 'inbound'
  readonly to: string
  readonly from: string
  readonly text: string
  readonly media: readonly string[]
  status: 'scheduled' | 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'canceled' | 'received'
  error?: string
  readonly sendAt?: string
  readonly reference?: string
  readonly webhookUrl?: string
  readonly createdAt: number
}

export interface ForSale {
  readonly number: string
  readonly country: string
  readonly type: 'local' | 'mobile' | 'toll-free'
  readonly features: readonly ('voice' | 'sms' | 'mms')[]
  readonly locality?: string
}

export interface StoredNumber {
  readonly id: string
  readonly number: string
  readonly features: readonly ('voice' | 'sms' | 'mms')[]
  readonly reference?: string
  readonly createdAt: number
  label?: string
  callUrl?: string
  messageUrl?: string
}

export interface StoredRecording {
  readonly id: string
  readonly call: string
  readonly createdAt: number
  status: 'in-progress' | 'completed'
  seconds?: number
}

export interface StoredCall {
  readonly id: string
  readonly direction: 'outbound' | 'inbound'
  readonly to: string
  readonly from: string
  readonly reference?: string
  readonly webhookUrl?: string
  readonly createdAt: number
  readonly heard: Heard[]
  status: 'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'no-answer' | 'failed'
  answeredAt?: number
  endedAt?: number
  steps: readonly FlowStep[]
  /** What the flow waits for. */
  waiting?: 'digits' | 'recording'
}

/** The state of the one account that the twin has, and what its routes need. */
export interface Account {
  readonly clock: TestClock
  readonly random: Random
  readonly apiKey: string
  messages: StoredMessage[]
  forSale: ForSale[]
  numbers: StoredNumber[]
  purchases: string[]
  calls: StoredCall[]
  recordings: StoredRecording[]
  optedOut: Set<string>
  /** Answers to requests with an idempotency key: the vendor repeats them. */
  answers: Map<string, { readonly fingerprint: string; readonly body: object }>
  /** Sends a signed event to the receiver; answers what it said. */
  notify(url: string | undefined, type: string, data: object): Promise<Response>
}

/** A new thing appears in lists only after this long, in milliseconds; reading it by id works at once. */
export const listLag = 1_000

export const iso = (at: number) => new Date(at).toISOString()
