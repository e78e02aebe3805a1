import type { Client } from '@adyen/api-library'
import { type Payments, payments } from '@do/payments'
import { createProvider } from '@do/provider'
import { type AdyenOptions, vendorOrigin } from './client.ts'
import { paymentsDriver } from './driver.ts'

export type { AdyenOptions, BalancePlatform } from './client.ts'

/** The SDK's own object, for what the interface does not have: `new CheckoutAPI(await provider.client)`. */
interface WithClient {
  readonly client: Promise<Client>
}

/**
 * Payments through Adyen Checkout, and sellers, transfers and payouts through its balance platform.
 * https://docs.adyen.com/api-explorer/Checkout/latest/overview
 * @throws ProviderError `invalid_provider_name`, or `invalid_option` for an `hmacKey` that is no hex.
 */
export const adyenPayments = (options: AdyenOptions): Payments & WithClient =>
  createProvider(payments, paymentsDriver(options), { ...options, defaultBaseUrl: vendorOrigin(options) })
