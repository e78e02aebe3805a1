import type { Subscription } from '@do/payments'
import { type DriverCalls, type DriverContext, refuse } from '@do/provider'
import type { Square, SquareClient } from 'square'
import { planOf } from './catalog.ts'
import { answered, dayOf, defined, instant, legible, pageOf, proven, type SquareOptions, shortKey } from './client.ts'
import { defaultCard } from './customers.ts'
import { amountOf } from './money.ts'
import { checkLength, pack, unpack } from './note.ts'
import type { Input, Tree } from './payments.ts'

type Create = Input<'subscriptions', 'create'>
const dayMs = 86_400_000

/** Where a subscription comes from, in 255 characters: the only text that it has. */
const sourceOf = ({ reference, metadata }: Create) => pack(undefined, { ref: reference, meta: metadata })

export function checkSubscription(given: Create): void {
  checkLength(sourceOf(given), 255, 'metadata')
}

export function checkChange({ quantity, proration, price }: Input<'subscriptions', 'change'>): void {
  if ((price ?? quantity) === undefined || proration !== 'now') return
  throw refuse('unsupported', 'Square changes the plan when the next period begins: pass proration "next_invoice" or "none".', {
    field: 'proration',
  })
}

export function checkCancel({ at }: Input<'subscriptions', 'cancel'>): void {
  if (at === 'period_end') return
  throw refuse('unsupported', 'Square ends a subscription with the period that is paid: pass at "period_end".', { field: 'at' })
}

const statuses: Readonly<Record<string, Subscription['status']>> = {
  PENDING: 'trialing',
  ACTIVE: 'active',
  PAUSED: 'paused',
  DEACTIVATED: 'unpaid',
  CANCELED: 'canceled',
  // All its phases are over.
  COMPLETED: 'ended',
}

const planned = ({ actions }: Square.Subscription, type: string) => actions?.find((action) => action.type === type)

/**
 * Square plans a change for the day when the period that is paid ends. Nothing more is charged as it was until then, so it
 * is told as it will be: `paused`, with the next price, with `cancelAt`.
 */
export function subscriptionStatus(subscription: Square.Subscription): Subscription['status'] {
  const status = statuses[subscription.status ?? ''] ?? 'active'
  return status === 'active' && planned(subscription, 'PAUSE') !== undefined ? 'paused' : status
}

type Plan = Awaited<ReturnType<typeof planOf>>
type Interval = NonNullable<Plan['interval']>

/** The plan that the next invoice is for. */
const nextPlan = (subscription: Square.Subscription): string =>
  planned(subscription, 'SWAP_PLAN')?.newPlanVariationId ?? subscription.planVariationId ?? ''

/** What is paid ends with the last day that was charged; it began an interval before that. */
function periodOf({ chargedThroughDate }: Square.Subscription, { unit, count }: Interval) {
  const end = Date.parse(chargedThroughDate ?? '') + dayMs
  if (Number.isNaN(end)) return undefined
  const start = new Date(end)
  if (unit === 'day' || unit === 'week') start.setUTCDate(start.getUTCDate() - count * (unit === 'week' ? 7 : 1))
  else start.setUTCMonth(start.getUTCMonth() - count * (unit === 'year' ? 12 : 1))
  return { start: start.toISOString(), end: new Date(end).toISOString() }
}

interface Facts {
  readonly plan: Plan
  /** The latest invoice, of one that is active. */
  readonly invoice: Square.Invoice | undefined
}

function subscriptionOf(
  subscription: Square.Subscription & { readonly id: string },
  { plan, invoice }: Facts,
  { handle }: Pick<DriverContext, 'handle'>,
): Subscription {
  const kept = unpack(subscription.source?.name)
  const [latest] = subscription.invoiceIds ?? []
  const status = subscriptionStatus(subscription)
  const unpaid = invoice !== undefined && ['UNPAID', 'PARTIALLY_PAID', 'FAILED'].includes(invoice.status ?? '')
  const { priceOverrideMoney } = subscription
  return defined({
    id: handle(subscription.id),
    customer: handle(subscription.customerId ?? ''),
    price: handle(nextPlan(subscription)),
    quantity: priceOverrideMoney === undefined ? 1 : Number(amountOf(priceOverrideMoney) / amountOf(plan.price)),
    status: status === 'active' && unpaid ? 'past_due' : status,
    currentPeriod: plan.interval === undefined ? undefined : periodOf(subscription, plan.interval),
    trialEndsAt: subscription.status === 'PENDING' ? instant(subscription.startDate) : undefined,
    cancelAt: status === 'canceled' ? undefined : instant(subscription.canceledDate),
    latestInvoice: latest === undefined ? undefined : handle(latest),
    reference: kept.ref,
    metadata: kept.meta,
    createdAt: instant(subscription.createdAt),
    raw: subscription,
  })
}

