import { holds, outcome, same } from '../assert.ts'
import { all, among, authorized, booked, day, deniedOrLater, group, isNow, moments, own, paid, price, zero } from './world.ts'

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
  capture('whole', 'Capture takes what was authorised', async (world) => {
    const { id } = await authorized(world)
    same((await world.provider.payments.capture({ id, ...all(world) })).id, id, 'The id')
    await isNow(world, id, { status: ['captured'], captured: price })
    booked(world, { captured: price })
  }),
  capture(
    'at-once',
    'A capture is done when it is answered',
    async (world) => {
      const { id } = await authorized(world)
      const payment = await world.provider.payments.capture({ id, ...all(world) })
      same([payment.status, zero(payment.captured)], ['captured', price], 'status and captured')
      booked(world, { captured: price })
    },
    { needs: ['immediate-changes'] },
  ),
  capture(
    'part',
    'Capture of a part takes that part, and lets the rest go',
    async (world) => {
      const { id, amount } = await authorized(world)
      await world.provider.payments.capture({ id, amount: own(world, 1_000n) })
      await isNow(world, id, { status: ['captured'], captured: 1_000n })
      booked(world, { captured: 1_000n })
      same(amount, own(world, price), 'The amount of the payment')
    },
    { needs: ['partial-capture'] },
  ),
  capture(
    'several',
    'Several captures of one authorisation add up, and the last lets the rest go',
    async (world) => {
      const { id } = await authorized(world)
      await world.provider.payments.capture({ id, amount: own(world, 1_000n), final: false })
      await isNow(world, id, { status: ['partially_captured'], captured: 1_000n })
      booked(world, { captured: 1_000n, authorized: price - 1_000n })
      await world.provider.payments.capture({ id, amount: own(world, 590n) })
      await isNow(world, id, { status: ['captured'], captured: 1_590n })
      booked(world, { captured: 1_590n })
    },
    { needs: ['partial-capture', 'multi-capture'] },
  ),
  capture(
    'too-much',
    'More than was authorised cannot be captured',
    async (world) => {
      const { id } = await authorized(world)
      const call = () => world.provider.payments.capture({ id, amount: own(world, price + 10n) })
      await deniedOrLater(world, call, 'A capture of too much')
      await moments(world)
      booked(world, { authorized: price })
    },
    { needs: ['partial-capture'] },
  ),
  capture(
    'other-currency',
    'A capture in another currency than the payment takes nothing',
    async (world) => {
      const { id } = await authorized(world)
      const currency = world.twin.currencies.find((other) => other !== own(world, 1n).currency) ?? 'XAF'
      const call = () => world.provider.payments.capture({ id, amount: { amount: 1_000n, currency } })
      await deniedOrLater(world, call, 'A capture in another currency')
      await moments(world)
      booked(world, { authorized: price })
    },
    { needs: ['partial-capture'] },
  ),
  capture('twice', 'A payment that was captured is not captured again', async (world) => {
    const { id } = await authorized(world)
    await world.provider.payments.capture({ id, ...all(world) })
    await moments(world)
    const again = await outcome(() => world.provider.payments.capture({ id, ...all(world) }))
    if (!again.ok) same(again.error.effect, 'none', 'Effect of the second capture')
    await moments(world)
    booked(world, { captured: price })
  }),
  capture('too-late', 'An authorisation that was not captured in time expires, and gives the money back', async (world) => {
    const { id } = await authorized(world)
    await world.twin.advance(60 * day)
    booked(world, {})
    await isNow(world, id, { status: ['expired', 'canceled'] })
    await deniedOrLater(world, () => world.provider.payments.capture({ id, ...all(world) }), 'A capture after the time')
    await moments(world)
    booked(world, {})
  }),
  capture(
    'before',
    'An authorisation says until when it can be captured',
    async (world) => {
      const { captureBefore } = await authorized(world)
      holds(Date.parse(captureBefore ?? '') > world.twin.clock.now(), `captureBefore is "${captureBefore}".`)
    },
    // It is a fact of the payment like any other: who cannot be asked for that does not say it.
    { level: 'should', needs: ['read-payments'] },
  ),
  cancel(
    'frees',
    'Cancel lets an authorised payment go, and the payer has the money back',
    async (world) => {
      const { id } = await authorized(world)
      const { status } = await world.provider.payments.cancel(id)
      among(status, world.provider.supports('immediate-changes') ? ['canceled'] : ['canceled', 'processing'], 'The status')
      await isNow(world, id, { status: ['canceled'] })
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
      same((await world.provider.payments.cancel(id)).id, id, 'The id')
      await isNow(world, id, { status: ['canceled'] })
      booked(world, {})
    },
    { needs: ['manual-capture'] },
  ),
  cancel('captured', 'A payment that was captured is not canceled: that would be a refund', async (world) => {
    const { id } = await paid(world)
    await deniedOrLater(world, () => world.provider.payments.cancel(id), 'Canceling a captured payment')
    await isNow(world, id, { status: ['captured'], captured: price, refunded: 0n })
    booked(world, { captured: price })
  }),
]
