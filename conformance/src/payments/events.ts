import type { PaymentsEvent } from '@do/payments'
import { holds, present, refused, same } from '../assert.ts'
import { webhookChecks } from '../shared/webhooks.ts'
import { why } from '../why.ts'
import {
  all,
  atVendor,
  booked,
  eventOf,
  eventsOf,
  group,
  moments,
  own,
  type PaymentsWorld,
  paid,
  price,
  reads,
  zero,
} from './world.ts'

const event = group('event', why.webhooks)

/** Something happens, and exactly one webhook tells of it. */
async function oneWebhook(world: PaymentsWorld): Promise<void> {
  world.twin.holdWebhooks(true)
  await paid(world)
  world.twin.holdWebhooks(false)
  await world.twin.releaseWebhooks((count) => (count === 0 ? [] : [0]))
}

/** A payment that is refunded in part and disputed: many webhooks, all of them kept back. */
async function story(world: PaymentsWorld): Promise<string> {
  world.twin.holdWebhooks(true)
  const { id } = await paid(world)
  await world.provider.refunds.create({ payment: id, amount: own(world, 590n) })
  await moments(world)
  if (world.provider.supports('disputes')) await world.twin.decideDispute(await world.twin.dispute(atVendor(world).id), 'won')
  world.twin.holdWebhooks(false)
  return id
}

const capabilityOf: Readonly<Record<string, string>> = {
  payment: 'read-payments',
  refund: 'read-refunds',
  dispute: 'disputes',
  checkout: 'checkout',
  subscription: 'subscriptions',
  invoice: 'invoices',
  transfer: 'transfers',
  payout: 'read-payouts',
  account: 'accounts',
}

/** Can what it is about be asked for? */
const readable = (world: PaymentsWorld, { type }: PaymentsEvent): boolean =>
  type !== 'unknown' && world.provider.supports(capabilityOf[type.slice(0, type.indexOf('.'))] ?? '')

/** What an application believes that does the one right thing: for each event it reads the thing as it is now. */
async function believed(world: PaymentsWorld): Promise<ReadonlyMap<string, readonly [type: string, status: string]>> {
  const things = new Map<string, readonly [string, string]>()
  for (const one of world.events.filter((candidate) => readable(world, candidate))) {
    const { type, value } = await world.provider.resolve(one)
    things.set(value.id, [type, value.status])
  }
  return things
}

const orders: readonly (readonly [string, string, (count: number) => readonly number[]])[] = [
  ['backwards', 'backwards', (count) => Array.from({ length: count }, (_, index) => count - 1 - index)],
  ['thrice', 'three times each', (count) => Array.from({ length: 3 * count }, (_, index) => Math.floor(index / 3))],
  ['shuffled', 'in any order', (count) => Array.from({ length: count }, (_, index) => (index * 7 + 3) % count)],
  ['doubled', 'all of them again at the end', (count) => [...Array(count).keys(), ...Array(count).keys()]],
]

const onTheWay: ReadonlySet<string> = new Set(['created', 'processing', 'authorized', 'captured'])

const permuted = orders.map(([name, words, pick]) =>
  event(name, `Whoever reads what an event is about believes the same when events come ${words}`, async (world) => {
    const id = await story(world)
    // A number that shares a divisor with 7 would leave some out.
    await world.twin.releaseWebhooks((count) =>
      name === 'shuffled' && count % 7 === 0 ? [...Array(count).keys()].reverse() : pick(count),
    )
    same(world.refusals.length, 0, 'Refused webhooks')
    const told = eventsOf(world, 'payment.updated').filter(({ payment }) => payment === id)
    holds(told.length > 0, 'No event names the payment.')
    const odd = told.map(({ status }) => status).filter((status) => status !== undefined && !onTheWay.has(status))
    same(odd, [], 'Statuses that the payment never had')
    if (!reads(world)) return
    const things = await believed(world)
    same(things.get(id), ['payment', 'captured'], 'What is believed of the payment')
    same(zero((await world.provider.payments.get(id)).refunded), 590n, 'refunded, on the payment')
    if (world.provider.supports('disputes'))
      holds(
        [...things.values()].some(([type, status]) => type === 'dispute' && status === 'won'),
        'No event led to the dispute that was won.',
      )
  }),
)

