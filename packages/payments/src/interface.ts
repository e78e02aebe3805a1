import { create, defineInterface, fields, list, type Provider, read, set } from '@do/provider'
import * as z from 'zod/mini'
import { bound } from './bound.ts'
import { capabilities } from './capabilities.ts'
import { event } from './events.ts'
import * as inputs from './inputs.ts'
import { resolver } from './resolve.ts'
import * as things from './things.ts'

const { lists } = inputs
const gone = z.object({ id: fields.handle, deleted: z.literal(true) })
const one = { handle: '', input: fields.handle } as const
const has = (...pairs: readonly (readonly [unknown, string])[]) =>
  pairs.filter(([present]) => present).map(([, capability]) => capability)

/**
 * Only a new charge or payment link may be made by another provider. All else lives where it was made: the handle leads
 * there, and what has none (a customer, a product, an account) is made by the first provider of the order, or the one that
 * `provider` names.
 */
export const payments = defineInterface('payments', {
  capabilities,
  operations: {
    payments: {
      /** Charges somebody, or prepares it. A decline is an error of the fault `declined`; its `handle` names the payment. */
      create: create({
        title: 'Make a payment',
        input: inputs.createPayment,
        output: things.payment,
        needs: (given) =>
          has(
            [given.capture === 'manual', 'manual-capture'],
            [given.method === undefined, 'confirm-later'],
            [given.split, 'split'],
            // Not `customers`: a vendor may know them only by the name that the merchant gives them.
            [given.customer || given.saveMethod, 'stored-methods'],
            [given.offSession, 'off-session'],
            [given.statementDescriptor, 'statement-descriptor'],
          ),
        prepare: bound('customer', 'method', 'split.account'),
      }),
      /** Goes on with a payment that waits: for a method, or for what the payer did at the bank. */
      confirm: create({
        title: 'Confirm a payment',
        handle: 'id',
        input: inputs.confirmPayment,
        output: things.payment,
        needs: (given) => has([given.method, 'confirm-later']),
        prepare: bound('method'),
      }),
      /** Takes money that was authorised. */
      capture: create({
        title: 'Capture a payment',
        handle: 'id',
        input: inputs.capturePayment,
        output: things.changedPayment,
        needs: (given) =>
          has(
            [true, 'manual-capture'],
            [given.amount, 'partial-capture'],
            [!given.amount, 'read-payments'],
            [!given.final, 'multi-capture'],
          ),
      }),
      /** Lets an authorised or unpaid payment go. One that is already canceled is no error; one that is captured is. */
      cancel: set({ title: 'Cancel a payment', ...one, output: things.changedPayment }),
      get: read({ title: 'Get a payment', ...one, output: things.payment, needs: () => ['read-payments'] }),
      list: list({
        title: 'List payments',
        handle: 'customer',
        input: lists.payments,
        output: things.payment,
        needs: () => ['list-payments'],
      }),
    },
    refunds: {
      create: create({
        title: 'Refund a payment',
        handle: 'payment',
        input: inputs.createRefund,
        output: things.refund,
        needs: (given) => has([given.reverseTransfer || given.refundFee, 'split'], [!given.amount, 'read-payments']),
      }),
      get: read({ title: 'Get a refund', ...one, output: things.refund, needs: () => ['read-refunds'] }),
      list: list({
        title: 'List refunds',
        handle: 'payment',
        input: lists.refunds,
        output: things.refund,
        needs: () => ['read-refunds'],
      }),
    },
    customers: {
      create: create({
        title: 'Make a customer',
        routing: 'first',
        input: inputs.createCustomer,
        output: things.customer,
        needs: () => ['customers'],
        prepare: bound(),
      }),
      get: read({ title: 'Get a customer', ...one, output: things.customer, needs: () => ['customers'] }),
      update: set({
        title: 'Change a customer',
        handle: 'id',
        input: inputs.updateCustomer,
        output: things.customer,
        needs: () => ['customers'],
        prepare: bound('defaultMethod'),
      }),
      /** One that is already gone is no error. */
      delete: set({ title: 'Delete a customer', ...one, output: gone, needs: () => ['customers'] }),
      list: list({ title: 'List customers', input: lists.customers, output: things.customer, needs: () => ['customers'] }),
    },
    methods: {
      /** Keeps a payment method with a customer. */
      attach: set({
        title: 'Keep a payment method',
        handle: 'customer',
        input: inputs.attachMethod,
        output: things.method,
        needs: () => ['stored-methods'],
        prepare: bound('id'),
      }),
      detach: set({ title: 'Forget a payment method', ...one, output: gone, needs: () => ['stored-methods'] }),
      list: list({
        title: "List a customer's payment methods",
        handle: 'customer',
        input: lists.methods,
        output: things.method,
        needs: () => ['stored-methods'],
      }),
    },
    checkout: {
      /** A page of the vendor's where the payer pays: a payment link. */
      create: create({
        title: 'Make a checkout page',
        input: inputs.createCheckout,
        output: things.checkout,
        needs: (given) =>
          has([true, 'checkout'], [given.mode === 'subscription', 'subscriptions'], [given.customer, 'stored-methods']),
        prepare: bound('customer', ...Array.from({ length: 100 }, (_, index) => `lines.${index}.price`)),
      }),
      get: read({ title: 'Get a checkout page', ...one, output: things.checkout, needs: () => ['checkout'] }),
      expire: set({ title: 'Close a checkout page', ...one, output: things.checkout, needs: () => ['checkout'] }),
    },
    products: {
      create: create({
        title: 'Make a product',
        routing: 'first',
        input: inputs.createProduct,
        output: things.product,
        needs: () => ['catalogue'],
        prepare: bound(),
      }),
      get: read({ title: 'Get a product', ...one, output: things.product, needs: () => ['catalogue'] }),
      update: set({
        title: 'Change a product',
        handle: 'id',
        input: inputs.updateProduct,
        output: things.product,
        needs: () => ['catalogue'],
      }),
      list: list({ title: 'List products', input: lists.products, output: things.product, needs: () => ['catalogue'] }),
    },
    prices: {
      create: create({
        title: 'Make a price',
        handle: 'product',
        input: inputs.createPrice,
        output: things.price,
        needs: () => ['catalogue'],
      }),
      get: read({ title: 'Get a price', ...one, output: things.price, needs: () => ['catalogue'] }),
      update: set({
        title: 'Close or reopen a price',
        handle: 'id',
        input: inputs.updatePrice,
        output: things.price,
        needs: () => ['catalogue'],
      }),
      list: list({
        title: 'List prices',
        handle: 'product',
        input: lists.prices,
        output: things.price,
        needs: () => ['catalogue'],
      }),
    },
    subscriptions: {
      create: create({
        title: 'Start a subscription',
        handle: 'customer',
        input: inputs.createSubscription,
        output: things.subscription,
        needs: () => ['subscriptions'],
        prepare: bound('price', 'method'),
      }),
      get: read({ title: 'Get a subscription', ...one, output: things.subscription, needs: () => ['subscriptions'] }),
      change: set({
        title: 'Change a subscription',
        handle: 'id',
        input: inputs.changeSubscription,
        output: things.subscription,
        needs: () => ['subscriptions'],
        prepare: bound('price', 'method'),
      }),
      pause: set({
        title: 'Pause a subscription',
        handle: 'id',
        input: inputs.pauseSubscription,
        output: things.subscription,
        needs: () => ['pause-subscriptions'],
      }),
      resume: set({ title: 'Resume a subscription', ...one, output: things.subscription, needs: () => ['pause-subscriptions'] }),
      cancel: set({
        title: 'Cancel a subscription',
        handle: 'id',
        input: inputs.cancelSubscription,
        output: things.subscription,
        needs: () => ['subscriptions'],
      }),
      list: list({
        title: 'List subscriptions',
        handle: 'customer',
        input: lists.subscriptions,
        output: things.subscription,
        needs: () => ['subscriptions'],
      }),
    },
    invoices: {
      create: create({
        title: 'Make an invoice',
        handle: 'customer',
        input: inputs.createInvoice,
        output: things.invoice,
        needs: () => ['invoices'],
      }),
      get: read({ title: 'Get an invoice', ...one, output: things.invoice, needs: () => ['invoices'] }),
      list: list({
        title: 'List invoices',
        handle: 'customer',
        input: lists.invoices,
        output: things.invoice,
        needs: () => ['invoices'],
      }),
      /** From now on it can be paid and no longer changed. */
      finalize: set({ title: 'Issue an invoice', ...one, output: things.invoice, needs: () => ['invoices'] }),
      pay: create({
        title: 'Collect an invoice',
        handle: 'id',
        input: inputs.payInvoice,
        output: things.invoice,
        needs: () => ['invoices'],
        prepare: bound('method'),
      }),
      void: set({ title: 'Void an invoice', ...one, output: things.invoice, needs: () => ['invoices'] }),
    },
    accounts: {
      /** A seller's account under the platform's. */
      create: create({
        title: 'Make a connected account',
        routing: 'first',
        input: inputs.createAccount,
        output: things.account,
        needs: () => ['accounts'],
        prepare: bound(),
      }),
      get: read({ title: 'Get a connected account', ...one, output: things.account, needs: () => ['accounts'] }),
      list: list({ title: 'List connected accounts', input: lists.accounts, output: things.account, needs: () => ['accounts'] }),
      /** A page of the vendor's where the seller says who they are. Made anew whenever it is needed; it lives for minutes. */
      onboardingLink: set({
        title: 'Make an onboarding link',
        handle: 'account',
        input: inputs.onboardingLink,
        output: inputs.onboarding,
        needs: () => ['accounts'],
      }),
    },
    transfers: {
      create: create({
        title: 'Transfer to a connected account',
        handle: 'account',
        input: inputs.createTransfer,
        output: things.transfer,
        needs: () => ['transfers'],
        prepare: bound('payment'),
      }),
      reverse: create({
        title: 'Take a transfer back',
        handle: 'id',
        input: inputs.reverseTransfer,
        output: things.transfer,
        needs: () => ['transfers'],
      }),
      get: read({ title: 'Get a transfer', ...one, output: things.transfer, needs: () => ['transfers'] }),
      list: list({
        title: 'List transfers',
        handle: 'account',
        input: lists.transfers,
        output: things.transfer,
        needs: () => ['transfers'],
      }),
    },
    payouts: {
      create: create({
        title: 'Pay out to the bank',
        routing: 'first',
        input: inputs.createPayout,
        output: things.payout,
        needs: (given) => has([true, 'payouts'], [given.account, 'accounts'], [given.speed === 'instant', 'instant-payouts']),
        prepare: bound('account'),
      }),
      get: read({ title: 'Get a payout', ...one, output: things.payout, needs: () => ['read-payouts'] }),
      list: list({
        title: 'List payouts',
        handle: 'account',
        input: lists.payouts,
        output: things.payout,
        needs: (given) => has([true, 'read-payouts'], [given.account, 'accounts']),
      }),
      /** While it is still pending. */
      cancel: set({ title: 'Cancel a payout', ...one, output: things.payout, needs: () => ['payouts', 'cancel-payouts'] }),
    },
    balance: {
      /** Of one provider: the first in the order, or the one named. */
      get: read({
        title: 'Get the balance',
        routing: 'first',
        input: inputs.readBalance,
        output: things.balance,
        needs: (given) => has([true, 'balance'], [given.account, 'accounts']),
        prepare: bound('account'),
      }),
      /** The provider's own ledger, oldest first: what the books are reconciled against. */
      transactions: list({
        title: 'List balance transactions',
        handle: 'account',
        input: lists.transactions,
        output: things.transaction,
        needs: (given) =>
          has(
            [given.payout === undefined, 'balance-transactions'],
            [given.payout, 'payout-transactions'],
            [given.account, 'accounts'],
          ),
        prepare: bound('payout'),
      }),
    },
    disputes: {
      get: read({ title: 'Get a dispute', ...one, output: things.dispute, needs: () => ['disputes'] }),
      list: list({
        title: 'List disputes',
        handle: 'payment',
        input: lists.disputes,
        output: things.dispute,
        needs: () => ['disputes'],
      }),
      submit: create({
        title: 'Contest a dispute',
        handle: 'id',
        input: inputs.evidence,
        output: things.changedDispute,
        needs: () => ['dispute-evidence'],
      }),
      /** Gives in: the money is lost. */
      accept: set({ title: 'Accept a dispute', ...one, output: things.changedDispute, needs: () => ['dispute-evidence'] }),
    },
  },
  event,
  derive: (provider) => ({
    /** Reads the thing that an event is about, as it is now: the way to be right whatever order events come in. */
    resolve: resolver(provider),
  }),
})

/** Charges, refunds, subscriptions, connected accounts, transfers, payouts and disputes. */
export interface Payments extends Provider<typeof payments> {}
