import { type Payments, payments, toVendorMinor } from '@do/payments'
import { createProvider, type Descriptor, type Driver, type DriverContext, type Money, VendorRefusal } from '@do/provider'
import { type MemoryClient, type MemoryRequest, memoryClient, origin } from '../client.ts'
import type { MemoryOptions } from '../sms.ts'
import { recognises, toleranceSeconds, verified } from '../webhooks.ts'
import { eventOf } from './events.ts'
import * as read from './read.ts'
import { errors, fault } from './words.ts'

/** Every command that makes something takes an idempotency key, which the vendor remembers for a day, declines included. */
const keyed = { class: 'keyed', keyWindowMs: 86_400_000, keepsDeclines: true, settleMs: 2_000 } as const
/** Of what it made only charges can be looked for, by our reference. */
const found = { ...keyed, find: 'reference' } as const
const convergent = { class: 'convergent' } as const

const descriptor: Descriptor = {
  vendor: 'memory',
  docs: 'https://memory.example/docs',
  capabilities: Object.fromEntries(Object.keys(payments.capabilities).map((capability) => [capability, true as const])),
  limits: { webhookToleranceSeconds: toleranceSeconds },
  operations: Object.fromEntries(
    [...payments.flat]
      .filter(([, { kind }]) => kind === 'create' || kind === 'set')
      .map(([name, { kind }]) => [name, kind === 'create' ? (name === 'payments.create' ? found : keyed) : convergent]),
  ),
}

type Context = Pick<DriverContext, 'handle' | 'signal'>
type Read<T> = (raw: read.Raw, handle: Context['handle']) => T

const money = (value: Money | undefined, field?: string) =>
  value === undefined ? undefined : { value: toVendorMinor(value, read.vendorMoney, field).toString(), currency: value.currency }

/** Amounts that the vendor cannot write are refused before anything is sent. */
function check(_operation: string, input: { amount?: Money; split?: { fee?: Money }; lines?: readonly { amount?: Money }[] }) {
  if (typeof input !== 'object') return
  money(input.amount, 'amount')
  money(input.split?.fee, 'split.fee')
  for (const [index, line] of (input.lines ?? []).entries()) money(line.amount, `lines.${index}.amount`)
}

