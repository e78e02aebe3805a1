import { formatHandle, parseHandle } from '@do/provider'
import { collect, holds, present, same } from '../assert.ts'
import { keepsMetadata, namesBehind } from '../facts.ts'
import { why } from '../why.ts'
import { seller } from './subjects.ts'
import { has } from './transfers.ts'
import { among, day, denied, eventOf, eventsOf, funded, group, moments, own, type PaymentsWorld } from './world.ts'

const payouts = group('payouts', why.payouts, ['payouts', 'read-payouts'])
const making = group('payouts', why.payouts, ['payouts'])
const reading = group('payouts', why.payouts, ['read-payouts'])

async function ready(world: PaymentsWorld) {
  await funded(world)
  const before = has(world)
  return {
    pay: (amount: bigint, more: object = {}) => world.provider.payouts.create({ amount: own(world, amount), ...more }),
    left: () => has(world) - before,
  }
}

/** A payout by the vendor's own schedule, as the provider names it. */
async function scheduled(world: PaymentsWorld) {
  await funded(world)
  const id = present(await world.twin.payoutBySchedule(), 'The payout by schedule')
  await moments(world)
  return { id, handle: formatHandle(namesBehind(world.provider)[0] ?? '', id) }
}

/** To the bank, and sometimes back. */
export const payingOut = [
  payouts('create.leaves', 'A payout takes the amount out of the balance, once', async (world) => {
    const { pay, left } = await ready(world)
    const kept = keepsMetadata(world.provider) ? { metadata: { week: '47' } } : {}
    const payout = await pay(10_000n, { reference: 'week-47', ...kept })
    among(payout.status, ['pending', 'in_transit'], 'The status')
    same([payout.amount, left(), world.twin.payouts().length], [own(world, 10_000n), -10_000n, 1], 'amount, balance and payouts')
    const { reference, metadata } = await world.provider.payouts.get(payout.id)
    same([reference, metadata], ['week-47', kept.metadata], 'reference and metadata')
  }),
  making('create.too-much', 'More than is available is not paid out', async (world) => {
    const { pay, left } = await ready(world)
    await denied(() => pay(9_000_000n), 'A payout of too much')
    same([left(), world.twin.payouts().length], [0n, 0], 'balance and payouts')
  }),
  making('create.pending-funds', 'Money that is still on its way is not paid out', async (world) => {
    await world.provider.payments.create({
      amount: own(world, 50_000n),
      method: namesBehind(world.provider).map((name) => formatHandle(name, world.twin.methods.ok)),
    })
    await denied(() => world.provider.payouts.create({ amount: own(world, 40_000n) }), 'A payout of money that is not there yet')
    same(world.twin.payouts().length, 0, 'Payouts')
  }),
  payouts(
    'create.fails-later',
    'A payout that the bank sends back after it was paid is failed, and the money is there again',
    async (world) => {
      const { pay, left } = await ready(world)
      const { id } = await pay(10_000n)
      const vendorId = present(world.twin.payouts()[0], 'The payout at the vendor').id
      await world.twin.advance(7 * day)
      await world.twin.bank(vendorId, 'paid')
      same((await world.provider.payouts.get(id)).status, 'paid', 'Status when the bank has it')
      await world.twin.bank(vendorId, 'failed')
      same([(await world.provider.payouts.get(id)).status, left()], ['failed', 0n], 'Status and balance when it came back')
      const event = eventOf(world, 'payout.updated')
      same([event.payout, event.status ?? 'failed'], [id, 'failed'], 'The payout and status in the last event')
    },
  ),
  payouts(
    'cancel.pending',
    'A payout that has not left can be canceled, and canceled again',
    async (world) => {
      const { pay, left } = await ready(world)
      const { id } = await pay(10_000n)
      for (let time = 1; time <= 2; time++) await world.provider.payouts.cancel(id)
      same([(await world.provider.payouts.get(id)).status, left()], ['canceled', 0n], 'Status and balance')
    },
    { needs: ['cancel-payouts'] },
  ),
  payouts(
    'cancel.too-late',
    'A payout that the bank has cannot be canceled',
    async (world) => {
      const { pay, left } = await ready(world)
      const { id } = await pay(10_000n)
      await world.twin.advance(7 * day)
      await world.twin.bank(present(world.twin.payouts()[0], 'The payout at the vendor').id, 'paid')
      await denied(() => world.provider.payouts.cancel(id), 'Canceling a payout that was paid')
      same([(await world.provider.payouts.get(id)).status, left()], ['paid', -10_000n], 'Status and balance')
    },
    { needs: ['cancel-payouts'] },
  ),
  payouts(
    'create.instant',
    'An instant payout is at the bank within the hour',
    async (world) => {
      const { pay } = await ready(world)
      const { id } = await pay(10_000n, { speed: 'instant' })
      await world.twin.advance(3_600_000)
      same((await world.provider.payouts.get(id)).status, 'paid', 'Status after an hour')
    },
    { needs: ['instant-payouts'] },
  ),
  payouts(
    'create.of-account',
    "A seller's payout comes out of the seller's balance, and its events and handle lead back to them",
    async (world) => {
      const { left } = await ready(world)
      const account = await seller(world)
      await world.provider.transfers.create({ account, amount: own(world, 10_000n) })
      const [mine, theirs] = [left(), has(world, account)]
      const { id } = await world.provider.payouts.create({ account, amount: own(world, 6_000n) })
      same([left() - mine, has(world, account) - theirs], [0n, -6_000n], "The platform's and the seller's balance")
      const payout = await world.provider.payouts.get(id)
      same([payout.id, payout.account], [id, account], 'id and account, read back')
      const event = present(
        eventsOf(world, 'payout.updated').find((one) => one.payout === id),
        'An event of the payout',
      )
      same(event.account, account, 'The account in the event')
    },
    { needs: ['accounts', 'transfers'] },
  ),
  reading('get.schedule', "The vendor's own payouts can be read: paid, and failed after that", async (world) => {
    const { id, handle } = await scheduled(world)
    const payout = await world.provider.payouts.get(handle)
    const [books] = world.twin.payouts()
    same([payout.id, payout.amount], [handle, own(world, books?.amount ?? 0n)], 'id and amount')
    await world.twin.advance(7 * day)
    await world.twin.bank(id, 'paid')
    same((await world.provider.payouts.get(handle)).status, 'paid', 'Status when the bank has it')
    await world.twin.bank(id, 'failed')
    same((await world.provider.payouts.get(handle)).status, 'failed', 'Status when it came back')
  }),
  reading('list.all', 'All payouts are listed', async (world) => {
    const { handle } = await scheduled(world)
    same(
      (await collect(world.provider.payouts.list())).map(({ id }) => id),
      [handle],
      'The payouts',
    )
    holds(parseHandle(handle).id !== '', 'The payout has no id.')
  }),
]
