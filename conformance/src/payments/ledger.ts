import type { BalanceTransaction } from '@do/payments'
import { formatHandle, type Money } from '@do/provider'
import { collect, holds, present, same } from '../assert.ts'
import { namesBehind } from '../facts.ts'
import { why } from '../why.ts'
import { seller } from './subjects.ts'
import { atVendor, day, funded, group, moments, own, type PaymentsWorld, paid } from './world.ts'

const balance = group('balance.get', why.reconciliation, ['balance'])
/** Some vendors have no ledger, and say all the same what a payout is made of. */
const ofPayout = group('balance.transactions', why.reconciliation, ['payout-transactions'])
const lines = group('balance.transactions', why.reconciliation, ['balance-transactions'])

type Sums = Record<string, bigint>

function sums(amounts: readonly Money[]): Sums {
  const total: Sums = {}
  for (const { amount, currency } of amounts) total[currency] = (total[currency] ?? 0n) + amount
  return Object.fromEntries(
    Object.entries(total)
      .sort()
      .filter(([, amount]) => amount !== 0n),
  )
}

/** The vendor's books, as the twin has them. */
const books = (world: PaymentsWorld, which: 'available' | 'pending', account?: string): Sums =>
  sums([...world.twin.balance(account)].map(([currency, sides]) => ({ currency, amount: sides[which] })))

/** Everything that changes a balance, as far as the provider can. */
async function busy(world: PaymentsWorld): Promise<void> {
  const { provider, twin } = world
  await funded(world)
  for (const currency of twin.currencies) await paid(world, { amount: { amount: 45_670n, currency } })
  const { id } = await paid(world)
  await provider.refunds.create({ payment: id, amount: own(world, 590n) })
  await paid(world)
  if (provider.supports('disputes')) await twin.decideDispute(await twin.dispute(atVendor(world).id), 'won')
  await paid(world, { amount: own(world, 7_770n) })
  if (provider.supports('disputes')) await twin.decideDispute(await twin.dispute(atVendor(world).id), 'lost')
  if (provider.supports('transfers') && provider.supports('accounts')) {
    const transfer = await provider.transfers.create({ account: await seller(world), amount: own(world, 10_000n) })
    await provider.transfers.reverse({ id: transfer.id, amount: own(world, 4_000n) })
  }
  if (provider.supports('payouts')) await provider.payouts.create({ amount: own(world, 20_000n) })
  await moments(world)
}

const read = (world: PaymentsWorld, input: { account?: string; payout?: string; since?: string } = {}) =>
  collect(world.provider.balance.transactions(input), 100)

