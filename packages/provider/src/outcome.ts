/** Did the vendor act? `none` needs proof; whatever cannot be proved is `unknown`. */
export type Effect = 'none' | 'done' | 'unknown'

/** Whose fault it is, which decides whether another vendor could help. */
export type Fault = 'caller' | 'credential' | 'quota' | 'policy' | 'recipient' | 'declined' | 'provider' | 'network' | 'cancelled'

/** One line of the decision record: who was tried, looked up, waited for or skipped, and why. */
export interface TrailEntry {
  /** The provider instance, e.g. `twilio` or `twilio-eu`. */
  readonly provider: string
  readonly action: 'attempt' | 'skip' | 'lookup' | 'wait'
  /** What it was asked for, where the candidates differ in that: the model. */
  readonly variant?: string
  /** Epoch milliseconds when it began. */
  readonly at: number
  /** How long it took, in milliseconds. */
  readonly ms?: number
  readonly effect?: Effect
  readonly fault?: Fault
  readonly code?: string
  /** HTTP status of the vendor's answer, where there was one. */
  readonly status?: number
  readonly retryAfterMs?: number
  /** The vendor's request id, for its support desk. */
  readonly requestId?: string
  /** HTTP requests that the attempt sent. */
  readonly requests?: number
  /** Why it was skipped, or what the look-up found. */
  readonly reason?: string
}

export type Trail = readonly TrailEntry[]
