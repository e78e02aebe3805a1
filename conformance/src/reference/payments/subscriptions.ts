import { type Book, day, Refusal, type Thing, time } from './book.ts'
import { collect, dun, issue, methodFor } from './invoices.ts'
import { filtered, page, type Route } from './routes.ts'

const lengths: Readonly<Record<string, number>> = { day, week: 7 * day, month: 30 * day, year: 365 * day }

export function shownSubscription(subscription: Thing): object {
  const { id, customer, price, quantity, status, latestInvoice, reference, metadata, client_ref } = subscription
  return {
    ...{ id, customer, price, quantity, status, reference, metadata, client_ref, latest_invoice: latestInvoice },
    period: { start: time(subscription.start), end: time(subscription.end) },
    ...{ trial_ends_at: time(subscription.trialEndsAt), cancel_at: time(subscription.cancelAt) },
    created_at: time(subscription.createdAt),
  }
}

const tell = (book: Book, subscription: Thing) => book.tell('subscription.changed', shownSubscription(subscription))

function become(book: Book, subscription: Thing, status: string): void {
  if (subscription.status === status) return
  subscription.status = status
  tell(book, subscription)
}

const priceOf = (book: Book, subscription: Thing) => book.find('prices', subscription.price)
const worth = (book: Book, { price, quantity }: { price: string; quantity: number }): bigint =>
  book.find('prices', price).amount * BigInt(quantity)

function bill(book: Book, subscription: Thing, total: bigint): Thing {
  const { id, customer, method } = subscription
  const { currency } = priceOf(book, subscription)
  const invoice = issue(book, { customer, subscription: id, method, total, currency })
  subscription.latestInvoice = invoice.id
  return invoice
}

/** A new period begins, and is charged. */
function renew(book: Book, subscription: Thing): void {
  const length = lengths[priceOf(book, subscription).interval.unit] ?? day
  subscription.start = book.clock.now()
  subscription.end = subscription.start + length * priceOf(book, subscription).interval.count
  const owed = subscription.owed ?? 0n
  subscription.owed = 0n
  const invoice = bill(book, subscription, worth(book, subscription as never) + owed)
  const first = subscription.status === 'incomplete'
  const paid = collect(book, invoice)
  become(book, subscription, paid ? 'active' : first ? 'incomplete' : 'past_due')
  if (!paid && !first) dun(book, invoice, (later) => become(book, subscription, later ? 'active' : 'unpaid'))
  if (paid || !first) whenOver(book, subscription)
}

/** What happens at the end of the period. */
function whenOver(book: Book, subscription: Thing): void {
  const { end } = subscription
  book.later(end - book.clock.now(), () => {
    if (['canceled', 'unpaid'].includes(subscription.status) || subscription.end !== end) return
    if (subscription.cancelAt !== undefined) become(book, subscription, 'canceled')
    else if (subscription.status === 'paused') {
      subscription.end = end + day
      whenOver(book, subscription)
    } else {
      subscription.trialEndsAt = undefined
      renew(book, subscription)
    }
  })
}

export function subscribe(book: Book, body: Record<string, any>): Thing {
  const { customer, price, quantity = 1, method: given, trial_days, reference, metadata, client_ref } = body
  book.find('customers', customer, 'customer')
  if (book.find('prices', price, 'price').interval === undefined) throw new Refusal(422, 'not_recurring', 'price')
  const method = methodFor(book, customer, given)
  if (method === undefined) throw new Refusal(422, 'no_method', 'method')
  const facts = { status: 'incomplete', customer, price, quantity, method, reference, metadata, client_ref }
  const subscription = book.make('subscriptions', 'sub', facts)
  if (trial_days === undefined) renew(book, subscription)
  else {
    const now = book.clock.now()
    const trialEndsAt = now + trial_days * day
    Object.assign(subscription, { status: 'trialing', start: now, end: trialEndsAt, trialEndsAt })
    tell(book, subscription)
    whenOver(book, subscription)
  }
  return subscription
}

/** The difference for what is left of the period. */
function prorated(book: Book, subscription: Thing, before: bigint): bigint {
  const left = BigInt(Math.max(0, subscription.end - book.clock.now()))
  const whole = BigInt(subscription.end - subscription.start)
  return ((worth(book, subscription as never) - before) * left) / whole
}

export const subscriptionRoutes: readonly Route[] = [
  [
    'POST',
    '/subscriptions',
    'subscriptions.create',
    ({ book, body }) => {
      const made = subscribe(book, body)
      return shownSubscription(made)
    },
  ],
  [
    'GET',
    '/subscriptions',
    'subscriptions.list',
    (ask) => page(ask, filtered(ask, ask.book.things.subscriptions, ['customer', 'client_ref']), shownSubscription),
  ],
  ['GET', '/subscriptions/:id', 'subscriptions.get', ({ book, id }) => shownSubscription(book.find('subscriptions', id))],
  [
    'PATCH',
    '/subscriptions/:id',
    'subscriptions.change',
    ({ book, id, body }) => {
      const subscription = book.find('subscriptions', id)
      const { price, quantity, method, proration } = body
      if (price !== undefined) book.find('prices', price, 'price')
      const same =
        [price ?? subscription.price, quantity ?? subscription.quantity].join() ===
        [subscription.price, subscription.quantity].join()
      const before = worth(book, subscription as never)
      Object.assign(subscription, {
        price: price ?? subscription.price,
        quantity: quantity ?? subscription.quantity,
        method: method ?? subscription.method,
      })
      const difference = same || proration === 'none' ? 0n : prorated(book, subscription, before)
      if (proration === 'now' && difference > 0n) collect(book, bill(book, subscription, difference))
      else subscription.owed = (subscription.owed ?? 0n) + difference
      tell(book, subscription)
      return shownSubscription(subscription)
    },
  ],
  ...(['pause', 'resume'] as const).map(
    (verb): Route => [
      'POST',
      `/subscriptions/:id/${verb}`,
      `subscriptions.${verb}`,
      ({ book, id }) => {
        const subscription = book.find('subscriptions', id)
        if (['canceled', 'unpaid'].includes(subscription.status)) throw new Refusal(409, 'subscription_ended')
        become(book, subscription, verb === 'pause' ? 'paused' : 'active')
        return shownSubscription(subscription)
      },
    ],
  ),
  [
    'POST',
    '/subscriptions/:id/cancel',
    'subscriptions.cancel',
    ({ book, id, body }) => {
      const subscription = book.find('subscriptions', id)
      if (body.at === 'period_end' && subscription.status !== 'canceled') {
        subscription.cancelAt = subscription.end
        tell(book, subscription)
      } else become(book, subscription, 'canceled')
      return shownSubscription(subscription)
    },
  ],
]
