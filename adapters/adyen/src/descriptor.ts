import type { Descriptor } from '@do/provider'
import type { AdyenOptions } from './client.ts'

const dayMs = 86_400_000
/** Keys are kept for seven days at least: https://docs.adyen.com/development-resources/api-idempotency */
const keyedWeek = { class: 'keyed', keyWindowMs: 7 * dayMs } as const
/** A refusal is an answer like any other, and given again under its key. */
const charge = { ...keyedWeek, keepsDeclines: true } as const

/** Listed; Adyen may be at a request for some time after our side gave up. */
const movement = { ...keyedWeek, settleMs: 90_000 } as const

export const descriptor = ({ balancePlatform }: AdyenOptions): Descriptor => {
  const platform = balancePlatform === undefined ? 'Needs a balance platform: configure `balancePlatform`' : true
  return {
    vendor: 'adyen',
    docs: 'https://docs.adyen.com/api-explorer/Checkout/latest/overview',
    capabilities: {
      'manual-capture': true,
      'partial-capture': true,
      'multi-capture':
        'Adyen allows several captures only to accounts that asked for it, and then cannot be told which is the last',
      'confirm-later': 'Adyen makes a payment only when its method is known; checkout has a page for all others',
      redirect: true,
      asynchronous: true,
      'off-session': true,
      'statement-descriptor': true,
      'list-payments': 'Adyen has no list of payments; its reports have them',
      'read-payments': 'Adyen has no way to read a payment: its answers and webhooks tell its state',
      'immediate-changes': 'Adyen takes on every capture, cancellation and refund, and says by webhook what became of it',
      'lasting-id': 'Adyen names a payment only when the payer has acted',
      'find-payments':
        'Adyen cannot be asked for a payment: its webhook tells what became of it, or the same request under its key',
      'read-refunds': 'Adyen has no way to read a refund: its webhooks tell its state',
      customers: 'Adyen knows customers only by the name that the merchant gives them: adyen:<shopperReference>',
      'stored-methods': true,
      checkout: true,
      catalogue: 'Adyen keeps no products and prices',
      subscriptions: 'Adyen keeps payment methods, and charges nothing by itself',
      'pause-subscriptions': 'Adyen has no subscriptions',
      invoices: 'Adyen has no invoices',
      accounts: platform,
      split: 'Adyen wants the split stated again with every refund and capture, which the interface does not carry',
      transfers: platform,
      payouts: platform,
      'instant-payouts': platform,
      'read-payouts': platform,
      'cancel-payouts': 'Adyen cancels only transfers that wait for an approval',
      balance: platform,
      'balance-transactions': platform,
      'payout-transactions': 'Adyen pays out of a balance, and does not say which movements made it',
      disputes: 'Adyen has no way to read a dispute: its webhooks tell its state',
      'dispute-evidence': true,
    },
    limits: {
      pageSize: 100,
      referenceLength: 80,
      metadataKeys: 18,
      metadataKeyLength: 20,
      metadataValueLength: 80,
      movementMetadataKeys: 0,
    },
    operations: {
      'payments.create': charge,
      'payments.confirm': charge,
      'payments.capture': keyedWeek,
      'payments.cancel': { class: 'convergent' },
      'refunds.create': keyedWeek,
      'methods.attach': { class: 'convergent' },
      'methods.detach': { class: 'convergent' },
      'checkout.create': keyedWeek,
      'checkout.expire': { class: 'convergent' },
      // Who the seller is, their account, and its balance account. Only the account can be found again, and only it counts.
      'accounts.create': { class: 'referenced', find: 'reference', settleMs: 10_000, requests: 3 },
      'accounts.onboardingLink': { class: 'convergent' },
      'transfers.create': { ...movement, find: 'content', requests: 2 },
      'transfers.reverse': { ...movement, find: 'reference' },
      'payouts.create': { ...movement, find: 'content', requests: 2 },
      // What can be said, the document, and the word that it is all; a document replaces the one before.
      'disputes.submit': { class: 'convergent', requests: 3 },
      'disputes.accept': { class: 'convergent' },
    },
  }
}
