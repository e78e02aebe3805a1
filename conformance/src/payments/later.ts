import { outcomeOf } from '@do/payments'
import { holds, same } from '../assert.ts'
import { why } from '../why.ts'
import { atVendor, booked, charged, eventOf, group, isNow, methodOf, type PaymentsWorld, paid, price, reads } from './world.ts'

const later = group('payments.create', why.asynchronous, ['asynchronous'])

async function underWay(world: PaymentsWorld) {
  const outcome = await outcomeOf(paid(world, { method: methodOf(world, 'asynchronous') }))
  holds(outcome.type === 'pending', `The outcome of a payment that takes days is "${outcome.type}".`)
  same(outcome.value.status, 'processing', 'Status')
  same(charged(world), [], 'Charges')
  return outcome.value
}

/** Some methods take days: nothing is sure until the vendor says so. */
export const takingDays = [
  later('pending', 'A payment that takes days is pending, and nothing is taken yet', async (world) => {
    const { id } = await underWay(world)
    if (reads(world)) same((await world.provider.payments.get(id)).status, 'processing', 'Status, read back')
    same(charged(world), [], 'Charges')
  }),
  later('succeeds-later', 'It is through when the bank says so, days later', async (world) => {
    const { id } = await underWay(world)
    await world.twin.settle(atVendor(world).id, 'succeed')
    const event = eventOf(world, 'payment.updated')
    same([event.payment, event.status ?? 'captured'], [id, 'captured'], 'The payment and status in the event')
    await isNow(world, id, { status: ['captured'], captured: price })
    booked(world, { captured: price })
  }),
  later('fails-later', 'It has failed when the bank says so, days later, and says why', async (world) => {
    const { id } = await underWay(world)
    await world.twin.settle(atVendor(world).id, 'fail')
    same(eventOf(world, 'payment.updated').payment, id, 'The payment in the event')
    await isNow(world, id, { status: ['failed'] })
    const { failure } = reads(world) ? await world.provider.payments.get(id) : eventOf(world, 'payment.updated')
    holds(failure !== undefined, 'The payment does not say why (`failure`).')
    same(charged(world), [], 'Charges')
  }),
]
