import type { Refund } from '@do/payments'
import { type DriverCalls, type FindContext, VendorRefusal } from '@do/provider'
import type { Square, SquareClient } from 'square'
import { defined, pageOf, rows, type SquareOptions, shortKey, within } from './client.ts'
import { amountOf, checkMoney, insistOn, toSquare } from './money.ts'
import { anyReference, checkLength, pack, unpack } from './note.ts'
import { refundOf } from './payment-map.ts'
import type { Input, Tree } from './payments.ts'

type Create = Input<'refunds', 'create'>

/** What Square shows as the reason, and keeps for us. */
const reasonOf = ({ reason, metadata }: Create, reference: string) =>
  pack(reason?.replaceAll('_', ' '), { do: reference, meta: metadata }) as string

export function checkRefund(given: Create, options: SquareOptions): void {
  if (given.amount !== undefined) checkMoney(given.amount, options)
  checkLength(reasonOf(given, anyReference), 192, 'metadata')
}

export function refundCalls(
  client: () => Promise<SquareClient>,
  read: (id: string) => Promise<Square.Payment>,
  { locationId }: SquareOptions,
) {
  const get = async (refundId: string) => (await (await client()).refunds.get({ refundId })).refund

  const calls: DriverCalls<Tree>['refunds'] = {
    create: async (given, context) => {
      const paymentId = context.id(given.payment)
      const payment = await read(paymentId)
      const { currency } = payment.totalMoney ?? {}
      const left = amountOf(payment.totalMoney) - amountOf(payment.refundedMoney)
      if (given.amount !== undefined && given.amount.currency !== currency) throw new VendorRefusal('other-currency')
      const amount = given.amount?.amount ?? left
      if (amount <= 0n) throw new VendorRefusal('refund:nothing-left')
      // The part of the app fee that goes with this part of the payment.
      const fee = given.refundFee ? (amountOf(payment.appFeeMoney) * amount) / amountOf(payment.totalMoney) : 0n
      const { refund } = await (await client()).refunds.refundPayment(
        defined({
          idempotencyKey: await shortKey(context.key),
          paymentId,
          amountMoney: toSquare({ amount, currency: currency as string }),
          appFeeMoney: fee > 0n ? toSquare({ amount: fee, currency: currency as string }) : undefined,
          reason: reasonOf(given, context.reference),
        }),
      )
      insistOn({ amount, currency: currency as string }, refund?.amountMoney)
      return refundOf(refund, context)
    },
    get: async (input, context) => refundOf(await get(context.id(input)), context),
    list: async ({ payment, since, until, limit = 100, cursor }, context) => {
      if (payment === undefined) {
        const page = rows(
          await (await client()).refunds.list(
            defined({ beginTime: since, endTime: until, limit: Math.min(limit, 100), cursor, locationId }),
          ),
        )
        return pageOf(
          page.items.map((refund) => refundOf(refund, context)),
          page.cursor,
        )
      }
      // The list does not go by payment, but the payment names its refunds.
      const { refundIds = [] } = await read(context.id(payment))
      const start = Number(cursor ?? 0)
      const size = Math.min(limit, 10)
      const refunds = await Promise.all(refundIds.slice(start, start + size).map(get))
      return pageOf(
        refunds.map((refund) => refundOf(refund, context)).filter(within({ since, until })),
        start + size < refundIds.length ? String(start + size) : undefined,
      )
    },
  }

  const find = async (given: Create, context: FindContext): Promise<Refund | undefined> => {
    for (const id of (await read(context.id(given.payment))).refundIds ?? []) {
      const refund = await get(id)
      if (unpack(refund?.reason).do === context.reference) return refundOf(refund, context)
    }
    return undefined
  }

  return { calls, find }
}
