/** Money that is set aside for a request under way. */
export interface Hold {
  readonly id: string
  readonly tenant: string
  /** Millionths of a US dollar. */
  readonly microUsd: number
  /** Epoch milliseconds of the reservation: it is spent in the periods of that moment, however long the answer takes. */
  readonly at: number
  /** Epoch milliseconds from which it no longer counts: whoever made it has died. */
  readonly expiresAt: number
}

/**
 * What a budget remembers. Synchronous, so that nothing comes between reading and writing: in a Durable Object, SQLite; in a process,
 * its memory.
 */
export interface BudgetStore {
  /** What was settled in a period (`2026-11-21`, `2026-11`, `total`). 0 where nothing was. */
  spent(tenant: string, period: string): number
  spend(tenant: string, period: string, microUsd: number): void
  /** All holds of a tenant that expire after this, together. */
  held(tenant: string, after: number): number
  put(hold: Hold): void
  /** Removes a hold and answers it; undefined where there is none. */
  take(id: string): Hold | undefined
  /** Forgets holds that expired before this, and may forget periods that ended before it. */
  forget(before: number): void
  /** All of it, or nothing. */
  atomically<T>(body: () => T): T
}

/** In this process. Enough where there is one. */
export function memoryBudget(): BudgetStore {
  const spendings = new Map<string, number>()
  const holds = new Map<string, Hold>()
  const key = (tenant: string, period: string) => JSON.stringify([tenant, period])
  return {
    spent: (tenant, period) => spendings.get(key(tenant, period)) ?? 0,
    spend: (tenant, period, microUsd) => {
      const at = key(tenant, period)
      spendings.set(at, (spendings.get(at) ?? 0) + microUsd)
    },
    held(tenant, after) {
      let sum = 0
      for (const hold of holds.values()) if (hold.tenant === tenant && hold.expiresAt > after) sum += hold.microUsd
      return sum
    },
    put: (hold) => void holds.set(hold.id, hold),
    take(id) {
      const hold = holds.get(id)
      holds.delete(id)
      return hold
    },
    forget(before) {
      for (const { id, expiresAt } of holds.values()) if (expiresAt < before) holds.delete(id)
      const month = new Date(before).toISOString().slice(0, 7)
      for (const at of spendings.keys()) {
        const [, period] = JSON.parse(at) as [string, string]
        if (period !== 'total' && period.slice(0, 7) < month) spendings.delete(at)
      }
    },
    // Nothing else runs between two lines of it, and nothing in it fails half-way.
    atomically: (body) => body(),
  }
}