export function subscriptionCalls(
  client: () => Promise<SquareClient>,
  { locationId }: SquareOptions,
): DriverCalls<Tree>['subscriptions'] {
  const read = async (subscriptionId: string) =>
    proven((await (await client()).subscriptions.get({ subscriptionId, include: 'actions' })).subscription)

  /** The plan tells the price of one, the latest invoice whether it is paid: the subscription itself tells neither. */
  const whole = async (
    answer: Square.Subscription | undefined,
    context: Pick<DriverContext, 'handle'>,
  ): Promise<Subscription> => {
    const square = await client()
    const subscription = proven(answer)
    const [invoiceId] = subscription.status === 'ACTIVE' ? (subscription.invoiceIds ?? []) : []
    const [plan, invoice] = await Promise.all([
      planOf(square, nextPlan(subscription)),
      invoiceId === undefined ? undefined : square.invoices.get({ invoiceId }).then((found) => found.invoice),
    ])
    return subscriptionOf(subscription, { plan, invoice }, context)
  }
  const again = async (id: string, context: DriverContext) => whole(await read(context.id(id)), context)

  /** Takes planned changes back. One that is gone is no error. */
  const unplan = async ({ id: subscriptionId, actions }: Square.Subscription, ...types: readonly string[]) => {
    for (const { id: actionId, type } of actions ?? []) {
      if (actionId === undefined || !types.includes(type ?? '')) continue
      try {
        await (await client()).subscriptions.deleteAction({ subscriptionId: subscriptionId ?? '', actionId })
      } catch (error) {
        if (!answered(error, 404)) throw error
      }
    }
  }

  /** So many of a plan: Square knows one, at a price of its own. */
  const priceOf = ({ price }: Plan, quantity: number): Square.Money => ({ ...price, amount: amountOf(price) * BigInt(quantity) })

  return {
    create: async (given, context) => {
      const square = await client()
      const name = sourceOf(given)
      const customerId = context.id(given.customer)
      const planVariationId = context.id(given.price)
      const { subscription } = await square.subscriptions.create(
        defined({
          idempotencyKey: await shortKey(context.key),
          locationId,
          planVariationId,
          customerId,
          cardId: given.method === undefined ? await defaultCard(square, customerId) : context.id(given.method),
          startDate: given.trialDays === undefined ? undefined : dayOf(context.since + given.trialDays * dayMs),
          priceOverrideMoney: given.quantity === 1 ? undefined : priceOf(await planOf(square, planVariationId), given.quantity),
          source: name === undefined ? undefined : { name },
        }),
      )
      return whole(subscription, context)
    },
    get: again,
    change: async ({ id, price, quantity, method }, context) => {
      const square = await client()
      const known = await read(context.id(id))
      const before = nextPlan(known)
      const to = price === undefined ? before : context.id(price)
      if (to !== before) {
        await unplan(known, 'SWAP_PLAN')
        if (to !== known.planVariationId)
          proven((await square.subscriptions.swapPlan({ subscriptionId: known.id, newPlanVariationId: to })).subscription)
      }
      const several = quantity !== undefined || (to !== before && known.priceOverrideMoney !== undefined)
      if (several || method !== undefined) {
        const wanted = quantity ?? (await whole(known, context)).quantity
        const priceOverrideMoney = several ? priceOf(await planOf(square, to), wanted) : undefined
        const { version } = await read(known.id)
        const subscription = defined({
          priceOverrideMoney,
          cardId: method === undefined ? undefined : context.id(method),
          version,
        })
        proven((await square.subscriptions.update({ subscriptionId: known.id, subscription })).subscription)
      }
      return again(id, context)
    },
    pause: async ({ id, resumeAt }, context) => {
      const known = await read(context.id(id))
      if (subscriptionStatus(known) !== 'paused') {
        const resumeEffectiveDate = resumeAt?.slice(0, 10)
        proven(
          (await (await client()).subscriptions.pause(defined({ subscriptionId: known.id, resumeEffectiveDate }))).subscription,
        )
      }
      return again(id, context)
    },
    resume: async (input, context) => {
      const known = await read(context.id(input))
      if (known.status === 'PAUSED') {
        proven(
          (await (await client()).subscriptions.resume({ subscriptionId: known.id, resumeChangeTiming: 'IMMEDIATE' }))
            .subscription,
        )
      } else await unplan(known, 'PAUSE', 'RESUME')
      return again(input, context)
    },
    cancel: async ({ id }, context) => {
      const known = await read(context.id(id))
      if (known.status !== 'CANCELED' && !known.canceledDate) {
        proven((await (await client()).subscriptions.cancel({ subscriptionId: known.id })).subscription)
      }
      return again(id, context)
    },
    list: async ({ customer, limit, cursor }, context) => {
      const filter = defined({
        locationIds: [locationId],
        customerIds: customer === undefined ? undefined : [context.id(customer)],
      })
      const answer = legible(
        await (await client()).subscriptions.search(
          defined({ query: { filter }, include: ['actions'], limit: Math.min(limit ?? 20, 20), cursor }),
        ),
      )
      return pageOf(
        await Promise.all((answer.subscriptions ?? []).map((subscription) => whole(subscription, context))),
        answer.cursor || undefined,
      )
    },
  }
}
