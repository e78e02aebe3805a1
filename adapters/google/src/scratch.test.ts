import { runConformance } from '@do/conformance/run'
import { googleTwin } from '@do/fixtures/google'
import { llm } from '@do/llm'
import { it } from 'vitest'
import { googleLlm } from './index.ts'

it('suite', async () => {
  const twin = googleTwin()
  const result = await runConformance(llm, {
    label: 'google',
    twin,
    provider: (at) => googleLlm({ ...twin.credentials, ...at }),
  })
  const by: Record<string, number> = {}
  for (const r of result.results) by[r.status] = (by[r.status] ?? 0) + 1
  console.log(by)
  for (const r of result.results)
    if (r.status !== 'pass' && r.status !== 'not-applicable') console.log(r.status, r.id, JSON.stringify(r).slice(0, 500))
  for (const r of result.results) if (r.status === 'not-applicable') console.log(r.status, r.id, JSON.stringify(r).slice(0, 300))
}, 120_000)
