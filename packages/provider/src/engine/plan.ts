import type { Member } from './member.ts'

/** The order in which members are asked. Each rule also says, in one word, why. */
export interface Ranking {
  readonly name: 'priority' | 'weighted' | 'cheapest' | 'fastest'
  order(members: readonly Member[], operation: string): readonly Member[]
  /** Learns how long an attempt took. */
  observed(member: Member, operation: string, milliseconds: number, ok: boolean): void
}

export const byPriority: Ranking = { name: 'priority', order: (members) => members, observed: () => {} }

/** Spreads first attempts by weight (default 1; 0 keeps a member as a reserve); the rest follow in the same way. */
export function byWeight(weights: Readonly<Record<string, number>>, random: () => number): Ranking {
  return {
    name: 'weighted',
    observed: () => {},
    order: (members) => {
      // Exponential keys: sorting by log(u)/w draws without replacement in proportion to w.
      const key = (member: Member) => {
        const weight = weights[member.name] ?? 1
        return weight <= 0 ? Number.NEGATIVE_INFINITY : Math.log(random() || Number.MIN_VALUE) / weight
      }
      return sortBy(members, key)
    },
  }
}

/** The lowest given price first; members without a price last, in their order. */
export function byCost(costs: Readonly<Record<string, number>>): Ranking {
  return {
    name: 'cheapest',
    observed: () => {},
    order: (members) => sortBy(members, (member) => -(costs[member.name] ?? Number.POSITIVE_INFINITY)),
  }
}

/** The one whose attempts took least lately (moving average per operation); failures count as slow, the untried first. */
export function bySpeed(): Ranking {
  const averages = new Map<string, number>()
  const key = (member: Member, operation: string) => `${member.name}/${operation}`
  return {
    name: 'fastest',
    order: (members, operation) => sortBy(members, (member) => -(averages.get(key(member, operation)) ?? 0)),
    observed: (member, operation, milliseconds, ok) => {
      const sample = ok ? milliseconds : milliseconds + 10_000
      const known = averages.get(key(member, operation))
      averages.set(key(member, operation), known === undefined ? sample : known * 0.8 + sample * 0.2)
    },
  }
}

/** Highest first; equal ones keep their order. */
function sortBy(members: readonly Member[], score: (member: Member) => number): readonly Member[] {
  return members
    .map((member) => ({ member, value: score(member) }))
    .sort((a, b) => (a.value === b.value ? 0 : b.value > a.value ? 1 : -1))
    .map(({ member }) => member)
}
