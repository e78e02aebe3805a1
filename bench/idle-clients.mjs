// How much do clients cost that are connected and silent? Opens CLIENTS (5,000) stock Cap'n Web connections to one object, waits until it
// hibernates, and wakes it by one call of each of a hundred of them. Prints memory for each connection and the time of a wake.
//   node bench/idle-clients.mjs        (about 40 s; CLIENTS and IDLE_MS may be set)
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd } from '@do/core/workerd'

const clients = Number(process.env.CLIENTS ?? 5_000)
const idleMs = Number(process.env.IDLE_MS ?? 13_000)
const entry = fileURLToPath(new URL('../packages/core/src/rpc/test/worker.ts', import.meta.url))
const dataFolder = mkdtempSync(join(tmpdir(), 'idle-clients-'))
const workerd = await launchWorkerd({ entry, objects: ['Desk'], dataFolder, outbound: ['local'] })

const rssMb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${workerd.pid}/status`, 'utf8'))?.[1]) / 1_024
const cpuMs = () => {
  const fields = readFileSync(`/proc/${workerd.pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
const round = (value) => Math.round(value * 100) / 100

/** One call in the frames of the protocol: a library for each of thousands of clients would measure this process. */
function connect() {
  const socket = new WebSocket(`${workerd.url.replace('http', 'ws')}/desk/idle/rpc`)
  const waiting = new Map()
  let calls = 0
  socket.addEventListener('message', ({ data }) => {
    const [kind, id, value] = JSON.parse(String(data))
    waiting.get(id)?.(kind === 'resolve' ? value : new Error(`${value}`))
    socket.send(JSON.stringify(['release', id, 1]))
  })
  const call = (method, ...args) =>
    new Promise((resolve) => {
      calls += 1
      waiting.set(calls, resolve)
      socket.send(JSON.stringify(['push', ['pipeline', 0, [method], args]]))
      socket.send(JSON.stringify(['pull', calls]))
    })
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve({ socket, call }))
    socket.addEventListener('error', () => reject(new Error('A connection failed.')))
  })
}

const first = await connect()
const before = rssMb()
const open = [first]
for (let made = 1; made < clients; made += 50) {
  open.push(...(await Promise.all(Array.from({ length: Math.min(50, clients - made) }, connect))))
}
for (const { call } of open) await call('echo', 1)
const { life } = await first.call('stats')
const connected = rssMb()

await new Promise((resolve) => setTimeout(resolve, idleMs))
const slept = rssMb()
const idleFrom = cpuMs()
await new Promise((resolve) => setTimeout(resolve, 3_000))
const idleCpu = cpuMs() - idleFrom

let started = performance.now()
const stats = await first.call('stats')
const wakeMs = performance.now() - started
const others = []
for (const { call } of open.slice(1, 101)) {
  started = performance.now()
  await call('echo', 1)
  others.push(performance.now() - started)
}
others.sort((a, b) => a - b)

console.log(
  JSON.stringify(
    {
      clients: open.length,
      connections: stats.connections,
      hibernated: stats.life !== life,
      kbPerConnectionAwake: round(((connected - before) * 1_024) / open.length),
      kbPerConnectionAsleep: round(((slept - before) * 1_024) / open.length),
      cpuMsIn3IdleSeconds: idleCpu,
      wakeOfTheObjectMs: round(wakeMs),
      firstCallOfOthersMs: { p50: round(others[50]), p99: round(others[99]) },
    },
    null,
    2,
  ),
)
for (const { socket } of open) socket.close()
await workerd.kill()
rmSync(dataFolder, { recursive: true, force: true })
process.exit(stats.life !== life && stats.connections === open.length ? 0 : 1)
