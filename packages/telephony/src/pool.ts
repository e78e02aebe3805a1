import { refuse } from '@do/provider'
import type { NumberFeature } from './interface.ts'

export interface PooledNumber {
  /** E.164. */
  readonly number: string
  /** The provider instance that owns it. */
  readonly provider: string
  readonly features?: readonly NumberFeature[]
}

export interface NumberPool {
  readonly numbers: readonly PooledNumber[]
  add(number: PooledNumber): void
  /** A removed number is no longer picked; conversations that held it get another one. */
  remove(number: string): void
  /** All senders of one provider, for the adapter's `senders` option. */
  senders(provider: string): readonly string[]
  /**
   * The number to send to `to` from: always the same one while it is in the pool (rendezvous hashing, so adding a number
   * moves only the recipients it takes over); one of the recipient's own area where there is one.
   * @throws ProviderError `pool_empty` when no number fits.
   */
  pick(wish: { readonly to: string; readonly provider?: string; readonly feature?: NumberFeature }): PooledNumber
}

/** A set of numbers that stand in for each other. */
export function numberPool(initial: readonly PooledNumber[] = []): NumberPool {
  const numbers = new Map(initial.map((entry) => [entry.number, entry]))
  return {
    get numbers() {
      return [...numbers.values()]
    },
    add: (entry) => void numbers.set(entry.number, entry),
    remove: (number) => void numbers.delete(number),
    senders: (provider) => [...numbers.values()].filter((entry) => entry.provider === provider).map((entry) => entry.number),
    pick({ to, provider, feature }) {
      const fitting = [...numbers.values()].filter(
        (entry) =>
          (provider === undefined || entry.provider === provider) &&
          (feature === undefined || entry.features === undefined || entry.features.includes(feature)),
      )
      const near = fitting.filter((entry) => sharedPrefix(entry.number, to) >= 5)
      const best = [...(near.length > 0 ? near : fitting)].sort((a, b) => weight(b.number, to) - weight(a.number, to))[0]
      if (best === undefined) {
        throw refuse('pool_empty', 'No number of the pool fits. Add one with the wanted provider and features.', {
          field: 'from',
        })
      }
      return best
    },
  }
}

function sharedPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}

function weight(number: string, to: string): number {
  let hash = 0x811c9dc5
  for (const character of `${number}/${to}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
