import { it } from 'vitest'
import { vendors } from '../../../test/conformance/rows.ts'

const show = ({ label, results }: any) => {
  const count = (s: string) => results.filter((r: any) => r.status === s).length
  console.log(label, 'pass', count('pass'), 'fail', count('fail'), 'na', count('not-applicable'))
  for (const r of results) if (r.status === 'fail' || process.env.NA) console.log(`  ${r.status === 'fail' ? '' : 'na '}${r.id}: ${r.reason}`)
}
const only = process.env.ROW?.split(',') ?.filter((x: string) => x !== '') ?? []
for (const vendor of vendors)
  for (const row of vendor.rows())
    if (row.interface === 'llm' && (only.length === 0 || only.includes(row.label)))
      it(row.label, async () => show(await row.run()), 120_000)
