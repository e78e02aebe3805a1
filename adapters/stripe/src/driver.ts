import { accountFinders, accountOperations } from './accounts.ts'
import { balanceOperations } from './balance.ts'
import { catalogueFinders, priceOperations, productOperations } from './catalogue.ts'
import { checkoutFinders, checkoutOperations } from './checkout.ts'
import { lazyClient, type StripeOptions } from './client.ts'
import { customerFinders, customerOperations, methodOperations } from './customers.ts'
import { descriptor } from './descriptor.ts'
import { disputeFinders, disputeOperations } from './disputes.ts'
import { errors, readFault } from './errors.ts'
import { eventOf } from './events.ts'
import { checkLines, invoiceFinders, invoiceOperations } from './invoices.ts'
import { checkMetadata } from './metadata.ts'
import { checkAmounts, checkTotal } from './money.ts'
import type { StripeDriver } from './operations.ts'
import { paymentFinders, paymentOperations } from './payments.ts'
import { payoutFinders, payoutOperations } from './payouts.ts'
import { refundFinders, refundOperations } from './refunds.ts'
import { subscriptionFinders, subscriptionOperations } from './subscriptions.ts'
import { transferFinders, transferOperations } from './transfers.ts'
import { recognises, verified } from './webhooks.ts'

export function stripeDriver(options: StripeOptions): StripeDriver {
  const client = lazyClient(options)
  return {
    descriptor,
    client,
    errors,
    fault: readFault,
    check: (operation, input) => {
      checkAmounts(operation, input)
      if (typeof input === 'object' && input !== null) checkMetadata(input)
      if (operation === 'invoices.create') checkLines(input)
      if (operation === 'invoices.create' || operation === 'checkout.create') checkTotal(input)
    },
    operations: {
      payments: paymentOperations(client),
      refunds: refundOperations(client),
      customers: customerOperations(client),
      methods: methodOperations(client),
      checkout: checkoutOperations(client),
      products: productOperations(client),
      prices: priceOperations(client),
      subscriptions: subscriptionOperations(client),
      invoices: invoiceOperations(client),
      accounts: accountOperations(client, options.accounts),
      transfers: transferOperations(client),
      payouts: payoutOperations(client),
      balance: balanceOperations(client),
      disputes: disputeOperations(client),
    },
    find: {
      ...paymentFinders(client),
      ...refundFinders(client),
      ...customerFinders(client),
      ...checkoutFinders(client),
      ...catalogueFinders(client),
      ...subscriptionFinders(client),
      ...invoiceFinders(client),
      ...accountFinders(client),
      ...transferFinders(client),
      ...payoutFinders(client),
      ...disputeFinders(client),
    },
    webhooks: {
      recognises,
      receive: async (request, context) => [eventOf(await verified(request, context, options), context)],
    },
  }
}
