import { twilioTwin } from '@do/fixtures/twilio'
import { twilioSms, twilioTelephony } from '@do/twilio'
import { proveInWorkerd } from './prove.ts'

const twin = twilioTwin()

proveInWorkerd('twilio', {
  twin,
  sms: (at) => twilioSms({ ...twin.credentials, ...at }),
  telephony: (at) => twilioTelephony({ ...twin.credentials, ...at }),
})
