import { parseHandle } from '@do/provider'
import { collect, same } from '../assert.ts'
import { why } from '../why.ts'
import { seller } from './subjects.ts'
import { all, booked, currencyOf, denied, funded, group, moments, own, type PaymentsWorld, paid, price, zero } from './world.ts'

const transfers = group('transfers', why.connect, ['accounts', 'transfers'])
const split = group('payments.create', why.connect, ['accounts', 'split'])
const refund = group('refunds.create', why.connect, ['accounts', 'split'])

/** What the vendor's books say that somebody has, available or on its way: the platform, or a connected account. */
export function has(world: PaymentsWorld, account?: string): bigint {
  const of = account === undefined ? undefined : parseHandle(account).id
  const { available, pending } = world.twin.balance(of).get(currencyOf(world)) ?? { available: 0n, pending: 0n }
  return available + pending
}

/** What each has more than before. */
async function gained(world: PaymentsWorld, account: string, run: () => Promise<unknown>) {
  const before = [has(world), has(world, account)] as const
  await run()
  await moments(world)
  return [has(world) - before[0], has(world, account) - before[1]]
}

async function ready(world: PaymentsWorld) {
  await funded(world)
  const account = await seller(world)
  return { account, give: (amount: bigint) => world.provider.transfers.create({ account, amount: own(world, amount) }) }
}

/** Between the platform and its sellers. */
export const transferring = [
  transfers('create.moves', 'A transfer takes from the platform what it gives to the seller', async (world) => {
    const { account, give } = await ready(world)
    same(await gained(world, account, () => give(10_000n)), [-10_000n, 10_000n], 'What platform and seller gained')
    same(world.twin.transfers().length, 1, 'Transfers')
  }),
  transfers('create.too-much', 'More than is available is not transferred', async (world) => {
    const { account, give } = await ready(world)
    const gains = await gained(world, account, () => denied(() => give(9_000_000n), 'A transfer of too much'))
    same(gains, [0n, 0n], 'What platform and seller gained')
  }),
  transfers('get.same', 'A transfer reads back as it was made', async (world) => {
    const { account, give } = await ready(world)
    const { id } = await give(10_000n)
    const transfer = await world.provider.transfers.get(id)
    same(
      [transfer.id, transfer.account, transfer.amount, zero(transfer.reversed), transfer.status],
      [id, account, own(world, 10_000n), 0n, 'succeeded'],
      'id, account, amount, reversed and status',
    )
  }),
  transfers('reverse.part', 'A part of a transfer can be taken back', async (world) => {
    const { account, give } = await ready(world)
    const { id } = await give(10_000n)
    const gains = await gained(world, account, () => world.provider.transfers.reverse({ id, amount: own(world, 4_000n) }))
    same(gains, [4_000n, -4_000n], 'What platform and seller gained')
    const transfer = await world.provider.transfers.get(id)
    same([zero(transfer.reversed), transfer.status], [4_000n, 'partially_reversed'], 'reversed and status')
  }),
  transfers('reverse.rest', 'Without an amount all that is left is taken back, and then no more', async (world) => {
    const { account, give } = await ready(world)
    const { id } = await give(10_000n)
    await world.provider.transfers.reverse({ id, amount: own(world, 4_000n) })
    same(await gained(world, account, () => world.provider.transfers.reverse({ id })), [6_000n, -6_000n], 'What each gained')
    same((await world.provider.transfers.get(id)).status, 'reversed', 'Status')
    const again = () => denied(() => world.provider.transfers.reverse({ id, amount: own(world, 10n) }), 'A further reversal')
    same(await gained(world, account, again), [0n, 0n], 'What each gained by a further one')
  }),
  transfers('list.account', 'The list can be of one seller', async (world) => {
    const [first, second] = [await ready(world), await ready(world)]
    const ids = [(await first.give(10_000n)).id, (await second.give(20_000n)).id]
    await moments(world)
    const of = async (account: string) => (await collect(world.provider.transfers.list({ account }))).map(({ id }) => id)
    same([await of(first.account), await of(second.account)], [[ids[0]], [ids[1]]], 'The transfers of each')
  }),
]

/** One charge for two. */
export const splitting = [
  split('split', 'Of a divided payment the seller has the amount without the platform’s fee', async (world) => {
    const account = await seller(world)
    const before = has(world, account)
    await paid(world, { split: { account, fee: own(world, 260n) } })
    await moments(world)
    booked(world, { captured: price })
    same(has(world, account) - before, price - 260n, "The seller's part")
  }),
  refund('reverse-transfer', "A refund can take the seller's part back", async (world) => {
    const account = await seller(world)
    const { id } = await paid(world, { split: { account, fee: own(world, 260n) } })
    await moments(world)
    const before = has(world, account)
    await world.provider.refunds.create({ payment: id, ...all(world), reverseTransfer: true, refundFee: true })
    await moments(world)
    booked(world, { captured: price, refunded: price })
    // The seller gives back what they had; that may be more than is left of it.
    same(has(world, account) - before, 260n - price, "What the seller's balance gained")
  }),
  refund('keeps-transfer', 'Without that the seller keeps their part', async (world) => {
    const account = await seller(world)
    const { id } = await paid(world, { split: { account, fee: own(world, 260n) } })
    await moments(world)
    const before = has(world, account)
    await world.provider.refunds.create({ payment: id, ...all(world) })
    await moments(world)
    same(has(world, account) - before, 0n, "What the seller's balance gained")
  }),
  refund(
    'below-zero',
    'A seller who was already paid out owes what is taken back: the balance goes below zero',
    async (world) => {
      const account = await seller(world)
      const { id } = await paid(world, { split: { account } })
      await world.twin.advance(14 * 86_400_000)
      await world.provider.payouts.create({ account, amount: own(world, price) })
      await world.provider.refunds.create({ payment: id, ...all(world), reverseTransfer: true })
      await moments(world)
      same(has(world, account), -price, "The seller's balance at the vendor")
      const { available, pending } = await world.provider.balance.get({ account })
      const sum = [...available, ...pending].reduce((total, { amount }) => total + amount, 0n)
      same(sum, -price, "The seller's balance, as the provider reads it")
    },
    { needs: ['payouts', 'balance'] },
  ),
  group('refunds.create', why.connect, ['split'])('no-fee', 'No fee goes back where none was taken', async (world) => {
    const { id } = await paid(world)
    await denied(() => world.provider.refunds.create({ payment: id, ...all(world), refundFee: true }), 'A refund of no fee')
    await moments(world)
    booked(world, { captured: price })
  }),
]
