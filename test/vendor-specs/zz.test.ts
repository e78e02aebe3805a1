import { it } from 'vitest'
import { callsJourney, numbersJourney, scene, smsJourney, faultJourney, faults } from './journeys.ts'
import { unnoticed } from './spoil.ts'
import { plivo, telnyx, twilio } from './vendors.ts'
it.each([['twilio', twilio], ['telnyx', telnyx], ['plivo', plivo]])('%s', async (n, v) => {
  for (const j of [smsJourney, numbersJourney, callsJourney]) {
    const at = scene(v()); await j(at).catch((e) => console.log(String(e)))
    const kinds = new Map(at.watch.exchanges.map((e) => [e.operation + e.answer?.status + Object.keys(JSON.parse(e.answer?.body || '{}')).length + new URL(e.request.url).search.length, e]))
    console.log(n, j.name, kinds.size, unnoticed([...kinds.values()], at.spec).join('\n'))
  }
}, 100000)
