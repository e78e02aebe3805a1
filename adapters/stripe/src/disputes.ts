import type { Dispute } from '@do/payments'
import type { FindContext } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { hasTrace, traceOf } from './metadata.ts'
import { moneyOf } from './money.ts'
import type { Finders, Operations } from './operations.ts'
import { paymentBehind } from './refunds.ts'
import { located, type Scope } from './scope.ts'
import { created, defined, instant, page, proven } from './shape.ts'
import { disputeStatus } from './status.ts'
import { owning, satisfied } from './steps.ts'

/** https://docs.stripe.com/api/disputes/object */
export function disputeOf(given: Stripe.Dispute, { handle }: Pick<Scope, 'handle'>): Dispute {
  const dispute = proven(given, 'dispute')
  return defined({
    id: handle(dispute.id),
    payment: handle(paymentBehind(dispute)),
    amount: moneyOf(dispute.amount, dispute.currency),
    status: disputeStatus(dispute.status),
    reason: dispute.reason,
    respondBy: instant(dispute.evidence_details?.due_by),
    createdAt: instant(dispute.created),
    raw: dispute,
  })
}

export function disputeOperations(client: GetClient): Operations['disputes'] {
  return {
    get: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      return disputeOf(await (await client()).disputes.retrieve(id, {}, at), scope)
    },
    list: async (input, context) => {
      const { disputes } = await client()
      const { at, id, ...scope } = owning(context, input.payment)
      const filter = defined({ payment_intent: id, ...created(input) })
      return page(
        input,
        (paging) => disputes.list({ ...filter, ...paging }, at),
        (one) => disputeOf(one, scope),
      )
    },
    submit: async (input, context) => {
      const { at, id, ...scope } = located(context, input.id)
      const { evidence } = input
      const body = {
        // Stated whole: what is not given is emptied, since Stripe adds to what it has.
        evidence: {
          uncategorized_text: evidence.explanation ?? '',
          customer_name: evidence.customerName ?? '',
          customer_email_address: evidence.customerEmail ?? '',
          product_description: evidence.productDescription ?? '',
          shipping_tracking_number: evidence.shippingTracking ?? '',
          shipping_date: evidence.shippedAt?.slice(0, 10) ?? '',
          refund_policy_disclosure: evidence.refundPolicy ?? '',
        },
        submit: input.submit,
        metadata: traceOf(context.reference, 'submitted'),
      }
      return disputeOf(await (await client()).disputes.update(id, body, { ...at, idempotencyKey: context.key }), scope)
    },
    accept: async (input, context) => {
      const { at, id, ...scope } = located(context, input)
      const { disputes } = await client()
      const dispute = await satisfied(
        () => disputes.close(id, {}, at),
        () => disputes.retrieve(id, {}, at),
        ({ status }) => status === 'lost',
      )
      return disputeOf(dispute, scope)
    },
  }
}

export const disputeFinders = (client: GetClient): Finders => ({
  'disputes.submit': async (input: { id: string }, context: FindContext) => {
    const { at, id, ...scope } = located(context, input.id)
    const dispute = await (await client()).disputes.retrieve(id, {}, at)
    return hasTrace(dispute, context.reference) ? disputeOf(dispute, scope) : undefined
  },
})
