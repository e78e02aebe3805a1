import { collect, same } from '../assert.ts'
import { type ListSubject, listChecks } from '../shared/lists.ts'
import { why } from '../why.ts'
import { needing } from './subjects.ts'
import { group, moments, own, type PaymentsCheck, type PaymentsWorld, paid } from './world.ts'

const listing = group('payments.list', why.paging, ['list-payments'])
const refunds = group('refunds.list', why.paging, ['read-refunds'])

/** Five of something, a minute apart; then enough time for lists to show them. */
async function five(world: PaymentsWorld, make: (turn: number) => Promise<{ readonly id: string }>): Promise<readonly string[]> {
  const ids: string[] = []
  for (let turn = 1; turn <= 5; turn++) {
    ids.push((await make(turn)).id)
    await moments(world)
  }
  await world.twin.advance(120_000)
  return ids
}

const fivePayments = (world: PaymentsWorld) => five(world, (turn) => paid(world, { amount: own(world, 1_000n * BigInt(turn)) }))

const subjects: readonly ListSubject<PaymentsWorld>[] = [
  {
    name: 'payments.payments.list',
    needs: ['list-payments'],
    request: 'payments.list',
    fill: fivePayments,
    read: ({ provider }, input) => provider.payments.list(input),
  },
  {
    name: 'payments.refunds.list',
    needs: ['read-refunds'],
    request: 'refunds.list',
    fill: async (world) => {
      const { id: payment } = await paid(world)
      return five(world, () => world.provider.refunds.create({ payment, amount: own(world, 100n) }))
    },
    read: ({ provider }, input) => provider.refunds.list(input),
  },
  {
    name: 'payments.customers.list',
    needs: ['customers'],
    request: 'customers.list',
    fill: (world) => five(world, (turn) => world.provider.customers.create({ name: `Customer ${turn}` })),
    read: ({ provider }, input) => provider.customers.list(input),
  },
  {
    name: 'payments.balance.transactions',
    needs: ['balance-transactions'],
    request: 'balance.transactions',
    fill: async (world) => {
      await fivePayments(world)
      return (await collect(world.provider.balance.transactions())).map(({ id }) => id)
    },
    read: ({ provider }, input) => provider.balance.transactions(input),
  },
]

const iso = (at: number) => new Date(at).toISOString()
const idsIn = async (items: AsyncIterable<{ readonly id: string }>) => (await collect(items)).map(({ id }) => id)

export const lists: readonly PaymentsCheck[] = [
  ...subjects.flatMap((subject) => listChecks(subject).map((check) => needing(check, subject.needs ?? []))),
  listing('newest-first', 'The list begins with the newest payment', async (world) => {
    const ids = await fivePayments(world)
    same(await idsIn(world.provider.payments.list()), [...ids].reverse(), 'The ids in the list')
  }),
  listing('period', 'The list can be of a period', async (world) => {
    const ids = await fivePayments(world)
    const third = world.twin.payments()[2]?.at as number
    const { provider } = world
    same(await idsIn(provider.payments.list({ since: iso(third - 20_000) })), [...ids.slice(2)].reverse(), 'Since the third')
    same(await idsIn(provider.payments.list({ until: iso(third - 20_000) })), [...ids.slice(0, 2)].reverse(), 'Until the third')
  }),
  listing(
    'customer',
    'The list can be of one customer',
    async (world) => {
      const { id: customer } = await world.provider.customers.create({ name: 'Anna' })
      await paid(world)
      const method = `${customer.slice(0, customer.indexOf(':'))}:${world.twin.methods.ok}`
      const { id } = await paid(world, { customer, method })
      await world.twin.advance(120_000)
      same(await idsIn(world.provider.payments.list({ customer })), [id], "The customer's payments")
    },
    { needs: ['customers', 'stored-methods'] },
  ),
  refunds('payment', 'The list can be of one payment', async (world) => {
    const [first, second] = [await paid(world), await paid(world)]
    const { id } = await world.provider.refunds.create({ payment: first.id, amount: own(world, 590n) })
    const other = await world.provider.refunds.create({ payment: second.id, amount: own(world, 590n) })
    await world.twin.advance(120_000)
    const of = (payment: string) => idsIn(world.provider.refunds.list({ payment }))
    same([await of(first.id), await of(second.id)], [[id], [other.id]], 'The refunds of each payment')
  }),
]
