/** So much is set aside for requests of which nobody knows yet what they cost: ten cents. */
const firstShare = 100_000
/** And for so many more like the one at hand, so that not each of them has to ask. */
const ahead = 20

export interface Demand {
  /** What the request at hand may cost. */
  readonly need: number
  /** What the isolate spends in a second: its next lease should last as long. */
  readonly pace: number
  /** What is left of the tenant's budgets; infinite without one. */
  readonly left: number
}

/**
 * How much of a tenant's money an isolate gets under its next lease, in millionths of a US dollar. More than it needs now, since it has
 * to ask again for what is not there; but never so much that others have to wait for it to come back.
 */
export function shareOfMoney({ need, pace, left }: Demand): number {
  return Math.max(need, Math.min(Math.max(firstShare, need * ahead, pace), Math.floor(left / 4)))
}
