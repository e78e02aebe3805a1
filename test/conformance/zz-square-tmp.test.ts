import { runConformance } from '@do/conformance/run'
import { squareTwin } from '@do/fixtures/square'
import { payments } from '@do/payments'
import { squarePayments } from '@do/square'
import { it } from 'vitest'
it('run', async () => {
  const twin = squareTwin()
  const only = process.env.ONLY?.split(',')
  const r = await runConformance(payments, { twin, provider: (at) => squarePayments({ ...twin.credentials, ...at }), ...(only ? { only } : {}), client: async (c) => { await (c as any).locations.list() } })
  const n = (s: string) => r.results.filter((x) => x.status === s).length
  console.log(r.results.filter((x) => x.status === 'fail').map((x) => `${x.level} ${x.id}: ${x.reason}`).join('\n'))
  console.log('pass', n('pass'), 'fail', n('fail'), 'na', n('not-applicable'))
}, 300_000)
