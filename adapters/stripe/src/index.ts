import { type Payments, payments } from '@do/payments'
import { createProvider } from '@do/provider'
import type { Stripe } from 'stripe'
import { type StripeOptions, vendorOrigin } from './client.ts'
import { stripeDriver } from './driver.ts'

export type { StripeOptions } from './client.ts'

/** The vendor's own SDK object, for what the interface does not have. */
interface WithClient {
  readonly client: Promise<Stripe>
}

/**
 * Payments, billing and Connect through Stripe. https://docs.stripe.com/api
 * @throws ProviderError `invalid_provider_name`.
 */
export const stripePayments = (options: StripeOptions): Payments & WithClient =>
  createProvider(payments, stripeDriver(options), { ...options, defaultBaseUrl: vendorOrigin })
