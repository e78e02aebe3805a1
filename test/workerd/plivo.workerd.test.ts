import { plivoTwin } from '@do/fixtures/plivo'
import { plivoSms, plivoTelephony } from '@do/plivo'
import { proveInWorkerd } from './prove.ts'

const twin = plivoTwin()

proveInWorkerd('plivo', {
  twin,
  sms: (at) => plivoSms({ ...twin.credentials, ...at }),
  telephony: (at) => plivoTelephony({ ...twin.credentials, ...at }),
})
