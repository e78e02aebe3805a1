import { type PlivoTwin, plivoTwin } from '@do/fixtures/plivo'
import { type TelnyxTwin, telnyxTwin } from '@do/fixtures/telnyx'
import { type TwilioTwin, twilioTwin } from '@do/fixtures/twilio'
import { plivoSms, plivoTelephony } from '@do/plivo'
import { telnyxSms, telnyxTelephony } from '@do/telnyx'
import { twilioSms, twilioTelephony } from '@do/twilio'
import { openApi, type VendorSpec } from './checker.ts'
import { type Description, load } from './description.ts'
import type { Vendor } from './journeys.ts'
import { plivoOverlay, telnyxOverlay, twilioOverlay } from './overlay.ts'
import { plivoOperations } from './plivo-operations.ts'
import { shapes } from './shapes.ts'

export const twilioSpec = (): VendorSpec =>
  openApi(
    'twilio',
    ['twilio_api_v2010', 'twilio_messaging_v1'].map((name) => load<Description>(`twilio/${name}.json.gz`)),
    twilioOverlay,
  )

export const telnyxSpec = (): VendorSpec => openApi('telnyx', [load<Description>('telnyx/spec3.json.gz')], telnyxOverlay)

export const plivoSpec = (): VendorSpec => shapes('plivo', load('plivo/response-fixtures.json.gz'), plivoOperations, plivoOverlay)

export function twilio(): Vendor {
  const twin: TwilioTwin = twilioTwin({ ratePerSecond: 10_000 })
  return {
    spec: twilioSpec(),
    twin,
    sms: (place) => twilioSms({ ...twin.credentials, ...place }),
    telephony: (place) => twilioTelephony({ ...twin.credentials, ...place }),
  }
}

export function telnyx(): Vendor {
  const twin: TelnyxTwin = telnyxTwin()
  return {
    spec: telnyxSpec(),
    twin,
    sms: (place) => telnyxSms({ ...twin.credentials, ...place }),
    telephony: (place) => telnyxTelephony({ ...twin.credentials, ...place }),
  }
}

export function plivo(): Vendor {
  const twin: PlivoTwin = plivoTwin()
  return {
    spec: plivoSpec(),
    twin,
    sms: (place) => plivoSms({ ...twin.credentials, ...place }),
    telephony: (place) => plivoTelephony({ ...twin.credentials, ...place }),
  }
}
