import type { Descriptor, OperationSemantics } from '@do/provider'
import type { SquareOptions } from './client.ts'

/** Square says that keys are to be unique, not for how long it knows them: a day is what it surely does. */
const keyWindowMs = 86_400_000
/** Lists are "eventually consistent … several seconds": https://developer.squareup.com/reference/square/payments-api/list-payments */
export const settleMs = 60_000

const keyed: OperationSemantics = { class: 'keyed', keyWindowMs }
const convergent: OperationSemantics = { class: 'convergent' }
/** Found by reading the thing itself, which is never late; the time is for a request that is still on its way. */
const readable = { find: 'reference', settleMs: 15_000 } as const
const found: OperationSemantics = { ...keyed, ...readable }
const once: OperationSemantics = { class: 'referenced', ...readable }

export const descriptor = ({ merchantId, currency }: SquareOptions): Descriptor => ({
  vendor: 'square',
  docs: 'https://developer.squareup.com/reference/square',
  capabilities: {
    'manual-capture': true,
    'partial-capture':
      currency === 'JPY'
        ? 'Square changes no amounts of payments in Japan: https://developer.squareup.com/docs/payments-api/update-payments'
        : true,
    'multi-capture': 'A Square payment is captured once',
    'confirm-later': 'A Square payment begins with its method: a token of the client library, or a card on file',
    redirect: "Payers are verified in Square's client library, before the server hears of the payment",
    asynchronous: true,
    'off-session': true,
    'statement-descriptor': true,
    'list-payments': true,
    'read-payments': true,
    'immediate-changes': true,
    'lasting-id': true,
    'find-payments': true,
    'read-refunds': true,
    customers: true,
    'stored-methods': true,
    checkout: true,
    catalogue: true,
    subscriptions: true,
    'pause-subscriptions': true,
    invoices: true,
    accounts: 'Sellers authorise an application by OAuth; each then has an access token, and an instance of this adapter',
    split: merchantId === undefined ? "Square's app fee needs the token of the seller: configure merchantId" : true,
    transfers: 'Square moves no money between sellers',
    payouts: 'Square pays out by its own schedule',
    'instant-payouts': 'Square pays out by its own schedule',
    'read-payouts': true,
    'cancel-payouts': 'Square pays out by its own schedule',
    balance: 'Square does not tell the balance',
    'balance-transactions': 'Square lists a movement only with the payout that it went out with',
    'payout-transactions': true,
    disputes: true,
    'dispute-evidence': true,
  },
  limits: { pageSize: 100, statementDescriptorLength: 20, noteLength: 500, evidenceLength: 500 },
  operations: {
    // A declined payment uses its key up: https://developer.squareup.com/forums/t/how-to-get-a-different-idempotency-key-when-correcting-errors/6026
    'payments.create': { ...keyed, keepsDeclines: true, find: 'reference', settleMs, requests: 2 },
    'payments.capture': { ...once, requests: 2 },
    'payments.cancel': convergent,
    'refunds.create': found,
    'customers.create': keyed,
    'customers.update': convergent,
    'customers.delete': convergent,
    'methods.attach': convergent,
    'methods.detach': convergent,
    'checkout.create': keyed,
    'checkout.expire': convergent,
    'products.create': keyed,
    'products.update': convergent,
    'prices.create': keyed,
    'prices.update': convergent,
    'subscriptions.create': keyed,
    'subscriptions.change': convergent,
    'subscriptions.pause': convergent,
    'subscriptions.resume': convergent,
    'subscriptions.cancel': convergent,
    // An order first, then its invoice.
    'invoices.create': { ...found, requests: 2 },
    'invoices.finalize': convergent,
    'invoices.pay': found,
    'invoices.void': convergent,
    // Each text of the evidence, then its submission.
    'disputes.submit': { ...once, requests: 20 },
    'disputes.accept': convergent,
  },
})
