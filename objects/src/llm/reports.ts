import { knock } from '@do/core/full'
import type { Lease } from './lease.ts'
import { type Settled, type Settlement, settleDoor } from './wire.ts'

/** So long an outcome waits for others of its tenant, in milliseconds. */
const patienceMs = 50

/** Whoever was to take them along is gone after this long: a request may be ended by the platform at any moment. */
const goneMs = 2_000
/** Of so many tenants what could not be told is kept for their next request; the oldest go first. */
const mostUnsaid = 100
/** And of each of them so many answers and leases: the books are away for a moment, or the isolate is lost anyway. */
const mostKept = 1_000

interface Waiting {
  readonly since: number
  readonly answers: Settled[]
  readonly leases: Set<Lease>
}

export interface Reports {
  /** One request under this lease is over. Nothing to wait for where another request takes it along. */
  report(env: unknown, tenant: string, lease: Lease, settled: Settled | undefined): Promise<void> | undefined
}

type Send = (env: unknown, tenant: string, settlement: Settlement) => Promise<void>

/**
 * Tells tenants how their requests ended: outcomes that come at nearly the same time go in one hop, which the first of them waits
 * for, since what belongs to one request may not be used by another. A lease that nobody uses then is given back with it. Should the
 * isolate die before, the lease ends by itself.
 */
export function reports(send: Send = tell): Reports {
  const waiting = new Map<string, Waiting>()
  const unsaid = new Map<string, Settlement>()
  return {
    report(env, tenant, lease, settled) {
      const known = waiting.get(tenant)
      const { answers, leases }: Omit<Waiting, 'since'> = known ?? { answers: [], leases: new Set() }
      if (settled !== undefined) answers.push(settled)
      leases.add(lease)
      if (known !== undefined && Date.now() - known.since < goneMs) return undefined
      const mine = { since: Date.now(), answers, leases }
      waiting.set(tenant, mine)
      return takeAlong(env, tenant, mine)
    },
  }

  async function takeAlong(env: unknown, tenant: string, mine: Waiting): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, patienceMs))
    // Somebody else took it over, who did not believe in this one any more.
    if (waiting.get(tenant) !== mine) return
    waiting.delete(tenant)
    const { answers, leases } = mine
    const over = [...leases].filter(({ isIdle }) => isIdle)
    for (const one of over) one.close()
    const before = unsaid.get(tenant)
    unsaid.delete(tenant)
    const settlement = {
      answers: [...(before?.answers ?? []), ...answers],
      leases: [...(before?.leases ?? []), ...over.map(({ id, spent, unused }) => ({ id, microUsd: spent, unused }))],
    }
    try {
      await send(env, tenant, settlement)
    } catch (error) {
      keep(tenant, settlement)
      throw error
    }
  }

  /** Told twice it is written once, so nothing can be wrong about telling it again. */
  function keep(tenant: string, settlement: Settlement): void {
    const later = unsaid.get(tenant)
    if (later === undefined && unsaid.size >= mostUnsaid) unsaid.delete(unsaid.keys().next().value as string)
    unsaid.set(tenant, {
      answers: [...settlement.answers, ...(later?.answers ?? [])].slice(-mostKept),
      leases: [...settlement.leases, ...(later?.leases ?? [])].slice(-mostKept),
    })
  }
}

/** Once more where it failed: what was written is not written twice. */
async function tell(env: unknown, tenant: string, settlement: Settlement): Promise<void> {
  const address = { type: 'Tenant', name: tenant }
  await knock(env, address, settleDoor, settlement).catch(() => knock(env, address, settleDoor, settlement))
}