/** The vendor's own ledger: what the merchant's books are held against. */
export const accounting = [
  balance('agrees', "The balance is the vendor's, in every currency, what is available and what is on its way", async (world) => {
    await busy(world)
    const { available, pending, provider } = await world.provider.balance.get({})
    same([sums(available), sums(pending)], [books(world, 'available'), books(world, 'pending')], 'available and pending')
    same(provider, namesBehind(world.provider)[0], 'The provider whose balance it is')
  }),
  balance(
    'of-account',
    "A seller's balance is the seller's",
    async (world) => {
      await funded(world)
      const account = await seller(world)
      await world.provider.transfers.create({ account, amount: own(world, 10_000n) })
      const { available, pending, account: whose } = await world.provider.balance.get({ account })
      same(
        [sums([...available, ...pending]), whose],
        [sums([own(world, 10_000n)]), account],
        "The seller's balance, and whose it is",
      )
    },
    { needs: ['accounts', 'transfers'] },
  ),
  lines('sum', 'The lines add up to the balance, to the last unit, in every currency', async (world) => {
    await busy(world)
    const all = await read(world)
    const whole = sums(
      [...world.twin.balance()].map(([currency, sides]) => ({ currency, amount: sides.available + sides.pending })),
    )
    same(sums(all.map(({ net }) => net)), whole, 'The sum of net')
  }),
  lines('net', 'Each line is exact: net is amount less fee, in one currency', async (world) => {
    await busy(world)
    for (const { id, amount, fee, net } of await read(world)) {
      same(
        [net.amount, net.currency, fee.currency],
        [amount.amount - fee.amount, amount.currency, amount.currency],
        `The line ${id}`,
      )
    }
  }),
  lines('types', 'Every line says what it is about, and which thing made it', async (world) => {
    const { id: payment } = await paid(world, { amount: own(world, 45_670n) })
    await world.provider.refunds.create({ payment, amount: own(world, 590n) })
    await moments(world)
    const all = await read(world)
    const of = (type: BalanceTransaction['type']) =>
      present(
        all.find((line) => line.type === type),
        `The line of the ${type}`,
      )
    same([of('charge').amount, of('refund').amount], [own(world, 45_670n), own(world, -590n)], 'charge and refund')
    holds(of('charge').fee.amount >= 0n, 'The fee of a charge is below zero.')
    for (const line of [of('charge'), of('refund')]) {
      holds(line.source !== undefined || line.payment !== undefined, `The ${line.type} does not say which thing it is about.`)
      if (line.payment !== undefined) same(line.payment, payment, `The payment of the ${line.type}`)
    }
    same(
      all.filter(({ type }) => type === 'other').map(({ vendorType }) => vendorType),
      [],
      'Lines of an unknown kind',
    )
  }),
  lines('oldest-first', 'The oldest line comes first', async (world) => {
    for (let count = 0; count < 3; count++) {
      await paid(world)
      await world.twin.advance(day)
    }
    const times = (await read(world)).map(({ createdAt }) => createdAt)
    holds(times.length >= 3, 'Lines are missing.')
    same(times, [...times].sort(), 'The times of the lines')
  }),
  lines('since', 'The lines can begin at a point in time', async (world) => {
    await paid(world)
    await world.twin.advance(2 * day)
    const since = new Date(world.twin.clock.now() - day).toISOString()
    await paid(world, { amount: own(world, 4_200n) })
    await moments(world)
    const charges = (await read(world, { since })).filter(({ type }) => type === 'charge')
    same(
      charges.map(({ amount }) => amount),
      [own(world, 4_200n)],
      'The charges since then',
    )
  }),
  lines('available', 'A line says when its money is available, and by then it is', async (world) => {
    await paid(world, { amount: own(world, 45_670n) })
    await moments(world)
    const line = present(
      (await read(world)).find(({ type }) => type === 'charge'),
      'The line of the charge',
    )
    const at = Date.parse(present(line.availableAt, 'availableAt'))
    const { currency } = line.net
    holds(at >= world.twin.clock.now(), 'The money of a charge is available before it was made.')
    same(world.twin.balance().get(currency)?.available ?? 0n, 0n, 'Available at the vendor before that')
    await world.twin.advance(at - world.twin.clock.now() + day)
    // A vendor may book the fee as a line of its own.
    const there = sums((await read(world)).map(({ net }) => net))[currency] ?? 0n
    same(world.twin.balance().get(currency)?.available, there, 'Available at the vendor after that')
    holds(there > 0n && there <= line.amount.amount, 'What is available is not the money of the charge.')
  }),
  ofPayout('payout', 'The lines of a payout add up to what was paid out', async (world) => {
    await funded(world)
    await paid(world, { amount: own(world, 7_770n) })
    await world.twin.advance(14 * day)
    const id = present(await world.twin.payoutBySchedule(), 'The payout by schedule')
    await world.twin.advance(7 * day)
    const payout = formatHandle(namesBehind(world.provider)[0] ?? '', id)
    const items = (await read(world, { payout })).filter(({ type }) => type !== 'payout')
    const books = present(world.twin.payouts()[0], 'The payout at the vendor')
    same(
      items.reduce((sum, { net }) => sum + net.amount, 0n),
      books.amount,
      'The sum of net of its lines',
    )
    holds(items.length >= 2, `The payout has ${items.length} line(s).`)
  }),
  lines(
    'of-account',
    "A seller's lines are the seller's, and add up to their balance",
    async (world) => {
      await funded(world)
      const account = await seller(world)
      await world.provider.transfers.create({ account, amount: own(world, 10_000n) })
      await moments(world)
      same(sums((await read(world, { account })).map(({ net }) => net)), sums([own(world, 10_000n)]), 'The sum of net')
    },
    { needs: ['accounts', 'transfers'] },
  ),
]
