import { sms } from '@do/sms'
import { telephony } from '@do/telephony'
import { runConformance } from './run.ts'
const [vendor, ...only] = process.argv.slice(2)
const F = await import(`../../fixtures/src/${vendor}/index.ts`)
const A = await import(`../../adapters/${vendor}/src/index.ts`)
const V = vendor as string
for (const [d, make] of [[sms, A[`${V}Sms`]], [telephony, A[`${V}Telephony`]]] as [any, any][]) {
  const twin = F[`${V}Twin`]()
  const t = Date.now()
  const mine = only.filter((id) => id.startsWith(d.name + '.'))
  if (only.length && !mine.length) continue
  const r = await runConformance(d as any, { twin, provider: (at) => make({ ...twin.credentials, ...at }), ...(mine.length ? { only: mine } : {}), timeLimitMs: 5000 })
  console.log('##', V, d.name, r.results.length, r.results.filter((x) => x.status === 'pass').length, r.ok, Date.now() - t, 'ms')
  for (const x of r.results) if (x.status !== 'pass') console.log(x.status, x.id, x.reason)
}
process.exit(0)
