import type { Payout } from '@do/payments'
import type { FindContext, Money } from '@do/provider'
import type { Stripe } from 'stripe'
import type { GetClient } from './client.ts'
import { metadataFor, metadataOf } from './metadata.ts'
import { currencyOf, insistOn, minorOf, moneyOf } from './money.ts'
import type { Finders, Operations } from './operations.ts'
import { referenced } from './referenced.ts'
import { located, type Scope, scopeOf } from './scope.ts'
import { created, defined, instant, page, proven } from './shape.ts'
import { payoutStatus } from './status.ts'
import { satisfied } from './steps.ts'

/** https://docs.stripe.com/api/payouts/object. In the name of an account its handle is `acct_…/po_…`. */
export function payoutOf(given: Stripe.Payout, { handle, account, platform }: Scope): Payout {
  const payout = proven(given, 'payout')
  return defined({
    id: handle(payout.id),
    amount: moneyOf(payout.amount, payout.currency),
    status: payoutStatus(payout.status),
    account: account && platform(account),
    arrivesAt: instant(payout.arrival_date),
    vendorCode: payout.failure_code ?? undefined,
    ...metadataOf(payout.metadata),
    reconciled: payout.reconciliation_status === 'completed',
    createdAt: instant(payout.created),
    raw: payout,
  })
}

export function payoutOperations(client: GetClient): Operations['payouts'] {
  return {
    create: async (input, context) => {
      const scope = scopeOf(context, input.account && context.id(input.account))
      const { amount } = input
      const body = {
        amount: minorOf(amount),
        currency: currencyOf(amount),
        method: input.speed,
        metadata: metadataFor(input, context.reference),
      }
      const payout = await (await client()).payouts.create(body, { ...scope.at, idempotencyKey: context.key })
      insistOn(amount, proven(payout, 'payout'))
      return payoutOf(payout, scope)
    },
    get: async (input, context) => {
      const { id, ...scope } = located(context, input)
      return payoutOf(await (await client()).payouts.retrieve(id, {}, scope.at), scope)
    },
    list: async (input, context) => {
      const scope = scopeOf(context, input.account && context.id(input.account))
      const { payouts } = await client()
      const filter = created(input)
      return page(
        input,
        (paging) => payouts.list({ ...filter, ...paging }, scope.at),
        (one) => payoutOf(one, scope),
      )
    },
    cancel: async (input, context) => {
      const { id, ...scope } = located(context, input)
      const { payouts } = await client()
      const payout = await satisfied(
        () => payouts.cancel(id, {}, scope.at),
        () => payouts.retrieve(id, {}, scope.at),
        ({ status }) => status === 'canceled',
      )
      return payoutOf(payout, scope)
    },
  }
}

export const payoutFinders = (client: GetClient): Finders => ({
  'payouts.create': async (input: { account?: string; amount: Money }, context: FindContext) => {
    const scope = scopeOf(context, input.account && context.id(input.account))
    const { payouts } = await client()
    const found = await referenced(context, (paging) => payouts.list({ ...paging }, scope.at))
    if (found === undefined) return undefined
    insistOn(input.amount, found)
    return payoutOf(found, scope)
  },
})
