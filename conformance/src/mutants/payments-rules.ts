import { payments } from '@do/payments'
import { type InterfaceDescription, ProviderError } from '@do/provider'
import type { At } from '../check.ts'
import { TwinNetworkError } from '../kit/network-error.ts'
import { inTurn, type Mutant } from './mutant.ts'
import { type Driver, type Group, mutant, replaced, retold, unfiltered } from './payments-tools.ts'

const invalid = [
  ...['amount', 'currency', 'method', 'descriptor', 'fee', 'save-method', 'metadata', 'refund', 'capture', 'payout', 'transfer'],
  ...['lines', 'interval', 'change', 'country', 'email', 'list', 'nothing'],
].map((name) => `invalid.${name}`)

/** Every operation asks the vendor something before it looks at its input. */
const asksFirst = (provider: object, at: At): Group => {
  const ask = () => at.fetch(`${at.baseUrl}/v1/balance`)
  const eager = (call: any) => (input: any, options: any) => {
    const answer = inTurn(ask(), () => call(input, options))
    // A list is no promise: its page is.
    return Object.assign(answer, { page: () => inTurn(ask(), () => call(input, options).page()) })
  }
  return Object.fromEntries(
    Object.keys(payments.operations).map((group) => [
      group,
      Object.fromEntries(Object.entries(Reflect.get(provider, group) as Group).map(([name, call]) => [name, eager(call)])),
    ]),
  )
}

const without = (capability: string) => (driver: Driver) => ({
  ...driver,
  descriptor: { ...driver.descriptor, capabilities: { ...driver.descriptor.capabilities, [capability]: 'Not here.' } },
})

/** The interface, if whoever can may do it instead. */
const loose = (operation: string): InterfaceDescription => {
  const spec = payments.flat.get(operation) as never as object
  const prepare = (input: unknown) => input
  return {
    ...payments,
    flat: new Map(payments.flat).set(operation, { ...spec, handle: undefined, routing: 'any', prepare } as never),
  }
}
const moves = (operation: string, check: string) =>
  mutant(`failover/${operation}`, `Lets any provider do ${operation} instead.`, [check], { description: loose(operation) })

const network = (change: (error: unknown) => unknown) => ({
  at: (at: At): At => ({ ...at, fetch: (input, init) => at.fetch(input, init).catch((error) => Promise.reject(change(error))) }),
})
const codeOf = (error: unknown) => (error as { cause?: { code?: string } }).cause?.code

const verdict = (change: object) => ({
  driver: (driver: Driver) => ({
    ...driver,
    errors: { ...driver.errors, card_refused: { ...driver.errors.card_refused, ...change } as never },
  }),
})

const permuted = ['backwards', 'thrice', 'shuffled', 'doubled'].map((name) => `event.${name}`)

/** A receiver that remembers. */
const remembering = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  refuses: (event: any, seen: Set<string>) => boolean,
) =>
  mutant(`event/${id}`, wrong, caughtBy, {
    driver: (driver: Driver) => {
      const seen = new Set<string>()
      return {
        ...driver,
        webhooks: {
          ...driver.webhooks,
          receive: async (request, context) => {
            const events = await driver.webhooks.receive(request, context)
            for (const event of events) {
              if (refuses(event, seen)) throw new Error('Not this one.')
              seen.add(event.eventId)
            }
            return events
          },
        },
      }
    },
  })

