import type { PaymentsEvent } from '@do/payments'
import { disputeStatus, failureOf, idOf, type Raw, statusOf } from './read.ts'

/** The vendor's webhooks in the interface's words. What it does not know is passed on. */
export function eventOf(
  { id: eventId, type, created_at: at, account: of, data: raw }: Raw,
  handle: (id: string) => string,
): PaymentsEvent {
  const named = (id: unknown) => handle(idOf(id))
  const facts = {
    ...{ eventId, at, raw },
    ...(raw.client_ref === undefined ? {} : { reference: raw.client_ref as string }),
    ...(of === undefined ? {} : { account: named(of) }),
  }
  const { status } = raw
  const known: Readonly<Record<string, () => PaymentsEvent>> = {
    'payment.changed': () => ({
      ...{ type: 'payment.updated', ...facts, payment: named(raw.id), status: statusOf(status) },
      failure: failureOf(raw.failure),
    }),
    'refund.changed': () => ({ type: 'refund.updated', ...facts, refund: named(raw.id), payment: named(raw.payment), status }),
    'dispute.changed': () => ({
      ...{ type: 'dispute.updated', ...facts, dispute: named(raw.id), payment: named(raw.payment) },
      status: disputeStatus(status),
    }),
    'checkout.changed': () => ({ type: 'checkout.updated', ...facts, checkout: named(raw.id), status }),
    'subscription.changed': () => ({ type: 'subscription.updated', ...facts, subscription: named(raw.id), status }),
    'invoice.changed': () => ({ type: 'invoice.updated', ...facts, invoice: named(raw.id), status }),
    'transfer.changed': () => ({ type: 'transfer.updated', ...facts, transfer: named(raw.id), status }),
    'payout.changed': () => ({ type: 'payout.updated', ...facts, payout: named(raw.id), status }),
    'account.changed': () => ({ type: 'account.updated', ...facts, connected: named(raw.id), status }),
    'account.left': () => ({ type: 'account.deauthorized', ...facts, connected: named(raw.id) }),
  }
  return known[type]?.() ?? { type: 'unknown', eventId, raw }
}
