import { fileURLToPath } from 'node:url'
import { launchWorkerd } from '@do/core/workerd'
import { openProvider } from './gateway/zzpaths.ts'
const provider = await openProvider()
const server = await launchWorkerd({ entry: fileURLToPath(new URL('./gateway/workers/zzvar.ts', import.meta.url)), objects: [], dataFolder: '/tmp/gwvar' + process.pid, env: { UPSTREAM: provider.url }, minify: false, outbound: ['local'], healthPath: '/' })
for (const v of process.argv.slice(2)) {
  for (const model of ['slow', 'paced']) {
  const t = performance.now()
  const r = await fetch(server.url + '/' + v, { method: 'POST', body: JSON.stringify({ model, stream: true }) })
  const times: string[] = [(performance.now() - t).toFixed(0) + 'h']
  let n = 0
  for await (const c of r.body as any) { times.push((performance.now() - t).toFixed(0) + ':' + c.length); n += c.length }
  console.log(v, model, n, times.length, times.slice(0, 12).join(' '), '...', times.at(-1))
  }
}
await server.kill(); provider.close()
