import { knock } from '@do/core/full'
import type { Lease } from './lease.ts'
import { type Settled, type Settlement, settleDoor } from './wire.ts'

/** So long an outcome waits for others of its tenant, in milliseconds. */
const patienceMs = 50

interface Waiting {
  readonly answers: Settled[]
  readonly leases: Set<Lease>
}

export interface Reports {
  /** One request under this lease is over. */
  report(env: unknown, tenant: string, lease: Lease, settled: Settled | undefined): Promise<void>
}

/**
 * Tells tenants how their requests ended: outcomes that come at nearly the same time go in one hop, which the first of them waits
 * for, since what belongs to one request may not be used by another. A lease that nobody uses then is given back with it. Should the
 * isolate die before, the lease ends by itself.
 */
export function reports(): Reports {
  const waiting = new Map<string, Waiting>()
  return {
    async report(env, tenant, lease, settled) {
      const known = waiting.get(tenant)
      const { answers, leases } = known ?? { answers: [], leases: new Set<Lease>() }
      if (settled !== undefined) answers.push(settled)
      leases.add(lease)
      if (known !== undefined) return
      waiting.set(tenant, { answers, leases })
      await new Promise((resolve) => setTimeout(resolve, patienceMs))
      waiting.delete(tenant)
      const over = [...leases].filter(({ isIdle }) => isIdle)
      for (const one of over) one.close()
      await tell(env, tenant, { answers, leases: over.map(({ id, spent }) => ({ id, microUsd: spent })) })
    },
  }
}

/** Once more where it failed: what was written is not written twice. */
async function tell(env: unknown, tenant: string, settlement: Settlement): Promise<void> {
  const address = { type: 'Tenant', name: tenant }
  await knock(env, address, settleDoor, settlement).catch(() => knock(env, address, settleDoor, settlement))
}
