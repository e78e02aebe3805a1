import { afterAll, beforeAll, expect, it } from 'vitest'
import { start, type Started } from '../../examples/phone-desk/start.ts'
import { client } from '../../examples/phone-desk/scenario/client.ts'
import { readKeys } from '../../examples/phone-desk/keys.ts'
it('x', async () => {
  const s = await start({ dataFolder: '/tmp/data9', port: 0, print: () => {} })
  const t = client(() => `${s.desk.url}/t/acme`, readKeys('/tmp/data9').tenants.acme)
  console.log(JSON.stringify((await t.ok<any>('GET', '/answers?limit=4')).items, null, 1))
  await s.close()
}, 90000)
