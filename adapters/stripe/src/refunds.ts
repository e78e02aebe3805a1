import type { Refund } from '@do/payments'
import type { FindContext, Money } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { metadataFor, metadataOf } from './metadata.ts'
import { insistOn, minorOf, moneyOf } from './money.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import { located, type Scope } from './scope.ts'
import { created, defined, idOf, instant, page, proven } from './shape.ts'
import { refundStatus } from './status.ts'
import { owning, sameCurrency } from './steps.ts'

/** https://docs.stripe.com/api/refunds/object */
export function refundOf(given: Stripe.Refund, { handle }: Pick<Scope, 'handle'>): Refund {
  const refund = proven(given, 'refund')
  return defined({
    id: handle(refund.id),
    payment: handle(paymentBehind(refund)),
    status: refundStatus(refund.status),
    amount: moneyOf(refund.amount, refund.currency),
    vendorCode: refund.failure_reason,
    metadata: metadataOf(refund.metadata).metadata,
    createdAt: instant(refund.created),
    raw: refund,
  })
}

/** What was authorised and let go Stripe writes down as a refund, too; but no money went anywhere. */
export const isRelease = ({ status, balance_transaction }: Stripe.Refund): boolean =>
  status === 'succeeded' && balance_transaction === null

/** Charges that were not made by a payment intent are payments of their own. */
export function paymentBehind(thing: {
  payment_intent?: string | { id: string } | null
  charge?: string | { id: string } | null
}): string {
  const id = idOf(thing.payment_intent) ?? idOf(thing.charge)
  if (id === undefined) throw new Error('The answer names no payment.')
  return id
}

export function refundOperations(client: GetClient): Operations['refunds'] {
  return {
    create: async (input, context) => {
      const { at, id, ...scope } = located(context, input.payment)
      const { paymentIntents, refunds } = await client()
      const { amount } = input
      await sameCurrency(amount, () => paymentIntents.retrieve(id, {}, at))
      const body = defined({
        payment_intent: id,
        amount: amount && minorOf(amount),
        reason: input.reason,
        reverse_transfer: input.reverseTransfer || undefined,
        // Stripe refuses to give back a fee that there was not.
        refund_application_fee: input.refundFee || undefined,
        metadata: metadataFor(input, context.reference),
      })
      const refund = proven(await refunds.create(body, { ...at, idempotencyKey: context.key }), 'refund')
      if (amount !== undefined) insistOn(amount, refund)
      return refundOf(refund, scope)
    },
    get: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      return refundOf(await (await client()).refunds.retrieve(id, {}, at), scope)
    },
    list: async (input, context) => {
      const { refunds } = await client()
      const { at, id, ...scope } = owning(context, input.payment)
      const filter = defined({ payment_intent: id, ...created(input) })
      return page(
        input,
        (paging) => refunds.list({ ...filter, ...paging }, at),
        (one) => (isRelease(one) ? undefined : refundOf(one, scope)),
      )
    },
  }
}

export const refundFinders = (client: GetClient): Finders => ({
  'refunds.create': async (input: { payment: string; amount?: Money }, context: FindContext) => {
    const { at, id, ...scope } = located(context, input.payment)
    const { refunds } = await client()
    const filter = { payment_intent: id }
    const found = await referenced(context, (paging) => refunds.list({ ...filter, ...paging }, at))
    if (found === undefined) return undefined
    if (input.amount !== undefined) insistOn(input.amount, found)
    return refundOf(found, scope)
  },
})
