import { NotApplicable, same } from '../assert.ts'
import {
  all,
  among,
  atVendor,
  authorized,
  booked,
  day,
  deniedOrLater,
  eventOf,
  group,
  isNow,
  methodOf,
  moments,
  own,
  paid,
  price,
  reads,
} from './world.ts'

const create = group('refunds.create')
const read = group('refunds.get', undefined, ['read-refunds'])

/** Money goes back: all of it, in parts, never more than was taken. */
export const refunding = [
  create(
    'all',
    'A refund without an amount gives everything back',
    async (world) => {
      const { id } = await paid(world)
      const refund = await world.provider.refunds.create({ payment: id })
      among(refund.status, ['succeeded', 'pending'], 'The status')
      same([refund.payment, refund.amount], [id, own(world, price)], 'payment and amount')
      await isNow(world, id, { status: ['captured'], refunded: price })
      booked(world, { captured: price, refunded: price })
    },
    { needs: ['read-payments'] },
  ),
  create('part', 'A refund of a part gives that part back', async (world) => {
    const { id } = await paid(world)
    const refund = await world.provider.refunds.create({ payment: id, amount: own(world, 590n) })
    same(refund.amount, own(world, 590n), 'The amount')
    await isNow(world, id, { status: ['captured'], refunded: 590n })
    booked(world, { captured: price, refunded: 590n })
  }),
  create('parts', 'Parts can be refunded until nothing is left, and then no more', async (world) => {
    const { id } = await paid(world)
    for (const amount of [1_000n, 1_000n, 590n]) {
      await world.provider.refunds.create({ payment: id, amount: own(world, amount) })
      await moments(world)
    }
    booked(world, { captured: price, refunded: price })
    const more = () => world.provider.refunds.create({ payment: id, amount: own(world, 10n) })
    await deniedOrLater(world, more, 'A refund of what is not left')
    if (reads(world)) await deniedOrLater(world, () => world.provider.refunds.create({ payment: id }), 'A refund of nothing')
    await moments(world)
    booked(world, { captured: price, refunded: price })
  }),
  create(
    'rest',
    'A refund without an amount gives back what is left',
    async (world) => {
      const { id } = await paid(world)
      await world.provider.refunds.create({ payment: id, amount: own(world, 1_000n) })
      await moments(world)
      const refund = await world.provider.refunds.create({ payment: id })
      same(refund.amount, own(world, price - 1_000n), 'The amount of the second')
      await moments(world)
      booked(world, { captured: price, refunded: price })
    },
    { needs: ['read-payments'] },
  ),
  create('too-much', 'More than was paid is not refunded', async (world) => {
    const { id } = await paid(world)
    const call = () => world.provider.refunds.create({ payment: id, amount: own(world, price + 10n) })
    await deniedOrLater(world, call, 'A refund of too much')
    await moments(world)
    booked(world, { captured: price })
  }),
  create(
    'captured-only',
    'Of a payment that was captured in part, no more than that part is refunded',
    async (world) => {
      const { id } = await authorized(world)
      await world.provider.payments.capture({ id, amount: own(world, 1_000n) })
      await moments(world)
      const more = () => world.provider.refunds.create({ payment: id, amount: own(world, 2_000n) })
      await deniedOrLater(world, more, 'A refund of more than was captured')
      await world.provider.refunds.create({ payment: id, ...all(world, 1_000n) })
      await moments(world)
      booked(world, { captured: 1_000n, refunded: 1_000n })
    },
    { needs: ['manual-capture', 'partial-capture'] },
  ),
  create('other-currency', 'A refund in another currency than the payment is refused', async (world) => {
    const { id } = await paid(world)
    const currency = world.twin.currencies.find((other) => other !== own(world, 1n).currency) ?? 'XAF'
    const call = () => world.provider.refunds.create({ payment: id, amount: { amount: 590n, currency } })
    await deniedOrLater(world, call, 'A refund in another currency')
    await moments(world)
    booked(world, { captured: price })
  }),
  create(
    'unpaid',
    'What was never taken is not refunded',
    async (world) => {
      const { id } = await authorized(world)
      const call = () => world.provider.refunds.create({ payment: id, ...all(world) })
      await deniedOrLater(world, call, 'A refund of an authorisation')
      await moments(world)
      booked(world, { authorized: price })
    },
    { needs: ['manual-capture'] },
  ),
  create(
    'fails-later',
    'A refund that the bank sends back days later counts as not refunded, and can be made again',
    async (world) => {
      if (world.twin.methods.refundFails === undefined) throw new NotApplicable('The vendor has no such test method.')
      const { id } = await paid(world, { method: methodOf(world, 'refundFails') })
      await world.provider.refunds.create({ payment: id, ...all(world) })
      await world.twin.advance(14 * day)
      booked(world, { captured: price })
      among(eventOf(world, 'refund.updated').status, ['failed'], 'The status in the event')
      if (reads(world)) await isNow(world, id, { refunded: 0n })
      const again = await world.provider.refunds.create({ payment: id, amount: own(world, 590n) })
      same(again.amount, own(world, 590n), 'The amount of the second refund')
    },
  ),
  read('same', 'A refund reads back as it was made', async (world) => {
    const { id: payment } = await paid(world)
    const made = await world.provider.refunds.create({ payment, amount: own(world, 590n) })
    await moments(world)
    const refund = await world.provider.refunds.get(made.id)
    same(
      [refund.id, refund.payment, refund.amount, refund.status],
      [made.id, payment, own(world, 590n), 'succeeded'],
      'id, payment, amount and status',
    )
  }),
  read('failed', 'A refund that failed days later reads as failed', async (world) => {
    if (world.twin.methods.refundFails === undefined) throw new NotApplicable('The vendor has no such test method.')
    const { id: payment } = await paid(world, { method: methodOf(world, 'refundFails') })
    const { id } = await world.provider.refunds.create({ payment, ...all(world) })
    await world.twin.advance(14 * day)
    same((await world.provider.refunds.get(id)).status, 'failed', 'Status')
  }),
  read('outside', "A refund that was made on the vendor's own page is there like any other", async (world) => {
    const { id: payment } = await paid(world)
    await world.twin.refundOutside(atVendor(world).id, 590n)
    await moments(world)
    if (reads(world)) await isNow(world, payment, { refunded: 590n })
    const [refund] = (await world.provider.refunds.list({ payment }).page()).items
    same([refund?.payment, refund?.amount], [payment, own(world, 590n)], 'The refund')
  }),
]
