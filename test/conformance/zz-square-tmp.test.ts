import { pair } from '@do/conformance/kit'
import { runConformance } from '@do/conformance/run'
import { squareTwin } from '@do/fixtures/square'
import { payments } from '@do/payments'
import { failover } from '@do/provider'
import { squarePayments } from '@do/square'
import { it } from 'vitest'
const report = (r: any) => {
  const n = (s: string) => r.results.filter((x: any) => x.status === s).length
  console.log(r.results.filter((x: any) => x.status === 'fail').map((x: any) => `${x.level} ${x.id}: ${x.reason}`).join('\n'))
  console.log(r.label, 'pass', n('pass'), 'fail', n('fail'), 'na', n('not-applicable'))
}
const only = process.env.ONLY?.split(',')
const more = only ? { only } : {}
it('run', async () => {
  const twin = squareTwin()
  report(await runConformance(payments, { label: 'one', twin, provider: (at) => squarePayments({ ...twin.credentials, ...at }), ...more, client: async (c) => { await (c as any).locations.list() } }))
}, 300_000)
it('run1', async () => {
  const twin = squareTwin()
  report(await runConformance(payments, { label: 'fo1', twin, provider: (at) => failover([squarePayments({ ...twin.credentials, ...at })]), ...more }))
}, 300_000)
it('run2', async () => {
  const first = squareTwin(), second = squareTwin({ clock: first.clock, seed: 2 })
  report(await runConformance(payments, { label: 'fo2', twin: pair(first as any, second as any), provider: (at) => failover([squarePayments({ ...first.credentials, ...at }), squarePayments({ ...second.credentials, ...at, fetch: second.fetch, name: `${at.name ?? 'square'}-reserve` })]), ...more }))
}, 300_000)
