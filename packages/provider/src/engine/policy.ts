import type { Breakers } from '../breaker.ts'
import type { RetryBudget } from '../budget.ts'
import type { Clock } from '../clock.ts'
import type { ProviderError } from '../errors.ts'
import type { IntentStore } from '../intent.ts'
import type { InterfaceDescription, StreamCommit, StreamTimes } from '../interface.ts'
import type { Member } from './member.ts'
import type { Ranking } from './plan.ts'

/** Everything that decides how calls run; made once for each provider or wrapper. */
export interface Policy {
  readonly clock: Clock
  readonly intents: IntentStore
  readonly breakers: Breakers | undefined
  readonly budget: RetryBudget | undefined
  readonly ranking: Ranking
  /** Total time of one call, in milliseconds. */
  readonly deadline: number
  /** Most time of one attempt, in milliseconds. */
  readonly attemptTimeout: number
  /** For streams: how long the vendor may be silent. */
  readonly times: StreamTimes
  /** For streams: from when on the reader sees them. */
  readonly commit: StreamCommit
  /** How often one provider is asked again before the next one, where asking changes nothing. */
  readonly retries: number
  readonly random: () => number
  /** Longest Retry-After that is waited for, in milliseconds. */
  readonly rateLimitWait: number
  /** Start a second read after this long, in milliseconds. */
  readonly hedgeAfter: number | undefined
  /** Declines that may move on, as `<provider>:<code>` or `<code>`. */
  readonly moveOnDecline: ReadonlySet<string>
  /** Refuses a `create` that would go over the tenant's own limit. */
  readonly admit?: (operation: string) => void
  /** Shouts each time a provider is passed over because of its credential. */
  readonly onDegraded: ((event: DegradedEvent) => void) | undefined
}

export interface DegradedEvent {
  readonly provider: string
  readonly operation: string
  readonly error: ProviderError
}

export interface Engine {
  readonly description: InterfaceDescription
  readonly members: readonly Member[]
  /** Whose calls these are (a tenant): keys of different scopes never meet at a shared vendor account. */
  readonly scope: string
  readonly policy: Policy
}
