import { describe } from 'vitest'
import { available } from './description.ts'
import { describeTraffic } from './gate.ts'
import { tally } from './report.ts'
import { twilio } from './vendors.ts'

describe.skipIf(!available())('twilio: adapter and twin against the description', () => {
  describeTraffic(twilio, tally('twilio'))
})
