import { type CallOptions, type Handle, refuse } from '@do/provider'
import type { PaymentsEvent } from './events.ts'
import type { Account, Checkout, Dispute, Invoice, Payment, Payout, Refund, Subscription, Transfer } from './index.ts'

type Get<T> = { get(id: string, options?: CallOptions): Promise<T> }

interface Readers {
  readonly payments: Get<Payment>
  readonly refunds: Get<Refund>
  readonly disputes: Get<Dispute>
  readonly checkout: Get<Checkout>
  readonly subscriptions: Get<Subscription>
  readonly invoices: Get<Invoice>
  readonly transfers: Get<Transfer>
  readonly payouts: Get<Payout>
  readonly accounts: Get<Account>
}

export type Resolved =
  | { readonly type: 'payment'; readonly value: Payment }
  | { readonly type: 'refund'; readonly value: Refund }
  | { readonly type: 'dispute'; readonly value: Dispute }
  | { readonly type: 'checkout'; readonly value: Checkout }
  | { readonly type: 'subscription'; readonly value: Subscription }
  | { readonly type: 'invoice'; readonly value: Invoice }
  | { readonly type: 'transfer'; readonly value: Transfer }
  | { readonly type: 'payout'; readonly value: Payout }
  | { readonly type: 'account'; readonly value: Account }

/** A thing by its kind and handle. */
export interface Subject {
  readonly type: Resolved['type']
  readonly id: Handle
}

/** What an event is about. Undefined for an unknown one. */
export function subjectOf(event: PaymentsEvent): Subject | undefined {
  switch (event.type) {
    case 'payment.updated':
      return { type: 'payment', id: event.payment }
    case 'refund.updated':
      return { type: 'refund', id: event.refund }
    case 'dispute.updated':
      return { type: 'dispute', id: event.dispute }
    case 'checkout.updated':
      return { type: 'checkout', id: event.checkout }
    case 'subscription.updated':
      return { type: 'subscription', id: event.subscription }
    case 'invoice.updated':
      return { type: 'invoice', id: event.invoice }
    case 'transfer.updated':
      return { type: 'transfer', id: event.transfer }
    case 'payout.updated':
      return { type: 'payout', id: event.payout }
    case 'account.updated':
    case 'account.deauthorized':
      return { type: 'account', id: event.connected }
    case 'unknown':
      return undefined
  }
}

const readers = {
  payment: ({ payments }) => payments,
  refund: ({ refunds }) => refunds,
  dispute: ({ disputes }) => disputes,
  checkout: ({ checkout }) => checkout,
  subscription: ({ subscriptions }) => subscriptions,
  invoice: ({ invoices }) => invoices,
  transfer: ({ transfers }) => transfers,
  payout: ({ payouts }) => payouts,
  account: ({ accounts }) => accounts,
} satisfies Readonly<Record<Resolved['type'], (provider: Readers) => Get<Resolved['value']>>>

/** Reads a thing as it is now. @throws ProviderError what the reading throws: `not_found`, `unsupported`, … */
export async function readSubject(provider: Readers, { type, id }: Subject, options?: CallOptions): Promise<Resolved> {
  return { type, value: await readers[type](provider).get(id, options) } as Resolved
}

/** @throws ProviderError `nothing_to_resolve` for an unknown event; what the reading throws otherwise. */
export const resolver =
  (provider: Readers) =>
  async (event: PaymentsEvent, options?: CallOptions): Promise<Resolved> => {
    const subject = subjectOf(event)
    if (subject !== undefined) return readSubject(provider, subject, options)
    throw refuse('nothing_to_resolve', 'This event is of a kind that no adapter knows: look at its `raw`.', { field: 'type' })
  }
