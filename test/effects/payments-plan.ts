import type { TwinFault } from '@do/conformance'
import { Random } from '@do/conformance/kit'
import type { CreatePaymentInput } from '@do/payments'
import { type Behaves, cardOf, type Name } from './payments-world.ts'

export type Meaning =
  /** The vendor is asked again under the same key, or acts at once. */
  | 'acts'
  /** It does not act, and the next may. */
  | 'next'
  /** It does not act, and nobody else is asked. */
  | 'stop'

/** What meets a charge. A vendor that knows keys acts upon the repetition, whatever became of the first try. */
export const faults: readonly (readonly [TwinFault | undefined, Meaning])[] = [
  [undefined, 'acts'],
  [undefined, 'acts'],
  [{ kind: 'slow', ms: 1_500 }, 'acts'],
  [{ kind: 'slow', ms: 7_000 }, 'acts'],
  [{ kind: 'cut', when: 'after' }, 'acts'],
  [{ kind: 'cut', when: 'before' }, 'acts'],
  [{ kind: 'hang', when: 'after' }, 'acts'],
  [{ kind: 'hang', when: 'before' }, 'acts'],
  [{ kind: 'error', status: 500, when: 'after' }, 'acts'],
  [{ kind: 'error', status: 500, when: 'before' }, 'acts'],
  [{ kind: 'error', status: 502, when: 'after' }, 'acts'],
  [{ kind: 'error', status: 503, when: 'before' }, 'acts'],
  [{ kind: 'error', status: 504, when: 'after' }, 'acts'],
  [{ kind: 'truncated' }, 'acts'],
  [{ kind: 'foreign-page', when: 'after' }, 'acts'],
  [{ kind: 'foreign-page', when: 'before' }, 'acts'],
  [{ kind: 'refuse' }, 'next'],
  [{ kind: 'refuse' }, 'next'],
  [{ kind: 'rate-limit', retryAfterSeconds: 60 }, 'next'],
  [{ kind: 'unauthorized' }, 'next'],
  [{ kind: 'invalid' }, 'stop'],
]

export interface VendorPlan {
  readonly name: Name
  /** Absent: the payer has no card there. */
  readonly behaves: Behaves | undefined
  readonly first: TwinFault | undefined
  readonly meaning: Meaning
  /** What the repetitions meet. */
  readonly further: readonly TwinFault[]
  /** Its lists fail. */
  readonly blind: boolean
}

/** How the process ends in the middle of a charge, and what is done after the restart. */
interface Loss {
  /** At which charge of the process. */
  readonly at: 1 | 2
  readonly reaches: boolean
  /** Until somebody looks. */
  readonly pause: number
  readonly afterwards: 'repeat' | 'reconcile'
  /** Another order after the restart. */
  readonly order: readonly Name[]
}

export interface Plan {
  readonly seed: number
  readonly key: string
  readonly vendors: readonly VendorPlan[]
  readonly capture: 'automatic' | 'manual'
  readonly amount: bigint
  readonly moveOnDecline: readonly string[]
  readonly deadline: number
  readonly together: 'no' | 'process' | 'processes'
  readonly loss: Loss | undefined
  /** The first charge at this vendor comes there so late, in milliseconds, that our side has given it up. */
  readonly late: { readonly name: Name; readonly ms: number } | undefined
  readonly payer: 'succeed' | 'fail' | 'abandon'
}

const names: readonly Name[] = ['stripe', 'adyen', 'square']
const hour = 3_600_000
const pauses = [
  0,
  2_000,
  60_000,
  2 * hour,
  24 * hour - 9_000,
  24 * hour - 500,
  24 * hour,
  25 * hour,
  7 * 24 * hour,
  8 * 24 * hour,
]
const lists = [
  [],
  [],
  ['card_declined'],
  ['insufficient_funds'],
  ['card_declined', 'insufficient_funds'],
  ['stripe:card_declined'],
]

export function planOf(seed: number): Plan {
  const random = new Random(seed * 7_919)
  const chance = (share: number) => random.next() < share
  const shuffled = () =>
    names
      .map((name) => ({ name, at: random.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ name }) => name)
  const order = shuffled()
  const asked = chance(0.12)
  const vendors = order.map((name): VendorPlan => {
    const [first, meaning] = chance(0.35) ? [undefined, 'acts' as const] : random.pick(faults)
    const draw = random.next()
    const card: Behaves = draw < 0.7 ? 'ok' : draw < 0.85 ? 'declined' : 'insufficientFunds'
    return {
      name,
      behaves: chance(0.1) ? undefined : asked && name !== 'square' ? 'challenge' : card,
      first,
      meaning,
      further: Array.from({ length: chance(0.3) ? 1 + random.int(3) : 0 }, () => random.pick(faults)[0]).filter(
        (one) => one !== undefined,
      ),
      blind: chance(0.15),
    }
  })
  const all = vendors.every(({ behaves }) => behaves === undefined)
  return {
    seed,
    key: `plan-${seed}`,
    vendors: all ? vendors.map((vendor) => ({ ...vendor, behaves: 'ok' })) : vendors,
    capture: chance(0.3) ? 'manual' : 'automatic',
    amount: BigInt(100 + random.int(900_000)),
    moveOnDecline: random.pick(lists),
    deadline: chance(0.25) ? 12_000 : 600_000,
    together: chance(0.12) ? 'process' : chance(0.12) ? 'processes' : 'no',
    loss: chance(0.25)
      ? {
          at: chance(0.7) ? 1 : 2,
          reaches: chance(0.5),
          pause: random.pick(pauses),
          afterwards: chance(0.6) ? 'repeat' : 'reconcile',
          order: shuffled(),
        }
      : undefined,
    late: chance(0.12) ? { name: random.pick(order), ms: random.pick([6_000, 20_000, 45_000]) } : undefined,
    payer: random.pick(['succeed', 'succeed', 'fail', 'abandon']),
  }
}

export const inputOf = (plan: Plan): CreatePaymentInput => ({
  amount: { amount: plan.amount, currency: 'USD' },
  method: plan.vendors.flatMap(({ name, behaves }) => (behaves === undefined ? [] : [cardOf(name, behaves)])),
  capture: plan.capture,
  returnUrl: 'https://shop.example.com/return',
  metadata: { plan: plan.key },
})
