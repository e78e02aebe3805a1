import type { Checkout } from '@do/payments'
import type { FindContext } from '@do/provider'
import type { Stripe } from 'stripe'
import { recurringOf } from './catalogue.ts'
import type { GetClient } from './client.ts'
import { metadataFor, metadataOf } from './metadata.ts'
import { currencyOf, minorOf, moneyOf } from './money.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import { bare, located, type Scope } from './scope.ts'
import { defined, idOf, instant, proven, seconds } from './shape.ts'
import { satisfied } from './steps.ts'

/** https://docs.stripe.com/api/checkout/sessions/object */
export function checkoutOf(given: Stripe.Checkout.Session, { handle }: Pick<Scope, 'handle'>): Checkout {
  const session = proven(given, 'checkout.session')
  const payment = idOf(session.payment_intent)
  const subscription = idOf(session.subscription)
  return defined({
    id: handle(session.id),
    url: session.url ?? undefined,
    status: checkoutStatus(session.status),
    amount: session.amount_total && session.currency ? moneyOf(session.amount_total, session.currency) : undefined,
    payment: payment && handle(payment),
    subscription: subscription && handle(subscription),
    ...metadataOf(session.metadata),
    expiresAt: instant(session.expires_at),
    createdAt: instant(session.created),
    raw: session,
  })
}

export const checkoutStatus = (status: string | null): Checkout['status'] =>
  status === 'complete' || status === 'expired' ? status : 'open'

export function checkoutOperations(client: GetClient): Operations['checkout'] {
  return {
    create: async (input, context) => {
      const metadata = metadataFor(input, context.reference)
      const body = defined({
        mode: input.mode,
        line_items: input.lines.map((line) =>
          'price' in line
            ? { price: bare(context, line.price) as string, quantity: line.quantity }
            : {
                price_data: defined({
                  currency: currencyOf(line.amount),
                  unit_amount: minorOf(line.amount),
                  product_data: { name: line.name },
                  recurring: recurringOf(line.interval),
                }),
                quantity: line.quantity,
              },
        ),
        success_url: input.successUrl,
        cancel_url: input.cancelUrl,
        customer: bare(context, input.customer),
        expires_at: input.expiresAt === undefined ? undefined : seconds(input.expiresAt),
        metadata,
        // So that the payment, too, knows what it is for.
        [input.mode === 'subscription' ? 'subscription_data' : 'payment_intent_data']: { metadata },
      }) as Stripe.Checkout.SessionCreateParams
      const { checkout } = await client()
      return checkoutOf(await checkout.sessions.create(body, { idempotencyKey: context.key }), context)
    },
    get: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      return checkoutOf(await (await client()).checkout.sessions.retrieve(id, {}, at), scope)
    },
    expire: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      const { sessions } = (await client()).checkout
      const session = await satisfied(
        () => sessions.expire(id, {}, at),
        () => sessions.retrieve(id, {}, at),
        ({ status }) => status === 'expired',
      )
      return checkoutOf(session, scope)
    },
  }
}

export const checkoutFinders = (client: GetClient): Finders => ({
  'checkout.create': async (_: unknown, context: FindContext) => {
    const { sessions } = (await client()).checkout
    const found = await referenced(context, (paging) => sessions.list({ ...paging }))
    return found && checkoutOf(found, context)
  },
})
