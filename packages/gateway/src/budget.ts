import { type Clock, refuse, systemClock } from '@do/provider'
import { type BudgetStore, memoryBudget } from './budget-store.ts'
import { insufficientQuota, rateLimited } from './refusal.ts'

/** In UTC. `total` never ends. */
export type BudgetPeriod = 'minute' | 'hour' | 'day' | 'month' | 'total'

export interface BudgetLimit {
  readonly period: BudgetPeriod
  /** Millionths of a US dollar. */
  readonly microUsd: number
}

export interface BudgetOptions {
  /** For every tenant the same, or by tenant. All of them hold at once; none: everything may be spent. */
  readonly limits: readonly BudgetLimit[] | ((tenant: string) => readonly BudgetLimit[])
  /** Default: this process's memory. */
  readonly store?: BudgetStore
  readonly clock?: Clock
  /** After this long a reservation is given back, since whoever made it must have died. Longer than any request. Default 15 minutes. */
  readonly holdMs?: number
}

export interface BudgetState extends BudgetLimit {
  readonly spent: number
  /** Set aside for requests under way. */
  readonly held: number
  readonly remaining: number
  /** Epoch milliseconds; undefined for `total`. */
  readonly resetsAt: number | undefined
}

export interface Budget {
  /**
   * Sets money aside, or refuses: what is spent and set aside never passes a limit, however many ask at once.
   * @throws GatewayRefusal `insufficient_quota`; `rate_limit_exceeded` where waiting an hour or less helps.
   */
  reserve(tenant: string, microUsd: number): string
  /**
   * Says what it came to, and gives back the rest. False where it was settled before: then nothing happens. What came to more than
   * was set aside is spent all the same; what comes in after the reservation expired, too.
   */
  settle(reservation: string, microUsd: number): boolean
  state(tenant: string): readonly BudgetState[]
}

const day = 24 * 60 * 60_000

/** Limits on what tenants spend, in whole millionths of a dollar. */
export function createBudget({
  limits,
  store = memoryBudget(),
  clock = systemClock,
  holdMs = 15 * 60_000,
}: BudgetOptions): Budget {
  const limitsOf = typeof limits === 'function' ? limits : () => limits
  // At the first reservation, too: an object hardly ever lives for a day.
  let tidiedAt = Number.NEGATIVE_INFINITY

  const state = (tenant: string): readonly BudgetState[] => {
    const now = clock.now()
    const held = store.held(tenant, now)
    return limitsOf(tenant).map(({ period, microUsd }) => {
      const spent = store.spent(tenant, keyOf(period, now))
      return { period, microUsd, spent, held, remaining: Math.max(0, microUsd - spent - held), resetsAt: endOf(period, now) }
    })
  }

  return {
    state,
    reserve(tenant, microUsd) {
      checkAmount(microUsd)
      const now = clock.now()
      return store.atomically(() => {
        // A settlement may come a day late, and is then still counted, once.
        if (now - tidiedAt > day) {
          store.forget(now - day)
          tidiedAt = now
        }
        for (const limit of state(tenant)) {
          if (limit.spent + limit.held + microUsd <= limit.microUsd) continue
          throw refusalOf(limit, now)
        }
        const id = crypto.randomUUID()
        store.put({ id, tenant, microUsd, at: now, expiresAt: now + holdMs })
        return id
      })
    },
    settle(reservation, microUsd) {
      checkAmount(microUsd)
      return store.atomically(() => {
        const hold = store.take(reservation)
        if (hold === undefined) return false
        if (microUsd > 0) for (const period of periods) store.spend(hold.tenant, keyOf(period, hold.at), microUsd)
        return true
      })
    },
  }
}

const periods: readonly BudgetPeriod[] = ['minute', 'hour', 'day', 'month', 'total']

const lengths = { minute: 16, hour: 13, day: 10, month: 7 } as const

const keyOf = (period: BudgetPeriod, at: number): string =>
  period === 'total' ? 'total' : new Date(at).toISOString().slice(0, lengths[period])

function endOf(period: BudgetPeriod, at: number): number | undefined {
  const now = new Date(at)
  if (period === 'total') return undefined
  if (period === 'month') return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)
  const length = { minute: 60_000, hour: 60 * 60_000, day }[period]
  return Math.floor(at / length) * length + length
}

function refusalOf({ period, resetsAt }: BudgetState, now: number) {
  const message = `The budget of this ${period === 'total' ? 'account' : period} does not suffice for the request.`
  if (period === 'minute' || period === 'hour') return rateLimited(`${message} Repeat it later.`, (resetsAt as number) - now)
  const until = resetsAt === undefined ? '' : ` It is renewed at ${new Date(resetsAt).toISOString()}.`
  return insufficientQuota(`${message}${until}`)
}

function checkAmount(microUsd: number): void {
  if (!Number.isSafeInteger(microUsd) || microUsd < 0)
    throw refuse('invalid_amount', 'An amount must be a whole number of millionths of a dollar, from 0 on.', {
      field: 'microUsd',
    })
}
