import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { type Load, load } from './http/load.ts'
import type { Row } from './report.ts'
import { median } from './rounds.ts'

// One request to one object and back: through createWorker and DigitalObject, against a bare Worker and a bare Durable Object in a
// workerd of their own. Rounds take turns, so that the machine's moods hit both alike; what is compared is compared within a round.
// Ours finds the route, runs the middleware chain, gives every answer a request id and writes a log line; the floor does nothing.

const rounds = 15
const roundMs = 700
const ticksPerSecond = 100

type Way = 'raw' | 'ours'
type Measured = Load & { readonly cpu: number }

export async function measure(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-http-'))
  const open = (name: string, object: string) =>
    launchWorkerd({
      entry: fileURLToPath(new URL(`./http/${name}.ts`, import.meta.url)),
      objects: [object],
      dataFolder: join(folder, name),
      healthPath: name === 'raw' ? '/' : '/healthz',
      minify: true,
    })
  const raw = await open('raw', 'Raw')
  const ours = await open('ours', 'Thing')
  try {
    const rows: Row[] = []
    for (const clients of [16, 1]) rows.push(...(await compare({ raw, ours }, clients)))
    return rows
  } finally {
    await Promise.all([raw.stop(), ours.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compare(workers: Readonly<Record<Way, Workerd>>, clients: number): Promise<Row[]> {
  const all: Record<Way, Measured>[] = []
  for (let round = -3; round < rounds; round++) {
    const order: Way[] = round % 2 === 0 ? ['raw', 'ours'] : ['ours', 'raw']
    const one: Partial<Record<Way, Measured>> = {}
    for (const way of order) one[way] = await measureOne(workers[way], clients)
    if (round >= 0) all.push(one as Record<Way, Measured>)
  }
  const typical = (pick: (round: Record<Way, Measured>) => number) => median(all.map(pick))
  const ratio = typical(({ raw, ours }) => ours.rate / raw.rate)
  const gate = clients === 16 ? { gate: '≥ 0.9', passed: ratio >= 0.9 } : {}
  const shown = (way: Way) =>
    `${Math.round(typical((round) => round[way].rate))} /s, p50 ${typical((round) => round[way].p50).toFixed(2)} ms, ` +
    `p99 ${typical((round) => round[way].p99).toFixed(2)} ms, ${typical((round) => round[way].cpu).toFixed(1)} µs CPU`
  return [
    { what: `HTTP through the runtime / raw DO, ${clients} clients`, measured: ratio.toFixed(3), ...gate },
    {
      what: `CPU of raw DO / CPU through the runtime, ${clients} clients`,
      measured: typical(({ raw, ours }) => raw.cpu / ours.cpu).toFixed(3),
    },
    { what: `  raw DO, ${clients} clients`, measured: shown('raw') },
    { what: `  through the runtime, ${clients} clients`, measured: shown('ours') },
  ]
}

async function measureOne({ url, pid }: Workerd, clients: number): Promise<Measured> {
  const before = cpuMs(pid)
  const result = await load(`${url}/thing/a`, clients, roundMs)
  const answers = result.rate * (roundMs / 1000)
  return { ...result, cpu: ((cpuMs(pid) - before) * 1000) / answers }
}

/** CPU of a process with all its threads, in milliseconds; in steps of 10. */
function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}
