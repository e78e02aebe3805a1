import { describe } from 'vitest'
import { available } from './description.ts'
import { describeTraffic } from './gate.ts'
import { tally } from './report.ts'
import { telnyx } from './vendors.ts'

describe.skipIf(!available())('telnyx: adapter and twin against the description', () => {
  describeTraffic(telnyx, tally('telnyx'))
})
