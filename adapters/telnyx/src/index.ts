import { createProvider } from '@do/provider'
import { type Sms, sms } from '@do/sms'
import { type Telephony, telephony } from '@do/telephony'
import type { Telnyx } from 'telnyx'
import { vendorOrigin } from './client.ts'
import { smsDriver, type TelnyxSmsOptions } from './sms.ts'
import { type TelnyxTelephonyOptions, telephonyDriver } from './telephony.ts'

export type { TelnyxOptions } from './client.ts'
export type { TelnyxSmsOptions } from './sms.ts'
export type { TelnyxTelephonyOptions } from './telephony.ts'

/** The vendor's own SDK object, for what the interface does not have. */
interface WithClient {
  readonly client: Promise<Telnyx>
}

/**
 * SMS and MMS through Telnyx. https://developers.telnyx.com/api-reference/messages
 * @throws ProviderError `invalid_provider_name`.
 */
export const telnyxSms = (options: TelnyxSmsOptions): Sms & WithClient =>
  createProvider(sms, smsDriver(options), { ...options, defaultBaseUrl: vendorOrigin })

/**
 * Numbers and calls through Telnyx Call Control. https://developers.telnyx.com/api-reference/call-commands
 * @throws ProviderError `invalid_provider_name`.
 */
export const telnyxTelephony = (options: TelnyxTelephonyOptions): Telephony & WithClient =>
  createProvider(telephony, telephonyDriver(options), { ...options, defaultBaseUrl: vendorOrigin })
