import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd } from '@do/core/workerd'
import { load } from './gateway/load.ts'
import { openProvider } from './gateway/zzpaths.ts'
const provider = await openProvider()
const server = await launchWorkerd({ entry: fileURLToPath(new URL('./gateway/workers/zzvar.ts', import.meta.url)), objects: [], dataFolder: '/tmp/gwvar' + process.pid, env: { UPSTREAM: provider.url }, minify: false, outbound: ['local'], healthPath: '/' })
const cpu = (pid: number) => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(f[11]) + Number(f[12])) * 10 }
const names = process.argv.slice(2)
const sums: any = {}
for (let i = 0; i < 3; i++) for (const v of names) {
  const c = cpu(server.pid!)
  try {
  const r = await load({ url: server.url + '/' + v, headers: {} }, { connections: 16, milliseconds: 1000, streamed: true })
  if (i) { const s = (sums[v] ??= [0, 0]); s[0] += cpu(server.pid!) - c; s[1] += r.first.length }
  } catch (e) { console.log(v, String(e).slice(0, 200)) }
}
for (const v of names) if (sums[v]) console.log(v.padEnd(10), (sums[v][0] / sums[v][1]).toFixed(3))
await server.kill(); provider.close()
