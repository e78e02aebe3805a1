import { NotApplicable, refused, same } from '../assert.ts'
import { among, atVendor, authorized, booked, day, eventOf, group, methodOf, moments, own, paid, price, zero } from './world.ts'

const create = group('refunds.create')
const read = group('refunds.get', undefined, ['read-refunds'])

/** Money goes back: all of it, in parts, never more than was taken. */
export const refunding = [
  create('all', 'A refund without an amount gives everything back', async (world) => {
    const { id } = await paid(world)
    const refund = await world.provider.refunds.create({ payment: id })
    among(refund.status, ['succeeded', 'pending'], 'The status')
    same([refund.payment, refund.amount], [id, own(world, price)], 'payment and amount')
    await moments(world)
    booked(world, { captured: price, refunded: price })
    same(zero((await world.provider.payments.get(id)).refunded), price, 'refunded, on the payment')
  }),
  create('part', 'A refund of a part gives that part back', async (world) => {
    const { id } = await paid(world)
    const refund = await world.provider.refunds.create({ payment: id, amount: own(world, 590n) })
    same(refund.amount, own(world, 590n), 'The amount')
    await moments(world)
    booked(world, { captured: price, refunded: 590n })
    const payment = await world.provider.payments.get(id)
    same([payment.status, zero(payment.refunded)], ['captured', 590n], 'Status and refunded of the payment')
  }),
  create('parts', 'Parts can be refunded until nothing is left, and then no more', async (world) => {
    const { id } = await paid(world)
    for (const amount of [1_000n, 1_000n, 590n]) {
      await world.provider.refunds.create({ payment: id, amount: own(world, amount) })
      await moments(world)
    }
    booked(world, { captured: price, refunded: price })
    await refused(() => world.provider.refunds.create({ payment: id, amount: own(world, 10n) }), 'A refund of what is not left')
    await refused(() => world.provider.refunds.create({ payment: id }), 'A refund of nothing')
    await moments(world)
    booked(world, { captured: price, refunded: price })
  }),
  create('rest', 'A refund without an amount gives back what is left', async (world) => {
    const { id } = await paid(world)
    await world.provider.refunds.create({ payment: id, amount: own(world, 1_000n) })
    await moments(world)
    const refund = await world.provider.refunds.create({ payment: id })
    same(refund.amount, own(world, price - 1_000n), 'The amount of the second')
    await moments(world)
    booked(world, { captured: price, refunded: price })
  }),
  create('too-much', 'More than was paid is not refunded', async (world) => {
    const { id } = await paid(world)
    await refused(() => world.provider.refunds.create({ payment: id, amount: own(world, price + 10n) }), 'A refund of too much')
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
      await refused(() => world.provider.refunds.create({ payment: id, amount: own(world, 2_000n) }), 'More than was captured')
      await world.provider.refunds.create({ payment: id })
      await moments(world)
      booked(world, { captured: 1_000n, refunded: 1_000n })
    },
    { needs: ['manual-capture', 'partial-capture'] },
  ),
  create('other-currency', 'A refund in another currency than the payment is refused', async (world) => {
    const { id } = await paid(world)
    const currency = world.twin.currencies.find((other) => other !== own(world, 1n).currency) ?? 'XAF'
    await refused(() => world.provider.refunds.create({ payment: id, amount: { amount: 590n, currency } }), 'Another currency')
    await moments(world)
    booked(world, { captured: price })
  }),
  create(
    'unpaid',
    'What was never taken is not refunded',
    async (world) => {
      const { id } = await authorized(world)
      await refused(() => world.provider.refunds.create({ payment: id }), 'A refund of an authorisation')
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
      await world.provider.refunds.create({ payment: id })
      await world.twin.advance(14 * day)
      booked(world, { captured: price })
      among(eventOf(world, 'refund.updated').status, ['failed'], 'The status in the event')
      same(zero((await world.provider.payments.get(id)).refunded), 0n, 'refunded, on the payment')
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
    const { id } = await world.provider.refunds.create({ payment })
    await world.twin.advance(14 * day)
    same((await world.provider.refunds.get(id)).status, 'failed', 'Status')
  }),
  read('outside', "A refund that was made on the vendor's own page is there like any other", async (world) => {
    const { id: payment } = await paid(world)
    await world.twin.refundOutside(atVendor(world).id, 590n)
    await moments(world)
    same(zero((await world.provider.payments.get(payment)).refunded), 590n, 'refunded, on the payment')
    const [refund] = (await world.provider.refunds.list({ payment }).page()).items
    same([refund?.payment, refund?.amount], [payment, own(world, 590n)], 'The refund')
  }),
]
