import { createProvider } from '@do/provider'
import { type Sms, sms } from '@do/sms'
import { type Telephony, telephony } from '@do/telephony'
import type { Client } from 'plivo'
import { connect } from './client.ts'
import type { PlivoOptions, PlivoSmsOptions } from './options.ts'
import { origin } from './request.ts'
import { smsDriver } from './sms.ts'
import { telephonyDriver } from './telephony.ts'

export type { PlivoOptions, PlivoSmsOptions } from './options.ts'
export { PlivoFault } from './request.ts'

/**
 * SMS and MMS by Plivo. https://www.plivo.com/docs/messaging
 * @throws ProviderError `credential_missing`, `invalid_provider_name`.
 */
export function plivoSms(options: PlivoSmsOptions): Sms & { readonly client: Promise<Client> } {
  return createProvider(sms, smsDriver(connect(options), options), { ...options, defaultBaseUrl: origin })
}

/**
 * Numbers and calls by Plivo. Calls need `webhookUrl`: Plivo fetches what to do from there.
 * https://www.plivo.com/docs/voice
 * @throws ProviderError `credential_missing`, `invalid_provider_name`.
 */
export function plivoTelephony(options: PlivoOptions): Telephony & { readonly client: Promise<Client> } {
  return createProvider(telephony, telephonyDriver(connect(options), options), { ...options, defaultBaseUrl: origin })
}
