import { collect, holds, NotApplicable, outcome, present, same } from '../assert.ts'
import { why } from '../why.ts'
import { plan } from './catalogue.ts'
import { payer } from './customers.ts'
import { among, charged, day, group, moments, type PaymentsWorld, unlessRefused } from './world.ts'

const needs = ['customers', 'stored-methods', 'catalogue', 'subscriptions']
const subscriptions = group('subscriptions', why.subscriptions, needs)

/** What the vendor took from payers, in total. */
const total = (world: PaymentsWorld) => charged(world).reduce((sum, { captured }) => sum + captured, 0n)

async function subscribed(world: PaymentsWorld, more: object = {}, behaves: 'ok' | 'laterDeclined' = 'ok') {
  if (world.twin.methods[behaves] === undefined) throw new NotApplicable(`The vendor has no test method "${behaves}".`)
  const { price, amount } = await plan(world)
  const { id: customer } = await payer(world, behaves)
  const subscription = await world.provider.subscriptions.create({ customer, price, ...more })
  return { ...subscription, amount }
}

const read = async (world: PaymentsWorld, id: string) => {
  await moments(world)
  return world.provider.subscriptions.get(id)
}

/** Charged again and again, until somebody ends it. */
export const subscribing = [
  subscriptions('create.charges', 'A subscription begins with a charge, and is active', async (world) => {
    const { id, amount, customer, price } = await subscribed(world, { quantity: 2, reference: 'plan-7', metadata: { seat: 'a' } })
    same(total(world), 2n * amount, 'Taken')
    const subscription = await read(world, id)
    same(
      [subscription.status, subscription.customer, subscription.price, subscription.quantity],
      ['active', customer, price, 2],
      'status, customer, price and quantity',
    )
    same([subscription.reference, subscription.metadata], ['plan-7', { seat: 'a' }], 'reference and metadata')
  }),
  subscriptions('create.period', 'It says which period is paid', async (world) => {
    const { id } = await subscribed(world)
    const { start, end } = present((await read(world, id)).currentPeriod, 'currentPeriod')
    const days = (Date.parse(end) - Date.parse(start)) / day
    holds(days >= 28 && days <= 31, `The period of a month has ${days} days.`)
  }),
  subscriptions('create.trial', 'A trial costs nothing, and the charge comes when it is over', async (world) => {
    const { id, amount } = await subscribed(world, { trialDays: 7 })
    same([(await read(world, id)).status, total(world)], ['trialing', 0n], 'Status and taken during the trial')
    await world.twin.advance(8 * day)
    same([(await read(world, id)).status, total(world)], ['active', amount], 'Status and taken after the trial')
  }),
  subscriptions('create.renews', 'It renews by itself, one charge for each period', async (world) => {
    const { id, amount } = await subscribed(world)
    await world.twin.advance(32 * day)
    same(total(world), 2n * amount, 'Taken after a month')
    same((await read(world, id)).status, 'active', 'Status')
    await world.twin.advance(31 * day)
    same(total(world), 3n * amount, 'Taken after two months')
  }),
  subscriptions('create.declined', 'A subscription whose first charge is declined is not active', async (world) => {
    const made = await outcome(() => subscribed(world, {}, 'laterDeclined'))
    if (made.ok) among((await read(world, made.value.id)).status, ['incomplete', 'past_due', 'unpaid'], 'The status')
    else same([made.error.fault, made.error.effect], ['declined', 'none'], 'Fault and effect')
    same(total(world), 0n, 'Taken')
  }),
  subscriptions(
    'create.dunned',
    'A renewal that is declined is tried again for some time, and then given up',
    async (world) => {
      const { id, customer } = await subscribed(world, { trialDays: 7 }, 'laterDeclined')
      await world.twin.advance(8 * day)
      same((await read(world, id)).status, 'past_due', 'Status after the first decline')
      const [invoice] = (await world.provider.invoices.list({ customer, subscription: id }).page()).items
      same([invoice?.status, invoice?.paid.amount], ['open', 0n], 'status and paid of the invoice')
      await world.twin.advance(60 * day)
      among((await read(world, id)).status, ['past_due', 'unpaid', 'canceled', 'ended'], 'The status in the end')
      holds(
        ((await world.provider.invoices.get(present(invoice, 'The invoice').id)).attempts ?? 2) > 1,
        'It was tried only once.',
      )
      same(total(world), 0n, 'Taken')
    },
    { needs: ['invoices'] },
  ),
  subscriptions('get.same', 'A subscription reads back under its id', async (world) => {
    const { id } = await subscribed(world)
    same((await world.provider.subscriptions.get(id)).id, id, 'The id')
  }),
  subscriptions(
    'change.at-once',
    'A dearer price in mid-period costs its share of the difference, at once if wanted',
    async (world) => {
      const { id, amount } = await subscribed(world)
      const dear = await plan(world, 9_000n)
      await world.twin.advance(15 * day)
      const change = { id, price: dear.price, proration: 'now' } as const
      await unlessRefused(world, () => world.provider.subscriptions.change(change))
      await moments(world)
      const share = total(world) - amount
      holds(share > 2_000n && share < 4_000n, `Half a period of a difference of 6000 cost ${share}.`)
      same((await read(world, id)).price, dear.price, 'price')
    },
  ),
  subscriptions('change.next-time', 'Without proration the new price counts from the next period on', async (world) => {
    const { id, amount } = await subscribed(world)
    await world.twin.advance(15 * day)
    for (let time = 1; time <= 2; time++) await world.provider.subscriptions.change({ id, quantity: 3, proration: 'none' })
    await moments(world)
    same([(await read(world, id)).quantity, total(world)], [3, amount], 'quantity, and taken at once')
    await world.twin.advance(17 * day)
    same(total(world), 4n * amount, 'Taken after the next renewal')
  }),
  subscriptions(
    'pause.stops',
    'A subscription that is paused is not charged',
    async (world) => {
      const { id, amount } = await subscribed(world)
      await world.provider.subscriptions.pause({ id })
      same((await read(world, id)).status, 'paused', 'Status')
      await world.twin.advance(40 * day)
      same(total(world), amount, 'Taken')
    },
    { needs: ['pause-subscriptions'] },
  ),
  subscriptions(
    'resume.goes-on',
    'A subscription that is resumed is charged again',
    async (world) => {
      const { id, amount } = await subscribed(world)
      await world.provider.subscriptions.pause({ id })
      await world.twin.advance(5 * day)
      await world.provider.subscriptions.resume(id)
      same((await read(world, id)).status, 'active', 'Status')
      await world.twin.advance(40 * day)
      same(total(world), 2n * amount, 'Taken')
    },
    { needs: ['pause-subscriptions'] },
  ),
  subscriptions('cancel.now', 'A subscription that is canceled is over, also when it is canceled twice', async (world) => {
    const { id, amount } = await subscribed(world)
    await unlessRefused(world, () => world.provider.subscriptions.cancel({ id }))
    among((await read(world, id)).status, ['canceled', 'ended'], 'The status')
    await world.provider.subscriptions.cancel({ id })
    await world.twin.advance(40 * day)
    same(total(world), amount, 'Taken')
  }),
  subscriptions('cancel.period-end', 'A subscription can end with its period, which was paid for', async (world) => {
    const { id, amount } = await subscribed(world)
    await world.provider.subscriptions.cancel({ id, at: 'period_end' })
    const before = await read(world, id)
    same(before.status, 'active', 'Status until then')
    holds(before.cancelAt !== undefined, 'It does not say when it ends (`cancelAt`).')
    await world.twin.advance(40 * day)
    among((await read(world, id)).status, ['canceled', 'ended'], 'The status afterwards')
    same(total(world), amount, 'Taken')
  }),
  subscriptions('list.customer', 'The list can be of one customer', async (world) => {
    const [first, second] = [await subscribed(world), await subscribed(world)]
    await moments(world)
    const ids = async (customer: string) => (await collect(world.provider.subscriptions.list({ customer }))).map(({ id }) => id)
    same([await ids(first.customer), await ids(second.customer)], [[first.id], [second.id]], 'The subscriptions of each')
  }),
]