/** The vendor calls back: late, twice, too early, in any order, or not at all. */
export const hearing = [
  ...webhookChecks<PaymentsWorld>({ name: 'payments', send: oneWebhook, unknown: ({ twin }) => twin.unknownEvent() }),
  event('paid', 'That a payment went through is told, by an event of that very payment', async (world) => {
    const { id } = await paid(world)
    const told = eventsOf(world, 'payment.updated').filter(({ payment }) => payment === id)
    const last = present(told.at(-1), 'An event of the payment')
    if (last.status !== undefined) same(last.status, 'captured', 'The status in the last event')
    if (last.at !== undefined)
      holds(Math.abs(Date.parse(last.at) - world.twin.clock.now()) < 60_000, `It says that it was at ${last.at}.`)
  }),
  event('refunded', 'That a payment was refunded is told, by an event that leads to the refund or the payment', async (world) => {
    const { id } = await paid(world)
    const before = world.events.length
    const refund = await world.provider.refunds.create({ payment: id, ...all(world) })
    await moments(world)
    const told = world.events
      .slice(before)
      .some(
        (one) =>
          (one.type === 'refund.updated' && one.refund === refund.id) || (one.type === 'payment.updated' && one.payment === id),
      )
    holds(told, `No event names the refund or the payment (${world.events.map(({ type }) => type).join(', ')}).`)
  }),
  event('resolves', 'Every event leads to the thing that it is about', async (world) => {
    const id = await story(world)
    await world.twin.releaseWebhooks()
    for (const one of world.events.filter((candidate) => readable(world, candidate))) {
      const { type, value } = await world.provider.resolve(one)
      same(one.type.startsWith(`${type}.`), true, `A ${one.type} leads to a ${type}`)
      const named = (one as unknown as Record<string, unknown>)[type]
      same(value.id, named, `The ${type} that a ${one.type} leads to`)
      if ('payment' in value && value.payment !== undefined) same(value.payment, id, `The payment of the ${type}`)
    }
  }),
  ...permuted,
  event('before-answer', 'An event that comes before the answer of the very call can already be read', async (world) => {
    const seen: string[] = []
    world.route.reply = async (events) => {
      for (const one of events)
        if (readable(world, one)) seen.push((await world.provider.resolve(one)).value.id)
        else if ('payment' in one && one.payment !== undefined) seen.push(one.payment)
      return new Response(null, { status: 204 })
    }
    const { id } = await paid(world)
    same(world.refusals.map(String), [], 'What could not be read')
    holds(seen.includes(id), 'No event before the answer named the payment.')
    booked(world, { captured: price })
  }),
  event(
    'missing',
    'Who hears nothing comes to know the same by asking',
    async (world) => {
      world.twin.holdWebhooks(true)
      const { id } = await paid(world)
      await world.twin.refundOutside(atVendor(world).id, 590n)
      await moments(world)
      same(world.events.length, 0, 'Events')
      const payment = await world.provider.payments.get(id)
      same([payment.status, zero(payment.refunded)], ['captured', 590n], 'status and refunded')
    },
    { needs: ['read-payments'] },
  ),
  event('outside', "What somebody did on the vendor's own page is told like anything else", async (world) => {
    const { id } = await paid(world)
    const before = world.events.length
    await world.twin.refundOutside(atVendor(world).id, 590n)
    await moments(world)
    const told = world.events.slice(before).filter((one) => 'payment' in one && one.payment === id)
    holds(told.length > 0, 'No event names the payment.')
  }),
  event('not-resolvable', 'An event of an unknown kind leads nowhere, and says so', async (world) => {
    await world.twin.unknownEvent()
    const unknown = eventOf(world, 'unknown')
    await refused(() => world.provider.resolve(unknown), 'An unknown event', { code: 'nothing_to_resolve', fault: 'caller' })
  }),
]
