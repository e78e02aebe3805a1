import { parseHandle } from '@do/provider'
import { holds, present, same } from '../assert.ts'
import { plan } from './catalogue.ts'
import { page } from './subjects.ts'
import { booked, charged, day, group, own, type PaymentsWorld, reads, unlessRefused } from './world.ts'

const create = group('checkout.create', undefined, ['checkout'])
const get = group('checkout.get', undefined, ['checkout'])
const expire = group('checkout.expire', undefined, ['checkout'])

const open = (world: PaymentsWorld, amount = 2_590n) => world.provider.checkout.create(page(world, 'A lamp', amount))
const visit = (world: PaymentsWorld, id: string, how: 'pay' | 'leave') => world.twin.visit(parseHandle(id).id, how)

/** The vendor's own page, where the payer pays or leaves. */
export const visiting = [
  create('page', 'A page has an address, is open, and nothing is taken until somebody pays', async (world) => {
    const checkout = await open(world)
    holds(URL.canParse(checkout.url ?? ''), `The address is "${checkout.url}".`)
    same([checkout.status, checkout.payment], ['open', undefined], 'status and payment')
    same([world.twin.count('checkouts'), charged(world)], [1, []], 'Pages and charges')
  }),
  create('total', 'The payer pays the sum of all lines, each as often as it is wanted', async (world) => {
    const lines = [
      { name: 'Lamp', amount: own(world, 1_230n), quantity: 3 },
      { name: 'Bulb', amount: own(world, 450n) },
    ]
    const { id, amount } = await world.provider.checkout.create({ ...page(world, 'A lamp', 1n), lines })
    if (amount !== undefined) same(amount, own(world, 4_140n), 'The amount of the page')
    await visit(world, id, 'pay')
    booked(world, { captured: 4_140n })
  }),
  create('paid', 'When the payer has paid, the page is complete and leads to the payment', async (world) => {
    const { id } = await open(world)
    await visit(world, id, 'pay')
    const checkout = await world.provider.checkout.get(id)
    same(checkout.status, 'complete', 'Status')
    // Where payments cannot be read, the page need not say which it was: the event does.
    if (reads(world)) {
      const payment = await world.provider.payments.get(present(checkout.payment, 'The payment of the page'))
      same([payment.status, payment.amount], ['captured', own(world, 2_590n)], 'status and amount of the payment')
    }
    booked(world, { captured: 2_590n })
  }),
  create('left', 'A payer who leaves has paid nothing, and may come back', async (world) => {
    const { id } = await open(world)
    await visit(world, id, 'leave')
    same((await world.provider.checkout.get(id)).status, 'open', 'Status')
    same(charged(world), [], 'Charges')
  }),
  create('told', 'That a page was paid is told, by an event that leads to the page or to its payment', async (world) => {
    const { id } = await open(world)
    const payment = await visit(world, id, 'pay')
    const told = world.events.some(
      (event) =>
        (event.type === 'checkout.updated' && event.checkout === id) ||
        (event.type === 'payment.updated' && parseHandle(event.payment).id === payment),
    )
    holds(told, `No event names the page or the payment (${world.events.map(({ type }) => type).join(', ') || 'none came'}).`)
  }),
  create('expires', 'A page ends when it shall end', async (world) => {
    const expiresAt = new Date(world.twin.clock.now() + 3_600_000).toISOString()
    const input = { ...page(world, 'A lamp', 2_590n), expiresAt }
    const { id } = await unlessRefused(world, () => world.provider.checkout.create(input))
    await world.twin.advance(2 * day)
    const checkout = await world.provider.checkout.get(id)
    same([checkout.status, checkout.url], ['expired', undefined], 'status and address')
  }),
  create(
    'subscribes',
    'A page can start a subscription',
    async (world) => {
      const { price } = await plan(world)
      const input = { ...page(world, 'x', 1n), lines: [{ price, quantity: 1 }], mode: 'subscription' as const }
      const { id } = await world.provider.checkout.create(input)
      await visit(world, id, 'pay')
      const { subscription } = await world.provider.checkout.get(id)
      const started = await world.provider.subscriptions.get(present(subscription, 'The subscription of the page'))
      same([started.status, started.price], ['active', price], 'status and price of the subscription')
    },
    { needs: ['subscriptions', 'catalogue'] },
  ),
  get('same', 'A page reads back with the reference and metadata that it was given', async (world) => {
    const input = { ...page(world, 'A lamp', 2_590n), reference: 'order-42', metadata: { order: '42' } }
    const { id, url } = await world.provider.checkout.create(input)
    const checkout = await world.provider.checkout.get(id)
    same(
      [checkout.id, checkout.url, checkout.status, checkout.reference, checkout.metadata],
      [id, url, 'open', 'order-42', { order: '42' }],
      'id, url, status, reference and metadata',
    )
  }),
  expire('closed', 'A page that is closed is expired, has no address, and stays so', async (world) => {
    const { id } = await open(world)
    for (let time = 1; time <= 2; time++)
      same((await world.provider.checkout.expire(id)).id, id, `The id, closed ${time} time(s)`)
    const checkout = await world.provider.checkout.get(id)
    same([checkout.status, checkout.url], ['expired', undefined], 'status and address')
    same(charged(world), [], 'Charges')
  }),
]
