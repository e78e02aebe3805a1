import type { Budget } from '@do/gateway'
import type { LeaseGrant } from './wire.ts'

/** What is left of a lease is too little for this request: another one is needed. */
export class LeaseShort extends Error {
  readonly need: number

  constructor(need: number) {
    super('The lease does not reach.')
    this.need = need
  }
}

/** A lease while it is used: the budget that requests of this isolate are charged to. */
export interface Lease {
  readonly id: string
  /** May a new request begin under it? */
  isOpen(): boolean
  /** One request more; also where it costs nothing. */
  begin(): void
  readonly budget: Budget
  end(): void
  /** Nobody uses it now. */
  readonly isIdle: boolean
  readonly spent: number
  /** What was spent in a second, so far. */
  readonly pace: number
  /** Requests that might have begun under it and did not. */
  readonly unused: number
  close(): void
}

/** In less time than this nobody can tell a pace, in milliseconds. */
const briefMs = 100

export function openLease({ id, microUsd, requests, forMs }: LeaseGrant): Lease {
  const since = Date.now()
  const until = since + forMs
  const holds = new Map<string, number>()
  let left = microUsd
  let spent = 0
  let begun = 0
  let running = 0
  let made = 0
  let isClosed = false
  return {
    id,
    isOpen: () => !isClosed && begun < requests && Date.now() < until,
    begin: () => {
      begun += 1
      running += 1
    },
    end: () => {
      running -= 1
    },
    get isIdle() {
      return running === 0
    },
    get spent() {
      return spent
    },
    get pace() {
      return Math.ceil((spent * 1_000) / Math.max(Date.now() - since, briefMs))
    },
    get unused() {
      return Math.max(0, requests - begun)
    },
    close: () => {
      isClosed = true
    },
    budget: {
      reserve: (_, amount) => {
        if (amount > left) throw new LeaseShort(amount)
        left -= amount
        const hold = String(++made)
        holds.set(hold, amount)
        return hold
      },
      settle: (hold, cost) => {
        const amount = holds.get(hold)
        if (amount === undefined) return false
        holds.delete(hold)
        left += amount - cost
        spent += cost
        return true
      },
      state: () => [],
    },
  }
}
