import type { Transfer } from '@do/payments'
import { type DriverContext, type FindContext, type Money, VendorRefusal } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { metadataFor, metadataOf } from './metadata.ts'
import { currencyOf, insistOn, minorOf, moneyOf } from './money.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import type { Scope } from './scope.ts'
import { created, defined, idOf, instant, page, proven, whole } from './shape.ts'
import { transferStatus } from './status.ts'
import { sameCurrency } from './steps.ts'

/** The payment is known only by way of its charge. */
const expand = ['source_transaction']

/** https://docs.stripe.com/api/transfers/object */
export function transferOf(given: Stripe.Transfer, { handle }: Pick<Scope, 'handle'>): Transfer {
  const transfer = proven(given, 'transfer')
  const charge = whole(transfer.source_transaction)
  const payment = charge && (idOf(charge.payment_intent) ?? charge.id)
  return defined({
    id: handle(transfer.id),
    account: handle(idOf(transfer.destination) as string),
    amount: moneyOf(transfer.amount, transfer.currency),
    reversed: transfer.amount_reversed ? moneyOf(transfer.amount_reversed, transfer.currency) : undefined,
    status: transferStatus(transfer),
    payment: payment && handle(payment),
    ...metadataOf(transfer.metadata),
    createdAt: instant(transfer.created),
    raw: transfer,
  })
}

/** @throws VendorRefusal for a payment that has no money yet: without its charge Stripe would take it from the balance. */
async function chargeOf({ paymentIntents }: Stripe, payment: string, context: DriverContext): Promise<string> {
  const intent = proven(await paymentIntents.retrieve(context.id(payment)), 'payment_intent')
  const charge = idOf(intent.latest_charge)
  if (charge === undefined) throw new VendorRefusal('payment_intent_unexpected_state')
  return charge
}

export function transferOperations(client: GetClient): Operations['transfers'] {
  return {
    create: async (input, context) => {
      const { amount } = input
      const stripe = await client()
      const body = defined({
        amount: minorOf(amount),
        currency: currencyOf(amount),
        destination: context.id(input.account),
        source_transaction: input.payment && (await chargeOf(stripe, input.payment, context)),
        metadata: metadataFor(input, context.reference),
        expand,
      })
      const transfer = await stripe.transfers.create(body, { idempotencyKey: context.key })
      insistOn(amount, proven(transfer, 'transfer'))
      return transferOf(transfer, context)
    },
    reverse: async (input, context) => {
      const id = context.id(input.id)
      const { transfers } = await client()
      const { amount } = input
      await sameCurrency(amount, () => transfers.retrieve(id))
      const body = defined({
        amount: amount && minorOf(amount),
        metadata: metadataFor(input, context.reference),
        expand: ['transfer.source_transaction'],
      })
      const reversal = proven(await transfers.createReversal(id, body, { idempotencyKey: context.key }), 'transfer_reversal')
      if (amount !== undefined) insistOn(amount, reversal)
      return transferOf(whole(reversal.transfer) as Stripe.Transfer, context)
    },
    get: async (input, context) => transferOf(await (await client()).transfers.retrieve(context.id(input), { expand }), context),
    list: async (input, context) => {
      const { transfers } = await client()
      const destination = input.account && context.id(input.account)
      const filter = defined({ destination, ...created(input), expand: ['data.source_transaction'] })
      return page(
        input,
        (paging) => transfers.list({ ...filter, ...paging }),
        (one) => transferOf(one, context),
      )
    },
  }
}

export const transferFinders = (client: GetClient): Finders => ({
  'transfers.create': async (input: { account: string; amount: Money }, context: FindContext) => {
    const { transfers } = await client()
    const filter = { destination: context.id(input.account), expand: ['data.source_transaction'] }
    const found = await referenced(context, (paging) => transfers.list({ ...filter, ...paging }))
    if (found === undefined) return undefined
    insistOn(input.amount, found)
    return transferOf(found, context)
  },
  'transfers.reverse': async (input: { id: string; amount?: Money }, context: FindContext) => {
    const id = context.id(input.id)
    const { transfers } = await client()
    const found = await referenced(context, ({ created: _, ...paging }) => transfers.listReversals(id, paging))
    if (found === undefined) return undefined
    if (input.amount !== undefined) insistOn(input.amount, found)
    return transferOf(await transfers.retrieve(id, { expand }), context)
  },
})
