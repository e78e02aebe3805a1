import type { Subscription } from '@do/payments'
import type { FindContext } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { metadataFor, metadataOf } from './metadata.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import { bare, located, type Scope } from './scope.ts'
import { defined, idOf, instant, page, proven, seconds, whole } from './shape.ts'
import { subscriptionStatus } from './status.ts'
import { owning, satisfied } from './steps.ts'

/** The secret with which the first payment can be completed. */
const expand = ['latest_invoice.confirmation_secret']

/** https://docs.stripe.com/api/subscriptions/object. Of several items the first is what this interface knows. */
export function subscriptionOf(given: Stripe.Subscription, { handle }: Pick<Scope, 'handle'>): Subscription {
  const subscription = proven(given, 'subscription')
  const item = itemOf(subscription)
  const status = subscriptionStatus(subscription)
  const secret = whole(subscription.latest_invoice)?.confirmation_secret?.client_secret
  const invoice = idOf(subscription.latest_invoice)
  const start = instant(item.current_period_start)
  const end = instant(item.current_period_end)
  const cancelAt = subscription.cancel_at ?? (subscription.cancel_at_period_end ? item.current_period_end : null)
  return defined({
    id: handle(subscription.id),
    customer: handle(idOf(subscription.customer) as string),
    price: handle(item.price.id),
    quantity: item.quantity ?? 1,
    status,
    action: status === 'incomplete' && secret ? ({ type: 'client', clientSecret: secret } as const) : undefined,
    currentPeriod: start && end ? { start, end } : undefined,
    trialEndsAt: instant(subscription.trial_end),
    cancelAt: subscription.status === 'canceled' ? undefined : instant(cancelAt),
    latestInvoice: invoice && handle(invoice),
    ...metadataOf(subscription.metadata),
    createdAt: instant(subscription.created),
    raw: subscription,
  })
}

function itemOf(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const item = subscription.items?.data?.[0]
  if (item === undefined) throw new Error('The subscription has no item.')
  return item
}

/** https://docs.stripe.com/billing/subscriptions/prorations */
const prorations = { now: 'always_invoice', next_invoice: 'create_prorations', none: 'none' } as const

export function subscriptionOperations(client: GetClient): Operations['subscriptions'] {
  return {
    create: async (input, context) => {
      const { at, id: customer, ...scope } = located(context, input.customer)
      const body = defined({
        customer,
        items: [{ price: bare(context, input.price) as string, quantity: input.quantity }],
        default_payment_method: bare(context, input.method),
        trial_period_days: input.trialDays,
        metadata: metadataFor(input, context.reference),
        expand,
      })
      const { subscriptions } = await client()
      return subscriptionOf(await subscriptions.create(body, { ...at, idempotencyKey: context.key }), scope)
    },
    get: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      return subscriptionOf(await (await client()).subscriptions.retrieve(id, { expand }, at), scope)
    },
    change: async (input, context) => {
      const { at, id, ...scope } = located(context, input.id)
      const { subscriptions } = await client()
      const price = bare(context, input.price)
      const { quantity } = input
      const what = defined({ price, quantity })
      const changed = Object.keys(what).length > 0
      const body = defined({
        items: changed ? [{ id: itemOf(await subscriptions.retrieve(id, {}, at)).id, ...what }] : undefined,
        default_payment_method: bare(context, input.method),
        proration_behavior: prorations[input.proration],
        expand,
      })
      return subscriptionOf(await subscriptions.update(id, body, at), scope)
    },
    pause: async ({ id: input, resumeAt }, context) => {
      const { at, id, ...scope } = located(context, input)
      // What falls due meanwhile is never collected. https://docs.stripe.com/billing/subscriptions/pause-payment
      const pause = defined({ behavior: 'void' as const, resumes_at: resumeAt === undefined ? undefined : seconds(resumeAt) })
      return subscriptionOf(await (await client()).subscriptions.update(id, { pause_collection: pause, expand }, at), scope)
    },
    resume: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      const { subscriptions } = await client()
      const now = await subscriptions.update(id, { pause_collection: '', expand }, at)
      // Only a trial that ended without a method pauses by itself.
      return subscriptionOf(now.status === 'paused' ? await subscriptions.resume(id, { expand }, at) : now, scope)
    },
    cancel: async ({ id: input, at: when }, context) => {
      const { at, id, ...scope } = located(context, input)
      const { subscriptions } = await client()
      const subscription = await satisfied(
        () =>
          when === 'now'
            ? subscriptions.cancel(id, { expand }, at)
            : subscriptions.update(id, { cancel_at_period_end: true, expand }, at),
        () => subscriptions.retrieve(id, { expand }, at),
        ({ status }) => status === 'canceled' || status === 'incomplete_expired',
      )
      return subscriptionOf(subscription, scope)
    },
    list: async (input, context) => {
      const { subscriptions } = await client()
      const { at, id, ...scope } = owning(context, input.customer)
      // Without it Stripe leaves out those that are canceled.
      const filter = defined({ customer: id, status: 'all' as const })
      return page(
        input,
        (paging) => subscriptions.list({ ...filter, ...paging }, at),
        (one) => subscriptionOf(one, scope),
      )
    },
  }
}

export const subscriptionFinders = (client: GetClient): Finders => ({
  'subscriptions.create': async (input: { customer: string }, context: FindContext) => {
    const { at, id: customer, ...scope } = located(context, input.customer)
    const { subscriptions } = await client()
    const filter = { customer, status: 'all' as const, expand: ['data.latest_invoice.confirmation_secret'] }
    const found = await referenced(context, (paging) => subscriptions.list({ ...filter, ...paging }, at))
    return found && subscriptionOf(found, scope)
  },
})
