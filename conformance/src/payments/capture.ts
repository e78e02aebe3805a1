import { holds, outcome, refused, same } from '../assert.ts'
import { among, authorized, booked, day, group, moments, own, paid, price, settledPayment, zero } from './world.ts'

const create = group('payments.create', undefined, ['manual-capture'])
const capture = group('payments.capture', undefined, ['manual-capture'])
const cancel = group('payments.cancel')

/** Money that is reserved first and taken later, in part, or never. */
export const capturing = [
  create('authorizes', 'A charge with manual capture reserves the amount and takes nothing', async (world) => {
    const payment = await authorized(world)
    same([payment.status, payment.amount, zero(payment.captured)], ['authorized', own(world, price), 0n], 'The payment')
    booked(world, { authorized: price })
  }),
  capture('all', 'Capture takes what was authorised', async (world) => {
    const { id } = await authorized(world)
    same((await world.provider.payments.capture({ id })).id, id, 'The id')
    const payment = await settledPayment(world, id)
    booked(world, { captured: price })
    same([payment.status, payment.captured], ['captured', own(world, price)], 'Status and captured')
  }),
  capture(
    'part',
    'Capture of a part takes that part, and lets the rest go',
    async (world) => {
      const { id } = await authorized(world)
      await world.provider.payments.capture({ id, amount: own(world, 1_000n) })
      const payment = await settledPayment(world, id)
      booked(world, { captured: 1_000n })
      same([payment.captured, payment.amount], [own(world, 1_000n), own(world, price)], 'captured and amount')
      same(payment.status, 'captured', 'Status')
    },
    { needs: ['partial-capture'] },
  ),
  capture(
    'several',
    'Several captures of one authorisation add up, and the last lets the rest go',
    async (world) => {
      const { id } = await authorized(world)
      await world.provider.payments.capture({ id, amount: own(world, 1_000n), final: false })
      const between = await settledPayment(world, id)
      booked(world, { captured: 1_000n, authorized: price - 1_000n })
      same([between.status, zero(between.captured)], ['partially_captured', 1_000n], 'Status and captured after the first')
      await world.provider.payments.capture({ id, amount: own(world, 590n) })
      const payment = await settledPayment(world, id)
      booked(world, { captured: 1_590n })
      same([payment.status, zero(payment.captured)], ['captured', 1_590n], 'Status and captured after the second')
    },
    { needs: ['partial-capture', 'multi-capture'] },
  ),
  capture(
    'too-much',
    'More than was authorised cannot be captured',
    async (world) => {
      const { id } = await authorized(world)
      await refused(() => world.provider.payments.capture({ id, amount: own(world, price + 10n) }), 'A capture of too much')
      await moments(world)
      booked(world, { authorized: price })
    },
    { needs: ['partial-capture'] },
  ),
  capture(
    'other-currency',
    'A capture in another currency than the payment is refused',
    async (world) => {
      const { id } = await authorized(world)
      const currency = world.twin.currencies.find((other) => other !== own(world, 1n).currency) ?? 'XAF'
      await refused(() => world.provider.payments.capture({ id, amount: { amount: 1_000n, currency } }), 'Another currency')
      await moments(world)
      booked(world, { authorized: price })
    },
    { needs: ['partial-capture'] },
  ),
  capture('twice', 'A payment that was captured is not captured again', async (world) => {
    const { id } = await authorized(world)
    await world.provider.payments.capture({ id })
    await moments(world)
    const again = await outcome(() => world.provider.payments.capture({ id }))
    if (!again.ok) same(again.error.effect, 'none', 'Effect of the second capture')
    await moments(world)
    booked(world, { captured: price })
  }),
  capture('too-late', 'An authorisation that was not captured in time expires, and gives the money back', async (world) => {
    const { id } = await authorized(world)
    await world.twin.advance(60 * day)
    booked(world, {})
    among((await world.provider.payments.get(id)).status, ['expired', 'canceled'], 'The status')
    await refused(() => world.provider.payments.capture({ id }), 'A capture after the time')
    await moments(world)
    booked(world, {})
  }),
  capture(
    'before',
    'An authorisation says until when it can be captured',
    async (world) => {
      const payment = await world.provider.payments.get((await authorized(world)).id)
      holds(Date.parse(payment.captureBefore ?? '') > world.twin.clock.now(), `captureBefore is "${payment.captureBefore}".`)
    },
    { level: 'should' },
  ),
  cancel(
    'frees',
    'Cancel lets an authorised payment go, and the payer has the money back',
    async (world) => {
      const { id } = await authorized(world)
      await world.provider.payments.cancel(id)
      const payment = await settledPayment(world, id)
      same(payment.status, 'canceled', 'Status')
      booked(world, {})
    },
    { needs: ['manual-capture'] },
  ),
  cancel(
    'twice',
    'Who cancels twice is told twice that it is canceled',
    async (world) => {
      const { id } = await authorized(world)
      await world.provider.payments.cancel(id)
      await moments(world)
      const again = await world.provider.payments.cancel(id)
      same(again.id, id, 'The id')
      same((await settledPayment(world, id)).status, 'canceled', 'Status')
    },
    { needs: ['manual-capture'] },
  ),
  cancel('captured', 'A payment that was captured is not canceled: that would be a refund', async (world) => {
    const { id } = await paid(world)
    await refused(() => world.provider.payments.cancel(id), 'Canceling a captured payment')
    await moments(world)
    booked(world, { captured: price })
    same((await world.provider.payments.get(id)).status, 'captured', 'Status')
  }),
]