export function memoryPaymentsDriver(options: MemoryOptions): Driver<typeof payments, MemoryClient> {
  let made: MemoryClient | undefined
  const client = async () => (made ??= memoryClient(options))
  const secrets = typeof options.webhookSecret === 'string' ? [options.webhookSecret] : options.webhookSecret
  const ask = async (method: string, path: string, more: MemoryRequest) => (await client()).request(method, path, more)

  const page = async <T>(path: string, query: MemoryRequest['query'], { handle, signal }: Context, as: Read<T>) => {
    const { items, cursor } = await ask('GET', path, { query: query ?? {}, signal })
    return { items: (items as read.Raw[]).map((raw) => as(raw, handle)), ...(typeof cursor === 'string' ? { cursor } : {}) }
  }
  /** Makes something once, under the intent's key. */
  const make = async <T>(path: string, body: object, context: DriverContext, as: Read<T>) => {
    const { key, reference, signal, handle } = context
    return as(await ask('POST', path, { body: { ...body, client_ref: reference }, key, signal }), handle)
  }
  /** States how something shall be. */
  const state = async <T>(method: string, path: string, body: object, { signal, handle }: Context, as: Read<T>) =>
    as(await ask(method, path, { body, signal }), handle)
  const getter =
    <T>(path: string, as: Read<T>) =>
    async (handle: string, context: DriverContext) =>
      as(await ask('GET', `/${path}/${context.id(handle)}`, { signal: context.signal }), context.handle)
  /** The vendor's ids in place of the handles of an input. */
  const at = ({ id }: DriverContext, handle: string | undefined) => (handle === undefined ? undefined : id(handle))
  const removed = (path: string) => async (handle: string, context: DriverContext) => {
    try {
      await ask('DELETE', `/${path}/${context.id(handle)}`, { signal: context.signal })
    } catch (error) {
      // Gone is what was wanted.
      if (fault(error).vendorCode !== 'not_found') throw error
    }
    return { id: handle, deleted: true as const }
  }
  const person = ({ name, email, phone, reference, metadata }: Record<string, any>) => ({
    name,
    email,
    phone,
    reference,
    metadata,
  })

  return {
    descriptor,
    client,
    errors,
    fault,
    check,
    operations: {
      payments: {
        create: (input, context) => {
          const { amount, method, customer, capture, returnUrl, offSession, saveMethod, split } = input
          const { description, statementDescriptor, reference, metadata } = input
          const body = {
            ...{ amount: money(amount), method: at(context, method as string | undefined), customer: at(context, customer) },
            ...{
              capture,
              return_url: returnUrl,
              off_session: offSession,
              save_method: saveMethod,
              description,
              reference,
              metadata,
            },
            descriptor: statementDescriptor,
            split: split === undefined ? undefined : { account: at(context, split.account), fee: money(split.fee) },
          }
          return make('/payments', body, context, read.payment)
        },
        confirm: ({ id, method, returnUrl, result }, context) => {
          const body = { method: at(context, method), return_url: returnUrl, result }
          return make(`/payments/${context.id(id)}/confirm`, body, context, read.payment)
        },
        capture: ({ id, amount, final }, context) =>
          make(`/payments/${context.id(id)}/capture`, { amount: money(amount), final }, context, read.payment),
        cancel: (id, context) => state('POST', `/payments/${context.id(id)}/cancel`, {}, context, read.payment),
        get: getter('payments', read.payment),
        list: ({ customer, ...filters }, context) =>
          page('/payments', { ...filters, customer: at(context, customer) }, context, read.payment),
      },
      refunds: {
        create: ({ payment, amount, reason, reverseTransfer, refundFee, metadata }, context) => {
          const body = { payment: at(context, payment), amount: money(amount), reason, metadata }
          const parts = { reverse_transfer: reverseTransfer, refund_fee: refundFee }
          return make('/refunds', { ...body, ...parts }, context, read.refund)
        },
        get: getter('refunds', read.refund),
        list: ({ payment, ...filters }, context) =>
          page('/refunds', { ...filters, payment: at(context, payment) }, context, read.refund),
      },
      customers: {
        create: (input, context) => make('/customers', person(input), context, read.customer),
        get: getter('customers', read.customer),
        update: ({ id, defaultMethod, ...input }, context) => {
          const body = { ...person(input), default_method: at(context, defaultMethod) }
          return state('PATCH', `/customers/${context.id(id)}`, body, context, read.customer)
        },
        delete: removed('customers'),
        list: (filters, context) => page('/customers', filters, context, read.customer),
      },
      methods: {
        attach: ({ id, customer }, context) =>
          state('POST', `/customers/${context.id(customer)}/methods`, { method: at(context, id) }, context, read.method),
        detach: removed('methods'),
        list: ({ customer, ...filters }, context) =>
          page(`/customers/${context.id(customer)}/methods`, filters, context, read.method),
      },
      checkout: {
        create: ({ lines, mode, customer, expiresAt, reference, metadata, successUrl, cancelUrl }, context) => {
          const wanted = lines.map((line) =>
            'price' in line
              ? { price: at(context, line.price), quantity: line.quantity }
              : { name: line.name, amount: money(line.amount), quantity: line.quantity, interval: line.interval },
          )
          const urls = { success_url: successUrl, cancel_url: cancelUrl, expires_at: expiresAt }
          const body = { lines: wanted, mode, customer: at(context, customer), reference, metadata, ...urls }
          return make('/checkouts', body, context, read.checkout)
        },
        get: getter('checkouts', read.checkout),
        expire: (id, context) => state('POST', `/checkouts/${context.id(id)}/expire`, {}, context, read.checkout),
      },
      products: {
        create: ({ name, description, metadata }, context) =>
          make('/products', { name, description, metadata }, context, read.product),
        get: getter('products', read.product),
        update: ({ id, ...changes }, context) => state('PATCH', `/products/${context.id(id)}`, changes, context, read.product),
        list: ({ active, ...filters }, context) =>
          page('/products', { ...filters, active: active === undefined ? undefined : String(active) }, context, read.product),
      },
      prices: {
        create: ({ product, amount, interval, metadata }, context) =>
          make('/prices', { product: at(context, product), amount: money(amount), interval, metadata }, context, read.price),
        get: getter('prices', read.price),
        update: ({ id, active }, context) => state('PATCH', `/prices/${context.id(id)}`, { active }, context, read.price),
        list: ({ product, ...filters }, context) =>
          page('/prices', { ...filters, product: at(context, product) }, context, read.price),
      },
      subscriptions: {
        create: ({ customer, price, quantity, method, trialDays, reference, metadata }, context) => {
          const whose = { customer: at(context, customer), price: at(context, price), method: at(context, method) }
          return make(
            '/subscriptions',
            { ...whose, quantity, trial_days: trialDays, reference, metadata },
            context,
            read.subscription,
          )
        },
        get: getter('subscriptions', read.subscription),
        change: ({ id, price, quantity, method, proration }, context) => {
          const body = { price: at(context, price), quantity, method: at(context, method), proration }
          return state('PATCH', `/subscriptions/${context.id(id)}`, body, context, read.subscription)
        },
        pause: ({ id, resumeAt }, context) =>
          state('POST', `/subscriptions/${context.id(id)}/pause`, { resume_at: resumeAt }, context, read.subscription),
        resume: (id, context) => state('POST', `/subscriptions/${context.id(id)}/resume`, {}, context, read.subscription),
        cancel: ({ id, at: when }, context) =>
          state('POST', `/subscriptions/${context.id(id)}/cancel`, { at: when }, context, read.subscription),
        list: ({ customer, ...filters }, context) =>
          page('/subscriptions', { ...filters, customer: at(context, customer) }, context, read.subscription),
      },
      invoices: {
        create: ({ customer, lines, dueDays, description, reference, metadata }, context) => {
          const wanted = lines.map(({ name, amount, quantity }) => ({ name, amount: money(amount), quantity }))
          const body = { customer: at(context, customer), lines: wanted, due_days: dueDays, description, reference, metadata }
          return make('/invoices', body, context, read.invoice)
        },
        get: getter('invoices', read.invoice),
        list: ({ customer, subscription, ...filters }, context) => {
          const query = { ...filters, customer: at(context, customer), subscription: at(context, subscription) }
          return page('/invoices', query, context, read.invoice)
        },
        finalize: (id, context) => state('POST', `/invoices/${context.id(id)}/finalize`, {}, context, read.invoice),
        pay: ({ id, method }, context) =>
          make(`/invoices/${context.id(id)}/pay`, { method: at(context, method) }, context, read.invoice),
        void: (id, context) => state('POST', `/invoices/${context.id(id)}/void`, {}, context, read.invoice),
      },
      accounts: {
        create: ({ country, email, type, name, reference, metadata }, context) =>
          make('/accounts', { country, email, type, name, reference, metadata }, context, read.account),
        get: getter('accounts', read.account),
        list: (filters, context) => page('/accounts', filters, context, read.account),
        onboardingLink: async ({ account, returnUrl, refreshUrl }, context) => {
          const body = { return_url: returnUrl, refresh_url: refreshUrl }
          const path = `/accounts/${context.id(account)}/link`
          const { url, expires_at: expiresAt } = await ask('POST', path, { body, signal: context.signal })
          return { account, url: String(url), expiresAt: String(expiresAt) }
        },
      },
      transfers: {
        create: ({ account, amount, payment, reference, metadata }, context) => {
          const body = {
            account: at(context, account),
            amount: money(amount),
            payment: at(context, payment),
            reference,
            metadata,
          }
          return make('/transfers', body, context, read.transfer)
        },
        reverse: ({ id, amount, metadata }, context) =>
          make(`/transfers/${context.id(id)}/reverse`, { amount: money(amount), metadata }, context, read.transfer),
        get: getter('transfers', read.transfer),
        list: ({ account, ...filters }, context) =>
          page('/transfers', { ...filters, account: at(context, account) }, context, read.transfer),
      },
      payouts: {
        create: ({ amount, account, speed, reference, metadata }, context) => {
          const body = { amount: money(amount), account: at(context, account), speed, reference, metadata }
          return make('/payouts', body, context, read.payout)
        },
        get: getter('payouts', read.payout),
        list: ({ account, ...filters }, context) =>
          page('/payouts', { ...filters, account: at(context, account) }, context, read.payout),
        cancel: (id, context) => state('POST', `/payouts/${context.id(id)}/cancel`, {}, context, read.payout),
      },
      balance: {
        get: async ({ account }, context) => {
          const query = { account: at(context, account) }
          const raw = await ask('GET', '/balance', { query, signal: context.signal })
          return read.balance(raw, context.handle, options.name ?? descriptor.vendor)
        },
        transactions: ({ account, payout, ...filters }, context) => {
          const query = { ...filters, account: at(context, account), payout: at(context, payout) }
          return page('/balance/transactions', query, context, read.transaction)
        },
      },
      disputes: {
        get: getter('disputes', read.dispute),
        list: ({ payment, ...filters }, context) =>
          page('/disputes', { ...filters, payment: at(context, payment) }, context, read.dispute),
        submit: ({ id, evidence, submit }, context) =>
          make(`/disputes/${context.id(id)}/evidence`, { evidence, submit }, context, read.dispute),
        accept: (id, context) => state('POST', `/disputes/${context.id(id)}/accept`, {}, context, read.dispute),
      },
    },
    find: {
      'payments.create': async (_input, { reference, signal, handle }) => {
        const { items } = await ask('GET', '/payments', { query: { client_ref: reference }, signal })
        const [raw] = items as read.Raw[]
        if (raw?.status === 'failed') throw new VendorRefusal(String(raw.failure))
        return raw && read.payment(raw, handle)
      },
    },
    webhooks: {
      recognises,
      receive: async (request, context) => {
        const event = await verified(request, secrets, context)
        return [eventOf(event, (id) => context.handle(id))]
      },
    },
  }
}

/** Payments at the invented vendor: the reference that the suite itself is tested with. */
export function memoryPayments(options: MemoryOptions): Payments & { readonly client: Promise<MemoryClient> } {
  return createProvider(payments, memoryPaymentsDriver(options), { ...options, defaultBaseUrl: origin })
}
