import type { Checkout } from '@do/payments'
import { type DriverCalls, type DriverContext, refuse, VendorRefusal } from '@do/provider'
import type { Square, SquareClient } from 'square'
import { planOf } from './catalog.ts'
import { answered, defined, instant, legible, proven, type SquareOptions, shortKey } from './client.ts'
import { checkMoney, fromSquare, toSquare } from './money.ts'
import { anyReference, checkLength, pack, unpack } from './note.ts'
import type { Input, Tree } from './payments.ts'

type Create = Input<'checkout', 'create'>
type Handle = Pick<DriverContext, 'handle'>

const keptIn = ({ reference, metadata }: Create, ours: string) => pack(undefined, { do: ours, ref: reference, meta: metadata })

export function checkCheckout(given: Create, options: SquareOptions): void {
  for (const [index, line] of given.lines.entries())
    if ('amount' in line) checkMoney(line.amount, options, `lines.${index}.amount`)
  if (given.expiresAt !== undefined) {
    throw refuse('unsupported', 'Square payment links do not expire by themselves: close it with checkout.expire.', {
      field: 'expiresAt',
      elsewhere: true,
    })
  }
  checkLength(keptIn(given, anyReference), 4_096, 'metadata')
  const [line] = given.lines
  if (given.mode !== 'subscription') {
    const index = given.lines.findIndex((one) => 'interval' in one && one.interval !== undefined)
    if (index >= 0)
      throw refuse('invalid_input', 'An interval needs the mode "subscription".', { field: `lines.${index}.interval` })
  } else if (given.lines.length !== 1 || line === undefined || !('price' in line) || line.quantity !== 1) {
    throw refuse('unsupported', 'On a Square page one can subscribe to one price, once: make the price first.', {
      field: 'lines',
      elsewhere: true,
    })
  }
}

const statuses: Readonly<Record<string, Checkout['status']>> = { COMPLETED: 'complete', CANCELED: 'expired' }

/** A link that is closed is gone at Square, its order stays and tells what became of it: the id names both. */
const idOf = (link: Square.PaymentLink) => `${proven(link).id}/${link.orderId}`

export function checkoutCalls(client: () => Promise<SquareClient>, { locationId }: SquareOptions): DriverCalls<Tree>['checkout'] {
  const checkoutOf = (
    id: string,
    link: Square.PaymentLink | undefined,
    order: Square.Order | undefined,
    { handle }: Handle,
  ): Checkout => {
    const kept = unpack(link?.description)
    const status = link === undefined ? 'expired' : (statuses[order?.state ?? ''] ?? 'open')
    const payment = order?.tenders?.[0]?.paymentId
    return defined({
      id: handle(id),
      url: status === 'open' ? link?.url : undefined,
      status,
      amount: order?.totalMoney === undefined ? undefined : fromSquare(order.totalMoney),
      payment: payment ? handle(payment) : undefined,
      reference: kept.ref,
      metadata: kept.meta,
      createdAt: instant(link?.createdAt ?? order?.createdAt),
      raw: link ?? order,
    })
  }

  const read = async (id: string) => {
    const square = await client()
    const [linkId = '', orderId = ''] = id.split('/')
    const order = proven((await square.orders.get({ orderId })).order) as Square.Order
    try {
      const { paymentLink } = await square.checkout.paymentLinks.get({ id: linkId })
      return { link: proven(paymentLink) as Square.PaymentLink, order }
    } catch (error) {
      if (!answered(error, 404)) throw error
      return { link: undefined, order }
    }
  }

  /** The subscription that began on the page: of the payer, to the plan of the page. */
  const subscriptionOf = async (paymentId: string, plan: string): Promise<string | undefined> => {
    const square = await client()
    const { payment } = await square.payments.get({ paymentId })
    if (!payment?.customerId) return undefined
    const { subscriptions } = legible(
      await square.subscriptions.search({ query: { filter: { locationIds: [locationId], customerIds: [payment.customerId] } } }),
    )
    return subscriptions?.findLast(({ planVariationId }) => planVariationId === plan)?.id
  }

  return {
    create: async (given, context) => {
      const square = await client()
      const lineItems = given.lines.map((line) =>
        'price' in line
          ? { catalogObjectId: context.id(line.price), quantity: String(line.quantity) }
          : { name: line.name, basePriceMoney: toSquare(line.amount), quantity: String(line.quantity) },
      )
      const customerId = given.customer === undefined ? undefined : context.id(given.customer)
      const [line] = given.lines
      const plan =
        given.mode === 'subscription' && line !== undefined && 'price' in line
          ? await planOf(square, context.id(line.price))
          : undefined
      const note = pack(undefined, { ref: given.reference, meta: given.metadata })
      const answer = await square.checkout.paymentLinks.create(
        defined({
          idempotencyKey: await shortKey(context.key),
          quickPay: plan === undefined ? undefined : { name: plan.name, priceMoney: plan.price, locationId },
          order: plan === undefined ? defined({ locationId, lineItems, customerId }) : undefined,
          checkoutOptions: defined({ redirectUrl: given.successUrl, subscriptionPlanId: plan?.id }),
          description: keptIn(given, context.reference),
          // What is paid on the page carries them, too, where there is room.
          paymentNote: (note?.length ?? 0) <= 500 ? note : undefined,
        }),
      )
      const link = proven(answer.paymentLink) as Square.PaymentLink
      return checkoutOf(idOf(link), link, answer.relatedResources?.orders?.[0], context)
    },
    get: async (input, context) => {
      const id = context.id(input)
      const { link, order } = await read(id)
      const checkout = checkoutOf(id, link, order, context)
      const plan = link?.checkoutOptions?.subscriptionPlanId
      const paid = order.tenders?.[0]?.paymentId
      const subscription = plan && paid ? await subscriptionOf(paid, plan) : undefined
      return subscription === undefined ? checkout : { ...checkout, subscription: context.handle(subscription) }
    },
    expire: async (input, context) => {
      const id = context.id(input)
      const { link, order } = await read(id)
      if (order.state === 'COMPLETED') throw new VendorRefusal('checkout:complete')
      if (link !== undefined) legible(await (await client()).checkout.paymentLinks.delete({ id: proven(link).id }))
      return checkoutOf(id, undefined, order, context)
    },
  }
}
