import { type Payments, payments } from '@do/payments'
import { createProvider } from '@do/provider'
import type { SquareClient } from 'square'
import { type SquareOptions, vendorOrigin } from './client.ts'
import { squareDriver } from './driver.ts'

export type { SquareOptions } from './client.ts'

/**
 * Payments, refunds, subscriptions, invoices, payouts and disputes of one Square location.
 * https://developer.squareup.com/reference/square
 * @throws ProviderError `invalid_provider_name` or `invalid_option`.
 */
export const squarePayments = (options: SquareOptions): Payments & { readonly client: Promise<SquareClient> } =>
  createProvider(payments, squareDriver(options), { ...options, defaultBaseUrl: vendorOrigin })
