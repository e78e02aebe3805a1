import type { PaymentsEvent, Resolved } from '@do/payments'

/**
 * What a verified event itself says of its thing: for vendors that cannot be asked (no `read-payments`), where nothing else
 * tells. Undefined where it does not say enough to book.
 */
export function toldBy(event: PaymentsEvent): Resolved | undefined {
  if (event.type === 'unknown') return undefined
  const { amount, at } = event
  if (amount === undefined) return undefined
  const facts = { amount, ...(at === undefined ? {} : { createdAt: at }) }
  if (event.type === 'payment.updated' && event.status !== undefined) {
    const captured = event.status === 'captured' || event.status === 'partially_captured' ? { captured: amount } : {}
    return { type: 'payment', value: { ...facts, ...captured, id: event.payment, status: event.status } }
  }
  if (event.type === 'refund.updated' && event.status !== undefined && event.payment !== undefined)
    return { type: 'refund', value: { ...facts, id: event.refund, payment: event.payment, status: event.status } }
  if (event.type === 'dispute.updated' && event.status !== undefined && event.payment !== undefined)
    return { type: 'dispute', value: { ...facts, id: event.dispute, payment: event.payment, status: event.status } }
  return undefined
}
