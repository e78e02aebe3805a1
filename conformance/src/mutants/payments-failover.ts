import type { CreatePaymentInput, Payment, Payments } from '@do/payments'
import { failover, type ProviderError, withOverrides } from '@do/provider'
import { pair } from '../kit/pair.ts'
import { memoryPaymentsTwin } from '../reference/index.ts'
import type { ConformanceOptions } from '../run.ts'
import { type Change, type Mutant, provider } from './mutant.ts'

type Wrap = (first: Payments, second: Payments) => Payments
type Create = Payments['payments']['create']

/** Two providers on two accounts, wrapped in some way. */
const overTwo = (wrap: Wrap, change: Change<'payments'>) => (): ConformanceOptions => {
  const first = memoryPaymentsTwin()
  const second = memoryPaymentsTwin({ clock: first.clock, seed: 2 })
  return {
    twin: pair(first, second),
    provider: (at) =>
      wrap(
        provider('payments', first.credentials, at, change),
        provider('payments', second.credentials, { ...at, fetch: second.fetch, name: `${at.name ?? 'memory'}-reserve` }, change),
      ),
  }
}

const right: Wrap = (first, second) => failover([first, second]) as Payments

const mutant = (id: string, wrong: string, caughtBy: readonly string[], wrap: Wrap, change: Change<'payments'> = {}): Mutant => ({
  id: `payments.failover/${id}`,
  interface: 'payments',
  wrong,
  caughtBy: caughtBy.map((check) => `payments.${check}`),
  options: overTwo(wrap, change),
  unbroken: overTwo(right, change),
})

/** The right wrapper, charging in its own way. */
const charging =
  (create: (first: Create, second: Create) => Create): Wrap =>
  (first, second) => {
    const both = right(first, second)
    return withOverrides(both, { payments: { ...both.payments, create: create(first.payments.create, second.payments.create) } })
  }

/** What many a home-made wrapper does: the next provider on whatever error `moves` lets through. */
const naive = (moves: (error: ProviderError) => boolean) =>
  charging((first, second) => async (input: CreatePaymentInput, options): Promise<Payment> => {
    try {
      return await first(input, options)
    } catch (error) {
      if (!moves(error as ProviderError)) throw error
      return second(input, options)
    }
  })

/** The vendor neither knows keys nor keeps anything by which a lost charge could be found. */
const opaque: Change<'payments'> = {
  driver: (driver) => ({
    ...driver,
    find: {},
    descriptor: { ...driver.descriptor, operations: { 'payments.create': { class: 'opaque' } } },
  }),
}

const lost = ['error-500-after', 'error-502-after', 'cut-after', 'hang-after', 'truncated', 'foreign-page-after'].map(
  (name) => `payments.create.effect.${name}`,
)

/** Wrappers that are wrong, over two providers that are right. */
export const paymentsFailoverMutants: readonly Mutant[] = [
  mutant(
    'moves-on-unknown',
    'Charges by the next provider when it does not know whether the first has charged.',
    lost,
    naive(({ effect }) => effect !== 'done'),
    opaque,
  ),
  mutant(
    'moves-on-decline',
    'Tries a declined card at the next provider.',
    ['payments.create.decline-once'],
    naive(({ fault }) => fault === 'declined'),
  ),
  mutant(
    'both-at-once',
    'Charges by both providers at once, and takes the faster answer.',
    ['payments.create.once', 'payments.create.key.repeated'],
    charging((first, second) => (input, options) => Promise.any([first(input, options), second(input, options)])),
  ),
  mutant(
    'key-of-its-own',
    'Gives each call a key of its own.',
    ['payments.create.key.repeated', 'payments.create.key.concurrent'],
    (first, second) => {
      const both = right(first, second)
      const create: Create = (input, options) => both.payments.create(input, { ...options, idempotencyKey: crypto.randomUUID() })
      return withOverrides(both, { payments: { ...both.payments, create } })
    },
  ),
  mutant(
    'forgets-who',
    'Asks the first provider for payments of the second.',
    ['payments.create.effect.refused-once'],
    (first, second) => {
      const both = right(first, second)
      return withOverrides(both, { payments: { ...both.payments, get: first.payments.get } })
    },
  ),
]
