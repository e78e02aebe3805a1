import type { ProviderError } from '@do/provider'
import type { Mutant } from './mutant.ts'
import { doesNothing, misread, mistaken, miswritten, replaced, retold, unfiltered } from './payments-tools.ts'

const mangled = (group: string, caughtBy: string) =>
  replaced(`${group}/another-id`, 'Reads a thing back under another id.', [caughtBy], group, ({ get }) => ({
    get: async (id: string, options: any) => ({ ...(await get(id, options)), id: `${id}0` }),
  }))
const singly = (body: any) => {
  for (const line of body.lines) line.quantity = 1
}

/** Wrong about customers, pages, the catalogue, subscriptions and invoices. */
export const sellingMutants: readonly Mutant[] = [
  misread(
    'customers/no-phone',
    'Forgets phone numbers.',
    ['customers.create.kept', 'customers.update.changes'],
    'cus',
    (thing) => delete thing.phone,
  ),
  mangled('customers', 'customers.get.same'),
  miswritten(
    'customers/puts-all',
    'Clears what it is not given.',
    ['customers.update.changes'],
    'PATCH /customers/:id',
    (body) => {
      body.name ??= ''
    },
  ),
  replaced('customers/keeps', 'Says deleted, and keeps everything.', ['customers.delete.gone'], 'customers', () => ({
    delete: async (id: string) => ({ id, deleted: true }),
  })),
  unfiltered('/customers', 'email', 'customers.list.email'),
  replaced('methods/given-id', 'Answers with the id that it was given.', ['methods.attach.kept'], 'methods', ({ attach }) => ({
    attach: async (input: any, options: any) => ({ ...(await attach(input, options)), id: input.id }),
  })),
  replaced('methods/keeps', 'Says forgotten, and remembers.', ['methods.detach.forgotten'], 'methods', () => ({
    detach: async (id: string) => ({ id, deleted: true }),
  })),
  replaced(
    'methods/of-anybody',
    'Lists the methods of whoever was asked for first.',
    ['methods.list.own'],
    'methods',
    ({ list }) => {
      let first: any
      return {
        list: (input: any, options: any) => {
          first ??= input
          return list(first, options)
        },
      }
    },
  ),
  miswritten(
    'customers/no-default',
    'Drops the default method.',
    ['customers.update.default-method'],
    'PATCH /customers/:id',
    (body) => {
      delete body.default_method
    },
  ),
  miswritten(
    'checkout/one-of-each',
    'Charges one of each, however many are wanted.',
    ['checkout.create.total'],
    'POST /checkouts',
    singly,
  ),
  misread('checkout/no-address', 'Does not say where the page is.', ['checkout.create.page'], 'co', (thing) => delete thing.url),
  misread(
    'checkout/always-open',
    'Reads every page as open.',
    ['checkout.create.paid', 'checkout.create.expires', 'checkout.expire.closed'],
    'co',
    (thing) => {
      thing.status = 'open'
    },
  ),
  mistaken('co', 'open', 'complete', ['checkout.create.page', 'checkout.create.left', 'checkout.get.same']),
  misread(
    'checkout/leads-nowhere',
    'Does not say what became of a page.',
    ['checkout.create.paid', 'checkout.create.subscribes'],
    'co',
    (thing) => {
      delete thing.payment
      delete thing.subscription
    },
  ),
  retold('deaf-to-pages', 'Hears of refunds only.', ['checkout.create.told'], (event) =>
    event.type === 'refund.updated' ? event : undefined,
  ),
  doesNothing('checkout', 'expire', ['checkout.expire.closed'], { status: 'expired' }),
  mangled('products', 'products.get.same'),
  miswritten('products/puts-all', 'Clears what it is not given.', ['products.update.changes'], 'PATCH /products/:id', (body) => {
    body.description ??= ''
  }),
  unfiltered('/products', 'active', 'products.list.active'),
  miswritten(
    'prices/no-interval',
    'Drops the interval.',
    ['prices.create.exact', 'subscriptions.create.charges'],
    'POST /prices',
    (body) => {
      delete body.interval
    },
  ),
  misread(
    'prices/monthly',
    'Thinks that every price is monthly.',
    ['prices.get.once', 'prices.create.exact'],
    'price',
    (thing) => {
      thing.interval = { unit: 'month', count: 1 }
    },
  ),
  doesNothing('prices', 'update', ['prices.update.closes']),
  unfiltered('/prices', 'product', 'prices.list.product'),
  miswritten(
    'subscriptions/one',
    'Subscribes one, however many are wanted.',
    ['subscriptions.create.charges'],
    'POST /subscriptions',
    (body) => {
      body.quantity = 1
    },
  ),
  misread(
    'subscriptions/no-period',
    'Does not say what is paid.',
    ['subscriptions.create.period'],
    'sub',
    (thing) => delete thing.period,
  ),
  miswritten(
    'subscriptions/no-trial',
    'Drops the trial.',
    ['subscriptions.create.trial', 'subscriptions.create.dunned'],
    'POST /subscriptions',
    (body) => {
      delete body.trial_days
    },
  ),
  replaced(
    'subscriptions/once',
    'Ends every subscription with its first period.',
    ['subscriptions.create.renews'],
    'subscriptions',
    ({ create, cancel }) => ({
      create: async (input: any, options: any) => {
        const made = await create(input, options)
        await cancel({ id: made.id, at: 'period_end' })
        return made
      },
    }),
  ),
  mistaken('sub', 'incomplete', 'active', ['subscriptions.create.declined']),
  mistaken('sub', 'past_due', 'active', ['subscriptions.create.dunned']),
  mangled('subscriptions', 'subscriptions.get.same'),
  miswritten(
    'subscriptions/never-prorates',
    'Never charges the difference.',
    ['subscriptions.change.at-once'],
    'PATCH /subscriptions/:id',
    (body) => {
      body.proration = 'none'
    },
  ),
  miswritten(
    'subscriptions/always-prorates',
    'Always charges the difference.',
    ['subscriptions.change.next-time'],
    'PATCH /subscriptions/:id',
    (body) => {
      body.proration = 'now'
    },
  ),
  doesNothing('subscriptions', 'pause', ['subscriptions.pause.stops'], { status: 'paused' }),
  doesNothing('subscriptions', 'resume', ['subscriptions.resume.goes-on'], { status: 'active' }),
  miswritten(
    'subscriptions/ends-late',
    'Ends with the period, always.',
    ['subscriptions.cancel.now'],
    'POST /subscriptions/:id/cancel',
    (body) => {
      body.at = 'period_end'
    },
  ),
  miswritten(
    'subscriptions/ends-early',
    'Ends at once, always.',
    ['subscriptions.cancel.period-end'],
    'POST /subscriptions/:id/cancel',
    (body) => {
      delete body.at
    },
  ),
  unfiltered('/subscriptions', 'customer', 'subscriptions.list.customer'),
  miswritten(
    'invoices/one-of-each',
    'Asks for one of each, however many are wanted.',
    ['invoices.create.total', 'invoices.pay.paid'],
    'POST /invoices',
    singly,
  ),
  doesNothing('invoices', 'finalize', ['invoices.finalize.open', 'invoices.pay.paid'], { status: 'open' }),
  replaced(
    'invoices/decline-is-fine',
    'Takes a declined invoice for collected.',
    ['invoices.pay.declined'],
    'invoices',
    ({ pay, get }) => ({
      pay: (input: any, options: any) =>
        pay(input, options).catch((error: ProviderError) =>
          error.fault === 'declined'
            ? get(input.id).then((invoice: any) => ({ ...invoice, status: 'paid' }))
            : Promise.reject(error),
        ),
    }),
  ),
  doesNothing('invoices', 'void', ['invoices.void.closed'], { status: 'void' }),
  unfiltered('/invoices', 'customer', 'invoices.list.customer'),
]
