import { telnyxTwin } from '@do/fixtures/telnyx'
import { telnyxSms, telnyxTelephony } from '@do/telnyx'
import { proveInWorkerd } from './prove.ts'

const twin = telnyxTwin()

proveInWorkerd('telnyx', {
  twin,
  sms: (at) => telnyxSms({ ...twin.credentials, ...at }),
  telephony: (at) => telnyxTelephony({ ...twin.credentials, ...at }),
})
