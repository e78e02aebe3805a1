import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Workerd } from '@do/core/workerd'
import type { Row } from '../report.ts'
import { type Cost, inTurns, type Rounds } from '../rounds.ts'
import { compared, perSecond } from './compare.ts'
import { flushMs, slowDisk } from './disk.ts'
import { load } from './load.ts'
import { open, type Servers, timed } from './servers.ts'

// One new key or row for each request, on disk before the answer, 64 clients at a time. First on this machine's disk, to be known;
// then, where the gate is, on one whose flush takes a millisecond. The floor has a commit for each request; beside it stands what
// group commit brings to an object that does nothing else.

const clients = 64
const slowFlushMs = 1
const what = `durable single writes with group commit / raw one commit each, ${clients} clients`
const [floor, bareGroups, ourGroups, ourEach] = [
  'raw object, one commit each',
  'raw object, group commit',
  'ours, $writer',
  'ours, one commit each',
] as const

export async function writes(servers: Servers, folder: string): Promise<Row[]> {
  const { agents, partyserver } = servers
  const flush = flushMs(folder)
  const rounds = await inTurns(
    {
      ...ways(servers),
      'agents, one commit each': post(agents, '/agents/peer/writer'),
      'partyserver, one commit each': post(partyserver, '/parties/peer/writer'),
    },
    { rounds: 9, warmUp: 2 },
  )
  return [
    { what: 'a flush of this disk (fdatasync of 4 kB)', measured: `${flush.toFixed(3)} ms` },
    ...grouped(`${what}, this disk`, rounds),
    ...(await onSlowDisk(folder)),
  ]
}

async function onSlowDisk(folder: string): Promise<Row[]> {
  const where = `${what}, a flush of ${slowFlushMs} ms`
  const home = join(folder, 'slow')
  mkdirSync(home)
  const env = slowDisk(home, slowFlushMs)
  if (env === undefined) {
    console.warn('  NOT MEASURED: group commit on a disk with real flushes. It needs Linux and a C compiler ("cc").')
    return [{ what: `${where}, rate`, measured: 'NOT MEASURED, no cc', gate: '≥ 2 ×' }]
  }
  const opened: Workerd[] = []
  try {
    const raw = await open('raw', home, env)
    opened.push(raw)
    const ours = await open('ours', home, env)
    opened.push(ours)
    const rounds = await inTurns(ways({ raw, ours }), { rounds: 9, warmUp: 2 })
    // One commit after the other, each with its flush: faster than that, the flushes were not slowed down.
    const most = Math.max(...rounds.map((round) => perSecond(round[floor])))
    if (most > 1_000 / slowFlushMs)
      throw new Error(`${most.toFixed(0)} commits a second: the flushes of workerd did not take ${slowFlushMs} ms.`)
    return grouped(where, rounds, 2)
  } finally {
    await Promise.all(opened.map((server) => server.kill()))
  }
}

function ways({ raw, ours }: Pick<Servers, 'raw' | 'ours'>) {
  return {
    [floor]: post(raw, '/Entries/a'),
    [bareGroups]: post(raw, '/Grouped/a'),
    [ourGroups]: post(ours, '/thing/writer/grouped'),
    [ourEach]: post(ours, '/thing/writer/each'),
  }
}

function grouped(title: string, rounds: Rounds<typeof floor | typeof bareGroups | typeof ourGroups>, gate?: number): Row[] {
  const which = { ours: ourGroups, floor, ...(gate === undefined ? {} : { gate }) } as const
  const [rate, cpu, ...each] = compared(title, rounds, which)
  const bare = compared('  the same by a raw object that groups', rounds, { ours: bareGroups, floor }).slice(0, 2)
  return [rate as Row, cpu as Row, ...bare, ...each]
}

function post(server: Workerd, path: string): () => Promise<Cost> {
  return () => timed(server, () => load(server.url + path, { connections: clients, milliseconds: 150, method: 'POST' }))
}

/** A request of which nothing but its being answered matters. */
export async function posted(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST' })
  const text = await response.text()
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 300)}`)
}
