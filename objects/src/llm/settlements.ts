import { knock } from '@do/core/full'
import { type Settled, settleDoor } from './wire.ts'

/** Longest that an outcome waits for others of its tenant, in milliseconds. */
const patienceMs = 20

/**
 * Tells tenants how their requests ended: outcomes that come at nearly the same time go in one hop, which the first of them waits
 * for, since what belongs to one request may not be used by another. Should the isolate die before, the reservations end by
 * themselves.
 */
export function settlements(): (env: unknown, tenant: string, settled: Settled) => Promise<void> | void {
  const waiting = new Map<string, Settled[]>()
  return async (env, tenant, settled) => {
    const known = waiting.get(tenant)
    if (known !== undefined) return void known.push(settled)
    const list = [settled]
    waiting.set(tenant, list)
    await new Promise((resolve) => setTimeout(resolve, patienceMs))
    waiting.delete(tenant)
    await knock(env, { type: 'Tenant', name: tenant }, settleDoor, list)
  }
}
