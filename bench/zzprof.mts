import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import { load } from './gateway/load.ts'
import { openLean, openProvider } from './gateway/zzpaths.ts'
const provider = await openProvider()
const folder = '/tmp/gwprofb' + process.pid
const ours = await openLean(folder, provider)
const port = ours.server.port
await ours.server.stop()
const bin = createRequire(import.meta.url)('workerd').default
const dir = folder + '/lean/.workerd'
const env = { ...process.env, UPSTREAM: provider.url }
const cfg = readFileSync(dir + '/config.capnp', 'utf8').replace(/127\.0\.0\.1:0/, `127.0.0.1:${port}`)
writeFileSync(dir + '/config.capnp', cfg)
const child = spawn(bin, ['serve', '--experimental', '--inspector-addr=127.0.0.1:9377', 'config.capnp'], { cwd: dir, env, stdio: 'inherit' })
await new Promise((r) => setTimeout(r, 1500))
const list: any = await (await fetch('http://127.0.0.1:9377/json')).json()
const ws = new WebSocket(list[0].webSocketDebuggerUrl)
let id = 0; const pend = new Map()
ws.onmessage = (m) => { const d = JSON.parse(String(m.data)); pend.get(d.id)?.(d.result) }
await new Promise((r) => (ws.onopen = r))
const call = (method: string, params = {}) => new Promise<any>((r) => { pend.set(++id, r); ws.send(JSON.stringify({ id, method, params })) })
await call('Profiler.enable'); await call('Profiler.setSamplingInterval', { interval: 200 })
const p = { url: `http://127.0.0.1:${port}/v1/chat/completions`, headers: ours.headers }
const streamed = process.argv[2] === 'sse'
await load(p, { connections: 16, milliseconds: 1500, streamed })
await call('Profiler.start')
const r = await load(p, { connections: 16, milliseconds: 4000, streamed })
const { profile } = await call('Profiler.stop')
console.log('requests', r.first.length)
const self = new Map<string, number>(), dt = profile.timeDeltas
const byId = new Map<number, any>(profile.nodes.map((n: any) => [n.id, n]))
const parent = new Map<number, number>(); for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id)
const total = new Map<string, number>()
const name = (n: any) => `${n.callFrame.functionName || '(anon)'}:${n.callFrame.lineNumber}`
profile.samples.forEach((s: number, i: number) => {
  const n = byId.get(s); self.set(name(n), (self.get(name(n)) ?? 0) + dt[i])
  const seen = new Set<string>()
  for (let x: number | undefined = s; x !== undefined; x = parent.get(x)) { const k = name(byId.get(x)); if (!seen.has(k)) { seen.add(k); total.set(k, (total.get(k) ?? 0) + dt[i]) } }
})
const show = (m: Map<string, number>, k: number) => [...m].sort((a, b) => b[1] - a[1]).slice(0, k).forEach(([n, t]) => console.log((t / 1000 / r.first.length).toFixed(4).padStart(9), n))
console.log('self ms/req'); show(self, 45); console.log('total ms/req'); show(total, 60)
child.kill('SIGKILL'); provider.close(); process.exit(0)