/** Wrong about rules that hold for all: inputs, lists, capabilities, who may do it, what is heard. */
export const paymentsRuleMutants: readonly Mutant[] = [
  mutant('invalid/asks-first', 'Asks the vendor before it looks at the input.', invalid, { provider: asksFirst }),
  mutant(
    'capability/drops-silently',
    'Leaves out what it cannot do.',
    ['capability.refused'],
    {
      driver: without('statement-descriptor'),
      provider: (provider) => ({
        payments: {
          ...provider.payments,
          create: ({ statementDescriptor: _, ...input }: any, options: any) => provider.payments.create(input, options),
        },
      }),
    },
    { driver: without('statement-descriptor') },
  ),
  replaced(
    'payments/unknown-is-refused',
    'Calls a lost answer a refusal.',
    ['payments.create.outcome-unknown'],
    'payments',
    ({ create }) => ({
      create: (input: any, options: any) =>
        create(input, options).catch((error: ProviderError) => Promise.reject(error.with({ effect: 'none' }))),
    }),
  ),
  replaced(
    'payments/oldest-first',
    'Begins with the oldest payment.',
    ['payments.list.newest-first'],
    'payments',
    ({ list }) => ({
      list: (...given: unknown[]) => ({
        ...list(...given),
        async *[Symbol.asyncIterator]() {
          const all: unknown[] = []
          for await (const item of list(...given)) all.unshift(item)
          yield* all
        },
      }),
    }),
  ),
  unfiltered('/payments', 'since', 'payments.list.period'),
  unfiltered('/payments', 'customer', 'payments.list.customer'),
  unfiltered('/refunds', 'payment', 'refunds.list.payment'),
  mutant(
    'failover/hides-refusals',
    'Does not say that nobody was there.',
    ['failover.charge-moves', 'failover.page-moves'],
    network((error) => (codeOf(error) === 'ECONNREFUSED' ? new TypeError('fetch failed') : error)),
  ),
  mutant(
    'failover/lost-is-refused',
    'Says of a broken connection that nobody was there.',
    ['failover.unknown-stays'],
    network((error) => (codeOf(error) === 'ECONNRESET' ? new TwinNetworkError('ECONNREFUSED') : error)),
  ),
  mutant(
    'failover/decline-is-failure',
    'Takes a decline for a failure of the vendor.',
    ['failover.decline-stays', 'failover.decline-listed-only'],
    verdict({ fault: 'provider' }),
  ),
  mutant(
    'failover/decline-elsewhere',
    'Says of a decline that others may be asked.',
    ['failover.decline-stays', 'failover.decline-listed-only'],
    verdict({ elsewhere: true }),
  ),
  mutant(
    'failover/own-words',
    'Calls a decline by a name that no list has.',
    ['failover.decline-allowed'],
    verdict({ code: 'do_not_honour' }),
  ),
  moves('refunds.create', 'failover.refund-stays'),
  moves('customers.create', 'failover.customer-stays'),
  moves('products.create', 'failover.product-stays'),
  moves('accounts.create', 'failover.account-stays'),
  moves('payouts.create', 'failover.payout-stays'),
  retold(
    'other-payment',
    'Takes the event for the payment.',
    ['event.paid', 'event.resolves', 'event.before-answer', ...permuted],
    (event) => (event.type === 'payment.updated' ? { ...event, payment: `memory:${event.eventId}` } : event),
  ),
  retold('deaf-to-refunds', 'Hears nothing of refunds.', ['event.refunded', 'event.outside'], (event) =>
    event.type === 'refund.updated' || BigInt(event.raw?.refunded?.value ?? 0) > 0n ? undefined : event,
  ),
  remembering('once-only', 'Refuses an event that it has seen.', ['event.thrice', 'event.doubled'], ({ eventId }, seen) =>
    seen.has(eventId),
  ),
  remembering(
    'in-order-only',
    'Refuses an event that comes late.',
    ['event.backwards', 'event.shuffled', 'event.doubled'],
    ({ eventId }, seen) => [...seen].some((other) => Number(other.slice(4)) > Number(eventId.slice(4))),
  ),
  replaced(
    'payments/remembers',
    'Reads payments from its own memory.',
    ['event.missing', 'refunds.create.part'],
    'payments',
    ({ create, get }) => {
      const known = new Map<string, any>()
      return {
        create: async (input: any, options: any) => {
          const made = await create(input, options)
          known.set(made.id, made)
          return made
        },
        get: async (id: string, options: any) => known.get(id) ?? get(id, options),
      }
    },
  ),
  mutant('resolve/unknown-is-fine', 'Leads from an unknown event to nothing.', ['event.not-resolvable'], {
    provider: (provider) => ({
      resolve: (event: any) => (event.type === 'unknown' ? Promise.resolve({ type: 'unknown' }) : provider.resolve(event)),
    }),
  }),
  mutant('resolve/own-only', 'Knows only payments that it has the answer of.', ['event.before-answer'], {
    provider: (provider) => {
      const known = new Set<string>()
      return {
        payments: {
          ...provider.payments,
          create: async (input: any, options: any) => {
            const made = await provider.payments.create(input, options)
            known.add(made.id)
            return made
          },
        },
        resolve: async (event: any, options: any) => {
          if (known.has(event.payment)) return provider.resolve(event, options)
          throw new ProviderError({ effect: 'none', fault: 'caller', code: 'not_found', message: 'Not known.' })
        },
      }
    },
  }),
]
