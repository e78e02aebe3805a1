import { refuse } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import { checkKey } from '../storage/json.ts'
import { ensure, first, hasTable, rows, run } from '../storage/sql.ts'
import { checkPolicy, quotaOf } from './policy.ts'
import type { LimitPolicy, Taken } from './types.ts'

const ddl = `CREATE TABLE IF NOT EXISTS do_limits (
  policy TEXT NOT NULL, key TEXT NOT NULL, level INTEGER NOT NULL, at INTEGER NOT NULL, rested_at INTEGER NOT NULL,
  PRIMARY KEY (policy, key)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS do_limits_rested ON do_limits (rested_at);
CREATE TABLE IF NOT EXISTS do_limit_takes (
  policy TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, cost INTEGER NOT NULL,
  PRIMARY KEY (policy, key, at)) STRICT, WITHOUT ROWID`

const jobName = 'core.limits.clean'
const cleanEveryMs = 3_600_000
/** When there are too many keys, new ones share this one: whoever invents keys is limited, not the memory. */
const shared = '\u0000others'

export interface Limits<Name extends string = string> {
  /**
   * Takes, or takes nothing at all. In the object's own SQLite: exact over crashes and for all callers.
   * @throws ProviderError `unknown_limit`, `invalid_cost` for a cost that could never be allowed, `invalid_key`
   */
  take(policy: Name, key: string, cost?: number): Taken
  /** What `take` would say, without taking. */
  peek(policy: Name, key: string, cost?: number): Taken
  /** The key is rested at once. False when it was. */
  reset(policy: Name, key: string): boolean
  /** Drops what is rested; answers how many keys. A job does so every hour while there are any. */
  clean(): number
  readonly policies: Readonly<Record<Name, LimitPolicy>>
  readonly clock: () => { now(): number }
}

