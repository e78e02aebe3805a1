import { sms } from '@do/sms'
import { telephony } from '@do/telephony'
import { telnyxTwin } from '@do/fixtures/telnyx'
import { runConformance } from '../../../conformance/src/run.ts'
import { openApi } from '../../../test/vendor-specs/checker.ts'
import { checked } from '../../../test/vendor-specs/checked.ts'
import { load } from '../../../test/vendor-specs/description.ts'
import { telnyxSms, telnyxTelephony } from './index.ts'
const spec = openApi('telnyx', [load('telnyx/spec3.json.gz')])
const twin = telnyxTwin()
const c = checked(twin.fetch, spec)
const connect = twin.connect.bind(twin)
;(twin as any).connect = (r: any) => connect(c.receiver(r))
;(twin as any).fetch = c.fetch
for (const [d, make] of [[sms, telnyxSms], [telephony, telnyxTelephony]] as [any, any][]) {
  const r = await runConformance(d, { twin, provider: (at: any) => make({ ...twin.credentials, ...at }) })
  console.log('##', d.name, r.results.filter((x) => x.status === 'fail').map((x) => x.id))
}
console.log(c.counts, c.unchecked.slice(0,20))
const seen = new Map<string, number>()
for (const f of c.findings) { const k = JSON.stringify({ ...f }); seen.set(k, (seen.get(k) ?? 0) + 1) }
console.log(seen.size); for (const [k, n] of [...seen].slice(0, 60)) console.log(n, k.slice(0, 400))
console.log(c.operations())
