import type { Price, Product } from '@do/payments'
import type { FindContext } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { metadataFor, metadataOf } from './metadata.ts'
import { currencyOf, insistOn, minorOf, moneyOf } from './money.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import { located, type Scope } from './scope.ts'
import { defined, idOf, page, proven } from './shape.ts'
import { owning } from './steps.ts'

type Handles = Pick<Scope, 'handle'>

function productOf(given: Stripe.Product, { handle }: Handles): Product {
  const product = proven(given, 'product')
  return defined({
    id: handle(product.id),
    name: product.name,
    description: product.description ?? undefined,
    active: product.active,
    metadata: metadataOf(product.metadata).metadata,
    raw: product,
  })
}

export function priceOf(given: Stripe.Price, { handle }: Handles): Price {
  const price = proven(given, 'price')
  if (price.unit_amount === null) throw new Error('The price has no amount.')
  const { recurring } = price
  return defined({
    id: handle(price.id),
    product: handle(idOf(price.product) as string),
    amount: moneyOf(price.unit_amount, price.currency),
    interval: recurring ? { unit: recurring.interval as 'day', count: recurring.interval_count } : undefined,
    active: price.active,
    raw: price,
  })
}

interface Interval {
  readonly unit: 'day' | 'week' | 'month' | 'year'
  readonly count: number
}

export const recurringOf = (interval: Interval | undefined) =>
  interval === undefined ? undefined : { interval: interval.unit, interval_count: interval.count }

export function productOperations(client: GetClient): Operations['products'] {
  return {
    create: async (input, context) => {
      const { name, description } = input
      const body = defined({ name, description, metadata: metadataFor(input, context.reference) })
      return productOf(await (await client()).products.create(body, { idempotencyKey: context.key }), context)
    },
    get: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      return productOf(await (await client()).products.retrieve(id, {}, at), scope)
    },
    update: async (input, context) => {
      const { at, id, ...scope } = located(context, input.id)
      const { name, description, active } = input
      const body = defined({ name, description, active, metadata: metadataFor(input) })
      return productOf(await (await client()).products.update(id, body, at), scope)
    },
    list: async (input, context) => {
      const { products } = await client()
      const filter = defined({ active: input.active })
      return page(
        input,
        (paging) => products.list({ ...filter, ...paging }),
        (one) => productOf(one, context),
      )
    },
  }
}

export function priceOperations(client: GetClient): Operations['prices'] {
  return {
    create: async (input, context) => {
      const { at, id: product, ...scope } = located(context, input.product)
      const { amount } = input
      const body = defined({
        product,
        unit_amount: minorOf(amount),
        currency: currencyOf(amount),
        recurring: recurringOf(input.interval),
        metadata: metadataFor(input, context.reference),
      })
      const price = await (await client()).prices.create(body, { ...at, idempotencyKey: context.key })
      insistOn(amount, { amount: proven(price, 'price').unit_amount ?? -1, currency: price.currency })
      return priceOf(price, scope)
    },
    get: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      return priceOf(await (await client()).prices.retrieve(id, {}, at), scope)
    },
    update: async (input, context) => {
      const { at, id, ...scope } = located(context, input.id)
      return priceOf(await (await client()).prices.update(id, { active: input.active }, at), scope)
    },
    list: async (input, context) => {
      const { prices } = await client()
      const { at, id, ...scope } = owning(context, input.product)
      const filter = defined({ product: id })
      return page(
        input,
        (paging) => prices.list({ ...filter, ...paging }, at),
        // Tiered prices and parts of a cent are no prices of this interface; `get` of one says so.
        (one) => (one.unit_amount === null ? undefined : priceOf(one, scope)),
      )
    },
  }
}

export const catalogueFinders = (client: GetClient): Finders => ({
  'products.create': async (_: unknown, context: FindContext) => {
    const { products } = await client()
    const found = await referenced(context, (paging) => products.list({ ...paging }))
    return found && productOf(found, context)
  },
  'prices.create': async (input: { product: string }, context: FindContext) => {
    const { at, id: product, ...scope } = located(context, input.product)
    const { prices } = await client()
    const found = await referenced(context, (paging) => prices.list({ product, ...paging }, at))
    return found && priceOf(found, scope)
  },
})
