import { type CallOptions, refuse } from '@do/provider'
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

/** @throws ProviderError `nothing_to_resolve` for an unknown event; what the reading throws otherwise. */
export const resolver =
  (provider: Readers) =>
  async (event: PaymentsEvent, options?: CallOptions): Promise<Resolved> => {
    switch (event.type) {
      case 'payment.updated':
        return { type: 'payment', value: await provider.payments.get(event.payment, options) }
      case 'refund.updated':
        return { type: 'refund', value: await provider.refunds.get(event.refund, options) }
      case 'dispute.updated':
        return { type: 'dispute', value: await provider.disputes.get(event.dispute, options) }
      case 'checkout.updated':
        return { type: 'checkout', value: await provider.checkout.get(event.checkout, options) }
      case 'subscription.updated':
        return { type: 'subscription', value: await provider.subscriptions.get(event.subscription, options) }
      case 'invoice.updated':
        return { type: 'invoice', value: await provider.invoices.get(event.invoice, options) }
      case 'transfer.updated':
        return { type: 'transfer', value: await provider.transfers.get(event.transfer, options) }
      case 'payout.updated':
        return { type: 'payout', value: await provider.payouts.get(event.payout, options) }
      case 'account.updated':
      case 'account.deauthorized':
        return { type: 'account', value: await provider.accounts.get(event.connected, options) }
      case 'unknown':
        throw refuse('nothing_to_resolve', 'This event is of a kind that no adapter knows: look at its `raw`.', { field: 'type' })
    }
  }
