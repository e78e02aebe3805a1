import { failover } from '@do/provider'
import { sms } from '@do/sms'
import { telephony } from '@do/telephony'
import { telnyxTwin } from '@do/fixtures/telnyx'
import { runConformance } from '../../../conformance/src/run.ts'
import { telnyxSms, telnyxTelephony } from './index.ts'
const twin = telnyxTwin()
const only = process.argv.slice(2)
for (const [d, make] of [[sms, telnyxSms], [telephony, telnyxTelephony]] as [any, any][]) {
  for (const [label, provider] of [['one', (at: any) => make({ ...twin.credentials, ...at })], ['failover(1)', (at: any) => failover([make({ ...twin.credentials, ...at })])]] as [string, any][]) {
    const t = Date.now()
    const r = await runConformance(d, { twin, provider, ...(only.length ? { only } : {}) })
    const by = (s: string) => r.results.filter((x) => x.status === s).length
    console.log('##', d.name, label, r.results.length, 'pass', by('pass'), 'fail', by('fail'), 'n/a', by('not-applicable'), Date.now() - t, 'ms')
    for (const x of r.results) if (x.status !== 'pass') console.log(x.status, x.id, x.reason)
  }
}
