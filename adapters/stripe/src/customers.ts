import type { Customer, PaymentMethod } from '@do/payments'
import type { FindContext } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { metadataFor, metadataOf } from './metadata.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import { bare, located, type Scope } from './scope.ts'
import { created, defined, idOf, instant, page, proven } from './shape.ts'
import { satisfied } from './steps.ts'

type Handles = Pick<Scope, 'handle'>

/** https://docs.stripe.com/api/customers/object */
export function customerOf(given: Stripe.Customer | Stripe.DeletedCustomer, { handle }: Handles): Customer {
  const customer = proven(given, 'customer')
  if (customer.deleted) return { id: handle(customer.id), deleted: true, raw: customer }
  const method = idOf(customer.invoice_settings?.default_payment_method)
  return defined({
    id: handle(customer.id),
    name: customer.name ?? undefined,
    email: customer.email ?? undefined,
    phone: customer.phone ?? undefined,
    defaultMethod: method && handle(method),
    ...metadataOf(customer.metadata),
    createdAt: instant(customer.created),
    raw: customer,
  })
}

/** https://docs.stripe.com/api/payment_methods/object */
export function methodOf(given: Stripe.PaymentMethod, { handle }: Handles): PaymentMethod {
  const method = proven(given, 'payment_method')
  const customer = idOf(method.customer)
  const { card } = method
  return defined({
    id: handle(method.id),
    customer: customer && handle(customer),
    type: method.type,
    card: card
      ? defined({ brand: card.brand, last4: card.last4, expiry: { month: card.exp_month, year: card.exp_year } })
      : undefined,
    raw: method,
  })
}

export function customerOperations(client: GetClient): Operations['customers'] {
  return {
    create: async (input, context) => {
      const { name, email, phone } = input
      const body = defined({ name, email, phone, metadata: metadataFor(input, context.reference) })
      return customerOf(await (await client()).customers.create(body, { idempotencyKey: context.key }), context)
    },
    get: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      return customerOf(await (await client()).customers.retrieve(id, {}, at), scope)
    },
    update: async (input, context) => {
      const { at, id, ...scope } = located(context, input.id)
      const { name, email, phone } = input
      const method = bare(context, input.defaultMethod)
      const body = defined({
        name,
        email,
        phone,
        invoice_settings: method ? { default_payment_method: method } : undefined,
        metadata: metadataFor(input),
      })
      return customerOf(await (await client()).customers.update(id, body, at), scope)
    },
    delete: async (input, context) => {
      const { at, id } = located(context, input)
      const { customers } = await client()
      const gone = await satisfied<Stripe.Customer | Stripe.DeletedCustomer>(
        () => customers.del(id, {}, at),
        () => customers.retrieve(id, {}, at),
        ({ deleted }) => Boolean(deleted),
      )
      proven(gone, 'customer')
      return { id: input, deleted: true }
    },
    list: async (input, context) => {
      const { customers } = await client()
      const filter = defined({ email: input.email, ...created(input) })
      return page(
        input,
        (paging) => customers.list({ ...filter, ...paging }),
        (one) => customerOf(one, context),
      )
    },
  }
}

export function methodOperations(client: GetClient): Operations['methods'] {
  return {
    attach: async (input, context) => {
      const { at, id: customer, ...scope } = located(context, input.customer)
      const id = bare(context, input.id) as string
      const { paymentMethods } = await client()
      const method = await satisfied(
        () => paymentMethods.attach(id, { customer }, at),
        () => paymentMethods.retrieve(id, {}, at),
        (now) => idOf(now.customer) === customer,
      )
      return methodOf(method, scope)
    },
    detach: async (input, context) => {
      const { at, id } = located(context, input)
      const { paymentMethods } = await client()
      const method = await satisfied(
        () => paymentMethods.detach(id, {}, at),
        () => paymentMethods.retrieve(id, {}, at),
        (now) => now.customer === null,
      )
      proven(method, 'payment_method')
      return { id: input, deleted: true }
    },
    list: async (input, context) => {
      const { at, id: customer, ...scope } = located(context, input.customer)
      const { paymentMethods } = await client()
      return page(
        input,
        (paging) => paymentMethods.list({ customer, ...paging }, at),
        (one) => methodOf(one, scope),
      )
    },
  }
}

export const customerFinders = (client: GetClient): Finders => ({
  'customers.create': async (_: unknown, context: FindContext) => {
    const { customers } = await client()
    const found = await referenced(context, (paging) => customers.list({ ...paging }))
    return found && customerOf(found, context)
  },
})
