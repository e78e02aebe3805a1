import { it } from 'vitest'
import { vendors } from './rows.ts'
it('adyen', async () => {
  const rows = vendors.find(({ name }) => name === 'adyen')?.rows() ?? []
  for (const row of rows.slice(0, Number(process.env.ROWS ?? 1))) {
    const result = await row.run()
    const count = (status: string) => result.results.filter((one) => one.status === status).length
    console.log(row.label, 'pass', count('pass'), 'fail', count('fail'), 'n/a', count('not-applicable'))
    for (const one of result.results) if (one.status === 'fail') console.log('FAIL', one.id, JSON.stringify((one as { reason?: string }).reason ?? one).slice(0, 420))
    if (process.env.NA) for (const one of result.results) if (one.status === 'not-applicable') console.log('NA', one.id, JSON.stringify((one as { reason?: string }).reason).slice(0, 120))
  }
}, 120000)