/** @throws ProviderError `invalid_limit_policy` */
export function createLimits<Name extends string>(kernel: Kernel, policies: Readonly<Record<Name, LimitPolicy>>): Limits<Name> {
  const { storage } = kernel
  for (const [name, policy] of Object.entries<LimitPolicy>(policies)) checkPolicy(name, policy)
  const now = () => kernel.clock().now()
  const there = () => hasTable(storage, 'do_limits')

  /** The key under which it is counted. */
  const placeOf = (name: string, key: string, maxKeys: number): string => {
    if (first(storage, 'SELECT 1 AS found FROM do_limits WHERE policy = ? AND key = ?', name, key) !== undefined) return key
    const { count } = first<{ count: number }>(storage, 'SELECT count(*) AS count FROM do_limits WHERE policy = ?', name) ?? {
      count: 0,
    }
    return count < maxKeys ? key : shared
  }

  const ask = (name: string, given: string, cost: number, taking: boolean): Taken => {
    const policy = Object.hasOwn(policies, name) ? policies[name as Name] : undefined
    if (policy === undefined)
      throw refuse('unknown_limit', `There is no limit "${String(name).slice(0, 100)}".`, { field: 'policy' })
    checkKey(given, 'The key of a limit')
    const { quota } = quotaOf(policy)
    if (!(Number.isInteger(cost) && cost >= 1 && cost <= quota)) {
      throw refuse('invalid_cost', `The cost must be a whole number from 1 to ${quota}: more is never allowed by "${name}".`, {
        field: 'cost',
      })
    }
    if (!there() && !taking) return { allowed: true, limit: quota, remaining: quota, resetAt: now(), retryAfterMs: 0 }
    return kernel.transaction(() => {
      ensure(storage, ddl)
      const key = placeOf(name, given, policy.maxKeys ?? 10_000)
      const row = first<{ level: number; at: number }>(
        storage,
        'SELECT level, at FROM do_limits WHERE policy = ? AND key = ?',
        name,
        key,
      )
      // A clock that goes back gives nothing back.
      const at = Math.max(now(), row?.at ?? 0)
      const answer =
        policy.kind === 'bucket'
          ? bucket(policy, row, at, cost)
          : policy.kind === 'fixed'
            ? fixed(policy, row, at, cost)
            : sliding(policy, name, key, at, cost)
      if (taking && answer.allowed) {
        kernel.exists()
        run(storage, 'INSERT OR REPLACE INTO do_limits VALUES (?, ?, ?, ?, ?)', name, key, answer.level, at, answer.resetAt)
        if (policy.kind === 'sliding') {
          run(storage, 'DELETE FROM do_limit_takes WHERE policy = ? AND key = ? AND at <= ?', name, key, at - policy.windowMs)
          run(
            storage,
            'INSERT INTO do_limit_takes VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET cost = cost + excluded.cost',
            name,
            key,
            at,
            cost,
          )
        }
        if (kernel.jobs.get(jobName) === undefined)
          kernel.jobs.schedule({ name: jobName, key: jobName, at: now() + cleanEveryMs })
      }
      const { level: _, left, ...rest } = answer
      return { ...rest, limit: quota, remaining: taking && answer.allowed ? left - cost : left }
    })
  }

  /** Oldest first, until enough of the window is free again. */
  const sliding = (
    policy: Extract<LimitPolicy, { kind: 'sliding' }>,
    name: string,
    key: string,
    at: number,
    cost: number,
  ): Answer => {
    const query = 'SELECT at, cost FROM do_limit_takes WHERE policy = ? AND key = ? AND at > ? ORDER BY at'
    const takes = rows<{ at: number; cost: number }>(storage, query, name, key, at - policy.windowMs)
    const left = policy.limit - takes.reduce((sum, take) => sum + take.cost, 0)
    const allowed = cost <= left
    let free = left
    const last = takes.find((take) => {
      free += take.cost
      return free >= cost
    })
    const newest = allowed ? at : (takes.at(-1)?.at ?? at)
    return {
      allowed,
      left,
      level: 0,
      resetAt: newest + policy.windowMs,
      retryAfterMs: allowed || last === undefined ? 0 : last.at + policy.windowMs - at,
    }
  }

  const clean = (): number => {
    if (!there()) return 0
    return kernel.transaction(() => {
      const rested = rows<{ policy: string; key: string }>(
        storage,
        'DELETE FROM do_limits WHERE rested_at <= ? RETURNING policy, key',
        now(),
      )
      for (const { policy, key } of rested) run(storage, 'DELETE FROM do_limit_takes WHERE policy = ? AND key = ?', policy, key)
      return rested.length
    })
  }
  kernel.jobs.define(jobName, () => () => {
    clean()
    if (first(storage, 'SELECT 1 AS found FROM do_limits LIMIT 1') !== undefined) {
      kernel.jobs.schedule({ name: jobName, key: jobName, at: now() + cleanEveryMs })
    }
  })

  return {
    policies,
    clock: kernel.clock,
    take: (policy, key, cost = 1) => ask(policy, key, cost, true),
    peek: (policy, key, cost = 1) => ask(policy, key, cost, false),
    reset: (policy, key) => {
      if (!there()) return false
      return kernel.transaction(() => {
        run(storage, 'DELETE FROM do_limit_takes WHERE policy = ? AND key = ?', policy, key)
        return first(storage, 'DELETE FROM do_limits WHERE policy = ? AND key = ? RETURNING key', policy, key) !== undefined
      })
    },
    clean,
  }
}

interface Answer extends Omit<Taken, 'limit' | 'remaining'> {
  readonly left: number
  /** To be written when it is taken. */
  readonly level: number
}
type Row = { readonly level: number; readonly at: number } | undefined

/** The level is what is missing, in tokens times `everyMs`: whole numbers, so that nothing is lost however often one asks. */
function bucket(policy: Extract<LimitPolicy, { kind: 'bucket' }>, row: Row, at: number, cost: number): Answer {
  const { capacity, refill, everyMs } = policy
  const missing = row === undefined ? 0 : Math.max(0, row.level - (at - row.at) * refill)
  const wanted = missing + cost * everyMs
  const over = wanted - capacity * everyMs
  const allowed = over <= 0
  const level = allowed ? wanted : missing
  return {
    allowed,
    left: Math.floor((capacity * everyMs - missing) / everyMs),
    level,
    resetAt: at + Math.ceil(level / refill),
    retryAfterMs: allowed ? 0 : Math.ceil(over / refill),
  }
}

function fixed({ limit, windowMs }: Extract<LimitPolicy, { kind: 'fixed' }>, row: Row, at: number, cost: number): Answer {
  const begin = Math.floor(at / windowMs) * windowMs
  const used = row === undefined || row.at < begin ? 0 : row.level
  const allowed = used + cost <= limit
  return {
    allowed,
    left: limit - used,
    level: used + cost,
    resetAt: begin + windowMs,
    retryAfterMs: allowed ? 0 : begin + windowMs - at,
  }
}
