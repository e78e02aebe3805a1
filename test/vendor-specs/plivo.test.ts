import { describe } from 'vitest'
import { available } from './description.ts'
import { describeTraffic } from './gate.ts'
import { tally } from './report.ts'
import { plivo } from './vendors.ts'

describe.skipIf(!available())('plivo: adapter and twin against the description', () => {
  describeTraffic(plivo, tally('plivo'))
})
