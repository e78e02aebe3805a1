import type { SmsTwin } from '@do/conformance'
import { plivoTwin } from '@do/fixtures/plivo'
import { telnyxTwin } from '@do/fixtures/telnyx'
import { twilioTwin } from '@do/fixtures/twilio'
import { plivoSms } from '@do/plivo'
import { type TestClock, testClock } from '@do/provider'
import type { Sms } from '@do/sms'
import { telnyxSms } from '@do/telnyx'
import { twilioSms } from '@do/twilio'

export interface Vendor {
  readonly name: string
  readonly twin: SmsTwin
  readonly sms: Sms
}

/** The three vendors on one clock, each with its adapter. */
export function vendors(clock: TestClock = testClock(), seed = 1): { clock: TestClock; all: readonly [Vendor, Vendor, Vendor] } {
  const at = (twin: SmsTwin) => ({ fetch: twin.fetch, clock, senders: [twin.sender] })
  const twilio = twilioTwin({ clock, seed })
  const telnyx = telnyxTwin({ clock, seed })
  const plivo = plivoTwin({ clock, seed })
  return {
    clock,
    all: [
      { name: 'twilio', twin: twilio, sms: twilioSms({ ...twilio.credentials, ...at(twilio) }) },
      { name: 'telnyx', twin: telnyx, sms: telnyxSms({ ...telnyx.credentials, ...at(telnyx) }) },
      { name: 'plivo', twin: plivo, sms: plivoSms({ ...plivo.credentials, ...at(plivo) }) },
    ],
  }
}
