import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Loaded, load } from './gateway/load.ts'
import { type OpenPath, openFloor, openLoop, openOurs, openProvider, type Provider } from './gateway/paths.ts'
import { openPortkey } from './gateway/portkey.ts'
import { atLeast, atMost, type Row } from './report.ts'
import { median } from './rounds.ts'

// What stands between a client and a provider of language models: our gateway with a tenant's key, budget and books, a bare
// pass-through on the same workerd, the same with each chunk in JavaScript's hands, and Portkey's gateway from npm. The provider is a
// process on loopback that answers at once.

const rounds = 7
const kinds = {
  json1: { connections: 1, milliseconds: 400, streamed: false },
  json16: { connections: 16, milliseconds: 400, streamed: false },
  sse1: { connections: 1, milliseconds: 400, streamed: true },
  sse16: { connections: 16, milliseconds: 600, streamed: true },
  paced8: { connections: 8, milliseconds: 600, streamed: true, model: 'paced' },
} as const
type Kind = keyof typeof kinds

interface Measured extends Loaded {
  /** Milliseconds of CPU of the path's own process, for each request. */
  readonly cpu: number
}

type Taken = Readonly<Record<Kind, readonly Measured[]>>

export async function measure(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'))
  const provider = await openProvider()
  const paths: Record<string, OpenPath> = {}
  try {
    paths.floor = await openFloor(folder, provider)
    paths.loop = await openLoop(folder, provider)
    paths.ours = await openOurs(folder, provider)
    const portkey = await openPortkey(folder, provider)
    if (portkey !== undefined) paths.portkey = portkey
    const taken = await inRounds(paths)
    const rows = [...gates(taken), ...Object.entries(taken).flatMap(([name, own]) => lines(name, own))]
    rows.push(...(await leaving(paths, provider)), await manyStreams(paths.ours))
    return rows
  } finally {
    await Promise.all(Object.values(paths).map(({ server }) => server.kill()))
    provider.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function inRounds(paths: Readonly<Record<string, OpenPath>>): Promise<Readonly<Record<string, Taken>>> {
  const names = Object.keys(paths)
  const nothing = (): Record<Kind, Measured[]> => ({ json1: [], json16: [], sse1: [], sse16: [], paced8: [] })
  const taken = Object.fromEntries(names.map((name) => [name, nothing()]))
  for (let round = -2; round < rounds; round++) {
    for (const [kind, options] of Object.entries(kinds) as [Kind, (typeof kinds)[Kind]][]) {
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(turn + round + 2) % names.length] as string
        const path = paths[name] as OpenPath
        const before = cpuOf(path)
        const result = await load(path, options)
        const cpu = (cpuOf(path) - before) / result.first.length
        if (round >= 0) taken[name]?.[kind].push({ ...result, cpu })
      }
    }
  }
  return taken
}

/** Milliseconds of CPU that a path's process has taken so far, all threads. */
function cpuOf({ server }: OpenPath): number {
  const folder = `/proc/${server.pid}/task`
  const nanoseconds = readdirSync(folder).map((thread) =>
    Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6
}

const first = (all: readonly Loaded[]) => median(all.flatMap((one) => one.first))
const whole = (all: readonly Loaded[]) => median(all.flatMap((one) => one.whole))
const rate = (all: readonly Loaded[]) => median(all.map(({ perSecond }) => perSecond))
const cpu = (all: readonly Measured[]) => median(all.map((one) => one.cpu))

function gates({ floor, ours }: Readonly<Record<string, Taken>>): Row[] {
  if (floor === undefined || ours === undefined) throw new Error('Nothing to compare.')
  // Within each round, so that the machine's moods hit both alike.
  const ratio = (kind: Kind) => median(ours[kind].map((one, round) => one.perSecond / (floor[kind][round] as Loaded).perSecond))
  return [
    atMost('gateway, JSON: median over the floor', whole(ours.json1) - whole(floor.json1), 1, ' ms', 2),
    atMost('gateway, stream: first byte over the floor', first(ours.sse1) - first(floor.sse1), 3, ' ms', 2),
    atMost('gateway, 8 paced streams: first byte over the floor', first(ours.paced8) - first(floor.paced8), 3, ' ms', 2),
    atLeast('gateway / floor, JSON, 16 clients', ratio('json16'), 0.6, ' ×'),
    atLeast('gateway / floor, streams, 16 clients', ratio('sse16'), 0.6, ' ×'),
  ]
}

function lines(name: string, taken: Taken): Row[] {
  const ms = (value: number) => `${value.toFixed(2)} ms`
  return [
    { what: `  ${name}: JSON alone, JSON of 16`, measured: `${ms(whole(taken.json1))}, ${Math.round(rate(taken.json16))} /s` },
    {
      what: `  ${name}: first byte alone, streams of 16`,
      measured: `${ms(first(taken.sse1))}, ${Math.round(rate(taken.sse16))} /s`,
    },
    { what: `  ${name}: first byte of 8 paced streams`, measured: ms(first(taken.paced8)) },
    {
      what: `  ${name}: CPU of a JSON answer, of a stream (of 16)`,
      measured: `${ms(cpu(taken.json16))}, ${ms(cpu(taken.sse16))}`,
    },
  ]
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function ask({ url, headers }: OpenPath, signal: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ model: 'slow', stream: true, max_tokens: 100, messages: [{ role: 'user', content: 'x' }] })
  return fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body, signal })
}

/** A client leaves after 200 ms of a stream of two seconds: how much is made for nobody? */
async function leaving(paths: Readonly<Record<string, OpenPath>>, provider: Provider): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, path] of Object.entries(paths)) {
    await provider.counted()
    const leave = new AbortController()
    const response = await ask(path, leave.signal)
    await response.body?.getReader().read()
    await pause(200)
    leave.abort()
    await pause(2_300)
    const { made } = await provider.counted()
    rows.push({ what: `  ${name}: chunks of 40 made for a client that left after 5`, measured: String(made) })
  }
  return rows
}

const streams = 1_000

/** Memory of the gateway's process while a thousand streams are open. */
async function manyStreams(path: OpenPath | undefined): Promise<Row> {
  if (path === undefined) throw new Error('Nothing to measure.')
  const before = residentMegabytes(path)
  const leave = new AbortController()
  const open = await Promise.all(Array.from({ length: streams }, () => ask(path, leave.signal)))
  const during = residentMegabytes(path)
  const refused = open.filter(({ ok }) => !ok)
  const why = refused[0] === undefined ? '' : `${refused[0].status} ${await refused[0].text()}`
  leave.abort()
  if (refused.length > 0) throw new Error(`${refused.length} of ${streams} streams were refused: ${why}`)
  return { what: `gateway, ${streams} open streams: memory`, measured: `${during} MB, ${before} MB before` }
}

function residentMegabytes({ server }: OpenPath): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024)
}
