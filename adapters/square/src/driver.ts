import type { payments } from '@do/payments'
import type { Driver } from '@do/provider'
import type { SquareClient } from 'square'
import { catalogCalls, checkPrice, checkProduct } from './catalog.ts'
import { checkCheckout, checkoutCalls } from './checkout.ts'
import { lazyClient, type SquareOptions } from './client.ts'
import { checkCustomer, customerCalls, methodCalls } from './customers.ts'
import { descriptor } from './descriptor.ts'
import { checkEvidence, disputeCalls } from './disputes.ts'
import { errors, readFault } from './errors.ts'
import { eventOf } from './events.ts'
import { checkInvoice, invoiceCalls } from './invoices.ts'
import { checkCapture, checkPayment, paymentCalls } from './payments.ts'
import { payoutCalls } from './payouts.ts'
import { checkRefund, refundCalls } from './refunds.ts'
import { checkCancel, checkChange, checkSubscription, subscriptionCalls } from './subscriptions.ts'
import { recognises, verified } from './webhooks.ts'

/** What only Square refuses. Each input has been validated by the schema of its operation. */
const checks: Readonly<Record<string, (input: never, options: SquareOptions) => void>> = {
  'payments.create': checkPayment,
  'payments.capture': checkCapture,
  'refunds.create': checkRefund,
  'customers.create': checkCustomer,
  'customers.update': checkCustomer,
  'checkout.create': checkCheckout,
  'products.create': checkProduct,
  'products.update': checkProduct,
  'prices.create': checkPrice,
  'subscriptions.create': checkSubscription,
  'subscriptions.change': checkChange,
  'subscriptions.cancel': checkCancel,
  'invoices.create': checkInvoice,
  'disputes.submit': checkEvidence,
}

export function squareDriver(options: SquareOptions): Driver<typeof payments, SquareClient> {
  const client = lazyClient(options)
  const paying = paymentCalls(client, options)
  const refunding = refundCalls(client, paying.read, options)
  const invoicing = invoiceCalls(client, options)
  const disputing = disputeCalls(client, options)
  const { products, prices } = catalogCalls(client)
  const { payouts, transactions } = payoutCalls(client, options)
  return {
    descriptor: descriptor(options),
    client,
    errors,
    fault: readFault,
    check: (operation, input) => checks[operation]?.(input as never, options),
    operations: {
      payments: paying.calls,
      refunds: refunding.calls,
      customers: customerCalls(client),
      methods: methodCalls(client),
      checkout: checkoutCalls(client, options),
      products,
      prices,
      subscriptions: subscriptionCalls(client, options),
      invoices: invoicing.calls,
      payouts,
      balance: { transactions },
      disputes: disputing.calls,
    },
    find: {
      ...paying.find,
      'refunds.create': refunding.find,
      ...invoicing.find,
      'disputes.submit': disputing.find,
    },
    webhooks: {
      recognises,
      receive: async (request, context) => [eventOf(await verified(request, options), context)],
    },
  }
}
