import type { Descriptor, OperationSemantics } from '@do/provider'

/** https://docs.stripe.com/api/idempotent_requests: keys are kept for at least 24 hours. */
const keyWindowMs = 24 * 60 * 60 * 1000

/**
 * A new thing is listed as soon as it is there, but Stripe may be at a request for long after our side gave up: its own SDK
 * waits 80 seconds.
 */
const settleMs = 90_000

/** Found by our reference in its metadata, or by its own state; under its key it is made once, or declined every time. */
const keyed: OperationSemantics = { class: 'keyed', keyWindowMs, keepsDeclines: true, find: 'reference', settleMs }
const convergent: OperationSemantics = { class: 'convergent' }

const creates =
  'payments.create payments.confirm payments.capture refunds.create customers.create checkout.create products.create prices.create subscriptions.create invoices.pay accounts.create transfers.create transfers.reverse payouts.create disputes.submit'
const sets =
  'payments.cancel customers.update customers.delete methods.attach methods.detach checkout.expire products.update prices.update subscriptions.change subscriptions.pause subscriptions.resume subscriptions.cancel invoices.finalize invoices.void accounts.onboardingLink payouts.cancel disputes.accept'

const each = (names: string, semantics: OperationSemantics) =>
  Object.fromEntries(names.split(' ').map((name) => [name, semantics]))

const capabilities =
  'manual-capture partial-capture multi-capture immediate-changes lasting-id confirm-later redirect asynchronous off-session statement-descriptor read-payments list-payments find-payments read-refunds customers stored-methods checkout catalogue subscriptions pause-subscriptions invoices accounts split transfers payouts instant-payouts read-payouts cancel-payouts balance balance-transactions payout-transactions disputes dispute-evidence'

export const descriptor: Descriptor = {
  vendor: 'stripe',
  docs: 'https://docs.stripe.com/api',
  capabilities: Object.fromEntries(capabilities.split(' ').map((name) => [name, true])),
  limits: { amountDigits: 12, pageSize: 100, webhookToleranceSeconds: 300 },
  operations: {
    ...each(creates, keyed),
    ...each(sets, convergent),
    // Made empty, then given its lines; taken back where they are refused.
    'invoices.create': { ...keyed, requests: 3 },
  },
}
