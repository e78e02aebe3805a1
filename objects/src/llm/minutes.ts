import { rateLimited } from '@do/gateway'
import type { Tenant } from '../tenant/tenant.ts'

/** One minute of the clock: requests handed out in it, and to which leases. */
interface Minute {
  readonly began: number
  count: number
  readonly shares: Map<string, number>
}

const minutes = new WeakMap<Tenant, Minute>()
const atOnce = 32

function minuteOf(tenant: Tenant): Minute {
  const now = tenant.clock.now()
  const began = now - (now % 60_000)
  const known = minutes.get(tenant)
  const minute = known?.began === began ? known : { began, count: 0, shares: new Map<string, number>() }
  minutes.set(tenant, minute)
  return minute
}

/** So many requests in each minute of the clock, handed out in small shares. In memory: an eviction forgives the rest of a minute. */
export function shareOf(tenant: Tenant, perMinute: number | undefined): number | undefined {
  if (perMinute === undefined) return undefined
  const { began, count } = minuteOf(tenant)
  const share = Math.min(perMinute - count, Math.max(1, Math.min(atOnce, Math.floor(perMinute / 10))))
  if (share > 0) return share
  const message = `This account may ask ${perMinute} times a minute. Wait for the next one, or raise llm.perMinute.`
  throw rateLimited(message, began + 60_000 - tenant.clock.now())
}

export function takeRequests(tenant: Tenant, lease: string, share: number | undefined): number {
  if (share === undefined) return Number.MAX_SAFE_INTEGER
  const minute = minuteOf(tenant)
  minute.count += share
  minute.shares.set(lease, share)
  return share
}

/** What was not asked under a lease of this minute may be asked by others. Once. */
export function giveBack(tenant: Tenant, lease: string, unused: number): void {
  const minute = minuteOf(tenant)
  minute.count -= Math.min(unused, minute.shares.get(lease) ?? 0)
  minute.shares.delete(lease)
}
