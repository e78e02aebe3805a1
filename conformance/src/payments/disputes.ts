import { formatHandle } from '@do/provider'
import { collect, holds, same } from '../assert.ts'
import { namesBehind } from '../facts.ts'
import { why } from '../why.ts'
import { has } from './transfers.ts'
import {
  all,
  among,
  atVendor,
  denied,
  eventOf,
  group,
  isNow,
  moments,
  own,
  type PaymentsWorld,
  paid,
  price,
  reads,
} from './world.ts'

const disputes = group('disputes', why.disputes, ['disputes'])
const contest = group('disputes', why.disputes, ['dispute-evidence'])

/** A payment, and somebody who says that they never made it. */
async function disputed(world: PaymentsWorld, how: 'inquiry' | 'chargeback' = 'chargeback') {
  const payment = (await paid(world)).id
  await moments(world)
  const before = has(world)
  const id = await world.twin.dispute(atVendor(world).id, how)
  await moments(world)
  const handle = formatHandle(payment.slice(0, payment.indexOf(':')) || (namesBehind(world.provider)[0] ?? ''), id)
  return {
    payment,
    handle,
    read: () => world.provider.disputes.get(handle),
    /** Where a dispute cannot be asked for, the answer is all there is. */
    after: async (answer: { readonly status: string }) =>
      world.provider.supports('disputes') ? world.provider.disputes.get(handle) : answer,
    gained: () => has(world) - before,
    decide: (verdict: 'won' | 'lost') => world.twin.decideDispute(id, verdict),
  }
}

const evidence = { explanation: 'It was delivered.', customerName: 'Anna Ek', shippingTracking: '1Z999' }

/** The payer went to the bank. */
export const disputing = [
  disputes('get.opened', 'A chargeback can be read: of which payment, how much, and that it wants an answer', async (world) => {
    const { payment, handle, read, gained } = await disputed(world)
    const dispute = await read()
    same(
      [dispute.id, dispute.payment, dispute.amount, dispute.status],
      [handle, payment, own(world, price), 'needs_response'],
      'id, payment, amount and status',
    )
    holds(gained() <= -price, 'The vendor did not take the money back.')
  }),
  disputes('get.told', 'A chargeback is told, by an event that leads to it', async (world) => {
    const { handle } = await disputed(world)
    const event = eventOf(world, 'dispute.updated')
    same(event.dispute, handle, 'The dispute in the event')
    const resolved = await world.provider.resolve(event)
    same([resolved.type, resolved.value.id], ['dispute', handle], 'What the event leads to')
  }),
  disputes('get.inquiry', 'A question of the bank is a warning, and takes nothing', async (world) => {
    const { read, gained } = await disputed(world, 'inquiry')
    same([(await read()).status, gained()], ['warning', 0n], 'Status, and what the balance gained')
  }),
  disputes('get.lost', 'A dispute that is lost stays lost, and so does the money', async (world) => {
    const { read, gained, decide } = await disputed(world)
    const before = gained()
    await decide('lost')
    same([(await read()).status, gained()], ['lost', before], 'Status, and what the balance gained')
  }),
  disputes('get.won', 'A dispute that is won gives the amount back', async (world) => {
    const { read, gained, decide } = await disputed(world)
    const before = gained()
    await decide('won')
    same((await read()).status, 'won', 'Status')
    holds(gained() - before >= price, `Of ${price} came back ${gained() - before}.`)
  }),
  disputes('get.after-refund', 'A dispute of a payment that was refunded is seen, and the refund still stands', async (world) => {
    const payment = (await paid(world)).id
    await world.provider.refunds.create({ payment, ...all(world) })
    await moments(world)
    const id = await world.twin.dispute(atVendor(world).id)
    await world.twin.decideDispute(id, 'won')
    const dispute = await world.provider.disputes.get(formatHandle(payment.slice(0, payment.indexOf(':')), id))
    same([dispute.payment, dispute.status], [payment, 'won'], 'payment and status of the dispute')
    if (reads(world)) await isNow(world, payment, { captured: price, refunded: price })
    same(atVendor(world).refunded, price, 'Refunded at the vendor')
  }),
  disputes('list.payment', 'The list can be of one payment', async (world) => {
    const [first, second] = [await disputed(world), await disputed(world)]
    const of = async (payment: string) => (await collect(world.provider.disputes.list({ payment }))).map(({ id }) => id)
    same([await of(first.payment), await of(second.payment)], [[first.handle], [second.handle]], 'The disputes of each payment')
    same((await collect(world.provider.disputes.list())).length, 2, 'All disputes')
  }),
  contest('submit.under-review', 'Evidence that is handed in puts the dispute under review', async (world) => {
    const { handle: id, after } = await disputed(world)
    const answer = await world.provider.disputes.submit({ id, evidence })
    same((await after(answer)).status, 'under_review', 'Status')
    holds(
      world.requests().some(({ body }) => body.includes('1Z999')) || !world.provider.supports('disputes'),
      'The evidence did not reach the vendor.',
    )
  }),
  contest('submit.once', 'Evidence is handed in once', async (world) => {
    const { handle: id } = await disputed(world)
    await world.provider.disputes.submit({ id, evidence })
    await denied(() => world.provider.disputes.submit({ id, evidence }), 'Evidence after the evidence')
  }),
  contest('submit.kept', 'Evidence that is only kept hands in nothing', async (world) => {
    const { handle: id, after } = await disputed(world)
    const kept = await world.provider.disputes.submit({ id, evidence, submit: false })
    same((await after(kept)).status, 'needs_response', 'Status')
    const answer = await world.provider.disputes.submit({ id, evidence })
    same((await after(answer)).status, 'under_review', 'Status when it is handed in')
  }),
  contest('accept.lost', 'A dispute that is accepted is over, also when it is accepted twice', async (world) => {
    const { handle: id, after, gained } = await disputed(world)
    const before = gained()
    await world.provider.disputes.accept(id)
    const answer = await world.provider.disputes.accept(id)
    among((await after(answer)).status, ['accepted', 'lost'], 'The status')
    same(gained(), before, 'What the balance gained')
  }),
]
