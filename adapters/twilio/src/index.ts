import { createProvider } from '@do/provider'
import { type Sms, sms } from '@do/sms'
import { type Telephony, telephony } from '@do/telephony'
import { origin, type TwilioClient } from './client.ts'
import { smsDriver, type TwilioSmsOptions } from './sms.ts'
import { type TwilioTelephonyOptions, telephonyDriver } from './telephony.ts'

export type { TwilioClient } from './client.ts'
export type { TwilioOptions } from './options.ts'
export type { TwilioSmsOptions } from './sms.ts'
export type { TwilioTelephonyOptions } from './telephony.ts'

/** What every Twilio provider has beside its interface. */
interface Escape {
  /** Twilio's own SDK client, loaded on first use. */
  readonly client: Promise<TwilioClient>
}

/**
 * SMS and MMS through Twilio Programmable Messaging.
 * @throws ProviderError `invalid_credentials` at once when the credentials cannot be right.
 */
export function twilioSms(options: TwilioSmsOptions): Sms & Escape {
  return createProvider(sms, smsDriver(options), { ...options, defaultBaseUrl: origin })
}

/**
 * Phone numbers and calls through Twilio Programmable Voice.
 * @throws ProviderError `invalid_credentials` at once when the credentials cannot be right.
 */
export function twilioTelephony(options: TwilioTelephonyOptions): Telephony & Escape {
  return createProvider(telephony, telephonyDriver(options), { ...options, defaultBaseUrl: origin })
}
