import { failover } from '@do/provider'
import { sms } from '@do/sms'
import { telephony } from '@do/telephony'
import { pair } from './kit/index.ts'
import { runConformance } from './run.ts'
import { memorySms, memoryTelephony, memoryTwin } from './reference/index.ts'
const twin = memoryTwin()
const second = memoryTwin({ clock: twin.clock, seed: 2 })
const both = pair(twin, second)
const only = process.argv.slice(2)
for (const [d, make] of [[sms, memorySms], [telephony, memoryTelephony]] as [any, any][]) {
const rows: [string, any, any][] = [
 ['one', twin, (at: any) => make({ ...twin.credentials, ...at })],
 ['failover(1)', twin, (at: any) => failover([make({ ...twin.credentials, ...at })])],
 ['failover(2)', both, (at: any) => failover([make({ ...twin.credentials, ...at }), make({ ...second.credentials, ...at, fetch: second.fetch, name: 'reserve' })])],
]
for (const [label, t0, provider] of rows) {
const t = Date.now()
const r = await runConformance(d as any, { twin: t0, provider, ...(only.length ? { only } : {}) })
console.log('##', d.name, label, r.results.length, r.results.filter((x) => x.status === 'pass').length, r.ok, Date.now() - t, 'ms')
for (const x of r.results) if (x.status !== 'pass') console.log(x.status, x.id, x.reason)
}}
