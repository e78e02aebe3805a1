import type { Payment, Refund } from '@do/payments'
import type { DriverContext } from '@do/provider'
import type { Square } from 'square'
import { defined, instant, proven } from './client.ts'
import { declineOf } from './errors.ts'
import { amountOf, fromSquare } from './money.ts'
import { isOurs, unpack } from './note.ts'

type Handle = Pick<DriverContext, 'handle'>

const statuses: Readonly<Record<string, Payment['status']>> = {
  APPROVED: 'authorized',
  PENDING: 'processing',
  COMPLETED: 'captured',
  CANCELED: 'canceled',
  FAILED: 'failed',
}

/** Square cancels by itself what was not captured in time. */
export function paymentStatus({ status = '', updatedAt, delayedUntil }: Square.Payment): Payment['status'] {
  const over = Date.parse(updatedAt ?? '') >= Date.parse(delayedUntil ?? '')
  return status === 'CANCELED' && over ? 'expired' : (statuses[status] ?? 'processing')
}

export const failureOf = ({ cardDetails, bankAccountDetails, walletDetails }: Square.Payment): string | undefined =>
  (cardDetails?.errors ?? bankAccountDetails?.errors ?? (walletDetails as { errors?: Square.Error_[] } | undefined)?.errors)?.[0]
    ?.code

/** Our reference of the intent that made it. */
export const referenceOf = ({ referenceId, note }: Pick<Square.Payment, 'referenceId' | 'note'>) =>
  isOurs(referenceId) ? referenceId : unpack(note).do

export function paymentOf(answer: Square.Payment | undefined, { handle }: Handle, method?: string): Payment {
  const payment = proven(answer)
  const status = paymentStatus(payment)
  const total = fromSquare(payment.totalMoney ?? payment.amountMoney)
  const refunded = fromSquare(
    payment.refundedMoney ?? { amount: 0n, currency: payment.totalMoney?.currency ?? payment.amountMoney?.currency },
  )
  // What was authorised, where less than that was captured.
  const approved = amountOf(payment.approvedMoney)
  const { card } = payment.cardDetails ?? {}
  const kept = unpack(payment.note)
  const failed = status === 'failed' ? failureOf(payment) : undefined
  const stored = method ?? card?.id
  return defined({
    id: handle(payment.id),
    status,
    amount: approved > total.amount ? { ...total, amount: approved } : total,
    captured: status === 'captured' ? total : undefined,
    refunded: refunded.amount > 0n ? refunded : undefined,
    failure: status === 'failed' ? (declineOf(failed) as Payment['failure']) : undefined,
    vendorCode: failed,
    customer: payment.customerId ? handle(payment.customerId) : undefined,
    method: stored === undefined ? undefined : handle(stored),
    card: card === undefined ? undefined : defined({ brand: card.cardBrand?.toLowerCase(), last4: card.last4 }),
    reference: kept.ref ?? (payment.referenceId && !isOurs(payment.referenceId) ? payment.referenceId : undefined),
    metadata: kept.meta,
    captureBefore: status === 'authorized' ? instant(payment.delayedUntil) : undefined,
    createdAt: instant(payment.createdAt),
    raw: payment,
  })
}

const refundStatuses: Readonly<Record<string, Refund['status']>> = {
  PENDING: 'pending',
  COMPLETED: 'succeeded',
  REJECTED: 'failed',
  FAILED: 'failed',
}

export const refundStatus = ({ status }: Pick<Square.PaymentRefund, 'status'>) => refundStatuses[status ?? ''] ?? 'pending'

export function refundOf(answer: Square.PaymentRefund | undefined, { handle }: Handle): Refund {
  const refund = proven(answer)
  return defined({
    id: handle(refund.id),
    payment: handle(refund.paymentId ?? ''),
    status: refundStatus(refund),
    amount: fromSquare(refund.amountMoney),
    vendorCode: refundStatus(refund) === 'failed' ? (refund.status ?? undefined) : undefined,
    metadata: unpack(refund.reason).meta,
    createdAt: instant(refund.createdAt),
    raw: refund,
  })
}
