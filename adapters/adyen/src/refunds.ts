import type { payments, Refund } from '@do/payments'
import { type Driver, type DriverContext, type Money, refuse } from '@do/provider'
import type { AdyenOptions, Sdk } from './client.ts'
import { sameAmount, toAdyen } from './money.ts'
import { defined, keyed, proven } from './values.ts'

type Operations = NonNullable<Driver<typeof payments>['operations']['refunds']>
type RefundInput = Parameters<NonNullable<Operations['create']>>[0]

const reasons = { duplicate: 'DUPLICATE', fraudulent: 'FRAUD', requested_by_customer: 'CUSTOMER REQUEST' } as const

export const refundOperations = (sdk: Sdk, { merchantAccount }: AdyenOptions) => ({
  /** Taken on now, done or refused by webhook: REFUND, and REFUND_FAILED days later. */
  create: async ({ payment, amount, reason }: RefundInput, context: DriverContext): Promise<Refund> => {
    const request = defined({
      amount: toAdyen(amount as Money),
      merchantAccount,
      reference: context.reference,
      merchantRefundReason: reason === undefined ? undefined : reasons[reason],
    })
    const answer = await (await sdk.modifications()).refundCapturedPayment(
      context.id(payment),
      request as never,
      await keyed(context),
    )
    return {
      id: context.handle(proven(answer.pspReference)),
      payment,
      status: 'pending',
      amount: sameAmount(answer.amount, amount as Money),
      raw: answer,
    }
  },
})

export function checkRefund({ amount, metadata }: RefundInput) {
  if (amount !== undefined) toAdyen(amount)
  if (Object.keys(metadata ?? {}).length > 0)
    throw refuse('unsupported', 'Adyen keeps no metadata with a refund. Leave it out.', { field: 'metadata' })
}
