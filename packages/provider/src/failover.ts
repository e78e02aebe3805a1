import { type BreakerOptions, type BreakerStore, Breakers } from './breaker.ts'
import { RetryBudget } from './budget.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Member, membersOf } from './engine/member.ts'
import { checkCommit, checkMilliseconds, timesOf } from './engine/options.ts'
import { byCost, byPriority, bySpeed, byWeight, type Ranking } from './engine/plan.ts'
import type { DegradedEvent } from './engine/policy.ts'
import { refuse } from './errors.ts'
import { type IntentStore, memoryIntents } from './intent.ts'
import type { ProviderBase, StreamCommit, StreamTimes } from './interface.ts'
import { portable } from './provider.ts'

export interface FailoverOptions {
  /** Its own instance name, shown in errors and spans. Default `failover`. */
  readonly name?: string
  /**
   * `priority`: as listed (default). `weighted`: spread by `weights`. `cheapest`: by `costs`.
   * `fastest`: by a moving average of attempt times.
   */
  readonly order?: 'priority' | 'weighted' | 'cheapest' | 'fastest'
  /** By instance name; 0 makes a reserve. */
  readonly weights?: Readonly<Record<string, number>>
  /** By instance name, in any one unit. */
  readonly costs?: Readonly<Record<string, number>>
  /** Total time of one call, all attempts together, in milliseconds. Default: the interface's, mostly 30,000. */
  readonly deadline?: number
  /** Most time of one attempt, in milliseconds. Default: the interface's, mostly 10,000. */
  readonly attemptTimeout?: number
  /** For streams: how long a vendor may be silent. */
  readonly times?: Partial<StreamTimes>
  /** For streams: from when on the reader sees them. Default `first`. */
  readonly commit?: StreamCommit
  /**
   * How often a provider is asked again before the next one, after what passes: a 5xx, a broken connection, a Retry-After that is not
   * longer than `rateLimitWait`. Not after silence, which lasts. Only for what changes nothing: reads, answers, streams. Default 0.
   */
  readonly retries?: number
  /** The last provider's Retry-After is waited for up to this long, in milliseconds. Default 2,000. */
  readonly rateLimitWait?: number
  /** Start a second read after this long, in milliseconds. Default: never. */
  readonly hedgeAfter?: number
  /** Where intents are written. Default: this process's memory. Safety over crashes needs a durable one. */
  readonly intents?: IntentStore
  /** Separates the keys of tenants who share a vendor account. */
  readonly scope?: string
  readonly breaker?: (BreakerOptions & { readonly store?: BreakerStore }) | false
  /** Extra attempts allowed per first attempt (`ratio`, default 0.2) above a reserve (`burst`, default 100). */
  readonly retryBudget?: { readonly ratio?: number; readonly burst?: number } | false
  /** Declines that may move on to the next provider: `card_declined` or `stripe:card_declined`. Default: none. */
  readonly moveOnDecline?: readonly string[]
  /** Called every time a provider's credential fails, also when another provider covers for it. What it throws is ignored. */
  readonly onDegraded?: (event: DegradedEvent) => void
  readonly clock?: Clock
  /** For `weighted`, and to spread `retries`. Default Math.random. */
  readonly random?: () => number
}

/** A wrapper is no vendor: the SDK object is at the members. */
export type WithoutClient<P> = P extends unknown ? Omit<P, 'client'> : never

/**
 * Several providers behind the same type as one. A request goes to the next provider only when every earlier attempt
 * provably had no effect; an unknown outcome is reconciled at the same vendor first, and otherwise reported, never repeated.
 * @throws ProviderError `invalid_failover` for no provider, different interfaces, a name used twice, or a wrapped provider;
 * `invalid_option` for a time that is no number, or `retries` that is no count.
 */
export function failover<P extends ProviderBase>(providers: readonly P[], options: FailoverOptions = {}): WithoutClient<P> {
  const members = providers.flatMap(
    (provider) => membersOf(provider) ?? reject(`"${provider?.name}" is wrapped: put wrappers around failover, not inside`),
  )
  const first = members[0] ?? reject('it needs at least one provider')
  for (const [index, member] of members.entries()) {
    if (member.description.name !== first.description.name)
      reject(`"${member.name}" is ${member.description.name}, not ${first.description.name}`)
    if (members.findIndex(({ name }) => name === member.name) !== index)
      reject(`two providers are named "${member.name}": give one another \`name\``)
  }
  const { deadline, attemptTimeout, rateLimitWait, hedgeAfter, retries = 0 } = options
  checkMilliseconds({ deadline, attemptTimeout, rateLimitWait, hedgeAfter, ...options.times }, 'failover')
  checkCommit(options.commit ?? 'first', 'failover')
  if (!Number.isInteger(retries) || retries < 0 || retries > 10)
    throw refuse('invalid_option', 'failover: "retries" must be a whole number from 0 to 10.', { field: 'retries' })
  const clock = options.clock ?? first.clock ?? systemClock
  const { breaker, retryBudget } = options
  return portable(options.name ?? 'failover', {
    description: first.description,
    members,
    scope: options.scope ?? '',
    policy: {
      clock,
      intents: options.intents ?? memoryIntents({ clock }),
      breakers: breaker === false ? undefined : new Breakers(breaker?.store, breaker, clock),
      budget: retryBudget === false ? undefined : new RetryBudget(retryBudget),
      ranking: rankingOf(options, members),
      ...timesOf(first.description, options),
      commit: options.commit ?? 'first',
      retries,
      random: options.random ?? Math.random,
      rateLimitWait: options.rateLimitWait ?? 2_000,
      hedgeAfter: options.hedgeAfter,
      moveOnDecline: new Set(options.moveOnDecline ?? []),
      onDegraded: options.onDegraded,
    },
  }) as WithoutClient<P>
}

function rankingOf(options: FailoverOptions, members: readonly Member[]): Ranking {
  for (const name of Object.keys({ ...options.weights, ...options.costs })) {
    if (!members.some((member) => member.name === name)) reject(`weights or costs name "${name}", which is no member`)
  }
  switch (options.order ?? 'priority') {
    case 'priority':
      return byPriority
    case 'weighted':
      return byWeight(options.weights ?? {}, options.random ?? Math.random)
    case 'cheapest':
      return byCost(options.costs ?? {})
    case 'fastest':
      return bySpeed()
  }
}

function reject(why: string): never {
  throw refuse('invalid_failover', `This failover cannot be built: ${why}.`)
}
