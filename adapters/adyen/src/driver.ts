import type { Client } from '@adyen/api-library'
import type { PaymentsEvent, payments } from '@do/payments'
import { type Driver, parseHandle, systemClock } from '@do/provider'
import { accountOperations, checkAccount, checkAccountList } from './accounts.ts'
import { balanceOperations } from './balance.ts'
import { checkCheckout, checkoutOperations } from './checkout.ts'
import { type AdyenOptions, lazySdk } from './client.ts'
import { descriptor } from './descriptor.ts'
import { checkEvidence, disputeOperations } from './disputes.ts'
import { errors, readFault } from './errors.ts'
import { eventsOf } from './events.ts'
import { transferFinders } from './finders.ts'
import { checkAttach, checkDetach, methodOperations } from './methods.ts'
import { checkPayment, paymentOperations } from './payments.ts'
import { platformEvents } from './platform-events.ts'
import { checkRefund, refundOperations } from './refunds.ts'
import { checkPeriod, checkTransfer, transferOperations } from './transfers.ts'
import { checkKeys, recognises, verified } from './webhooks.ts'

const idOf = (handle: string) => parseHandle(handle).id

export function paymentsDriver(options: AdyenOptions): Driver<typeof payments, Client> {
  checkKeys(options)
  const sdk = lazySdk(options)
  const { balancePlatform } = options
  const clock = options.clock ?? systemClock
  const platform = balancePlatform === undefined ? undefined : platformOperations(sdk, balancePlatform)
  return {
    descriptor: descriptor(options),
    client: sdk.client,
    errors,
    fault: readFault,
    check: (operation, input) => {
      checkPayment(operation, input, options, idOf)
      if (operation === 'refunds.create') checkRefund(input)
      if (operation === 'checkout.create') checkCheckout(input, clock.now())
      if (operation === 'methods.attach') checkAttach(idOf(input.id), idOf(input.customer))
      if (operation === 'methods.detach') checkDetach(idOf(input))
      if (operation === 'disputes.submit') checkEvidence(input)
      if (operation === 'accounts.create') checkAccount(input)
      if (operation === 'accounts.list') checkAccountList(input)
      if (operation === 'transfers.list' || operation === 'payouts.list') checkPeriod(input, clock.now())
      if (/^(transfers\.(create|reverse)|payouts\.create)$/.test(operation)) checkTransfer(operation, input, balancePlatform)
    },
    operations: {
      payments: paymentOperations(sdk, options),
      refunds: refundOperations(sdk, options),
      methods: methodOperations(sdk, options),
      checkout: checkoutOperations(sdk, options),
      disputes: disputeOperations(sdk, options),
      ...platform?.operations,
    },
    find: platform?.find ?? {},
    webhooks: {
      recognises,
      receive: async (request, context): Promise<readonly PaymentsEvent[]> => {
        const received = await verified(request, options)
        return 'event' in received
          ? platformEvents(received.event, request.text, balancePlatform, context)
          : received.items.flatMap((item) => eventsOf(item, options.merchantAccount, context))
      },
    },
  }
}

/** What needs a balance platform. */
function platformOperations(sdk: ReturnType<typeof lazySdk>, platform: NonNullable<AdyenOptions['balancePlatform']>) {
  const accounts = accountOperations(sdk, platform)
  const { transfers, payouts, ...readers } = transferOperations(sdk, platform, accounts)
  return {
    operations: { accounts: accounts.operations, transfers, payouts, balance: balanceOperations(sdk, platform, accounts) },
    find: { 'accounts.create': accounts.find, ...transferFinders(sdk, platform, accounts, readers) },
  }
}
