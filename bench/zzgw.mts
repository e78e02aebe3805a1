import { readFileSync } from 'node:fs'
import { load } from './gateway/load.ts'
import { openFloor, openLean, openProvider, openOurs } from './gateway/zzpaths.ts'
const provider = await openProvider()
const folder = '/tmp/gwlean' + process.pid
const paths: any = { floor: await openFloor(folder, provider), lean: await openLean(folder, provider) }
if (process.argv[2] === 'all') paths.ours = await openOurs(folder, provider)
const cpu = (pid: number) => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(f[11]) + Number(f[12])) * 10 }
for (const [kind, o] of Object.entries({ json16: { connections: 16, milliseconds: 1200, streamed: false }, sse16: { connections: 16, milliseconds: 1600, streamed: true } })) {
  const sums: any = {}
  for (let i = 0; i < 4; i++)
  for (const [name, p] of Object.entries(paths) as any) {
    const c = cpu(p.server.pid!)
    const r = await load(p, o)
    if (i) { const s = (sums[name] ??= [0, 0]); s[0] += cpu(p.server.pid!) - c; s[1] += r.first.length }
  }
  const of = (n: string) => sums[n][0] / sums[n][1]
  for (const n of Object.keys(paths)) console.log(kind, n.padEnd(6), 'cpu ms/req', of(n).toFixed(3), 'x floor', (of(n) / of('floor')).toFixed(2), 'n', sums[n][1])
}
await Promise.all(Object.values(paths).map((p: any) => p.server.kill())); provider.close()
