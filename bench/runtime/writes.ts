import type { Row } from '../report.ts'
import { inTurns } from '../rounds.ts'
import { compared } from './compare.ts'
import { load } from './load.ts'
import { type Servers, timed } from './servers.ts'

// One new key or row for each request, on disk before the answer. The disk is most of it.

export async function writes(servers: Servers): Promise<Row[]> {
  const post = (server: keyof Servers, path: string, connections: number) => () =>
    timed(servers[server], () => load(servers[server].url + path, { connections, milliseconds: 150, method: 'POST' }))
  const single = await inTurns(
    {
      'raw object, one commit each': post('raw', '/Entries/a', 64),
      'ours, $writer': post('ours', '/thing/writer/grouped', 64),
      'ours, one commit each': post('ours', '/thing/writer/each', 64),
      'agents, one commit each': post('agents', '/agents/peer/writer', 64),
      'partyserver, one commit each': post('partyserver', '/parties/peer/writer', 64),
    },
    { rounds: 9, warmUp: 2 },
  )
  const capture = await inTurns(
    { 'changes on': post('ours', '/thing/on/each', 16), 'changes off': post('ours', '/quiet/off/each', 16) },
    { rounds: 21, warmUp: 2 },
  )
  return [
    ...compared('durable single writes with group commit / raw one commit each, 64 clients', single, {
      ours: 'ours, $writer',
      floor: 'raw object, one commit each',
      gate: 2,
    }),
    ...compared('durable writes with change capture on / off, 16 clients', capture, {
      ours: 'changes on',
      floor: 'changes off',
      gate: 0.95,
    }),
    ...(await withoutTheDisk(servers)),
  ]
}

/** What change capture costs by itself: many writes in one request, one commit at the end. */
async function withoutTheDisk({ ours }: Servers): Promise<Row[]> {
  const count = 2_000
  const loop = (path: string) => () => timed(ours, () => posted(`${ours.url}${path}/loop/${count}`).then(() => count))
  const rounds = await inTurns(
    { 'changes on': loop('/thing/loop-on'), 'changes off': loop('/quiet/loop-off') },
    { rounds: 9, warmUp: 2 },
  )
  const what = `${count} writes in one request with change capture on / off`
  return compared(what, rounds, { ours: 'changes on', floor: 'changes off' })
}

/** A request of which nothing but its being answered matters. */
export async function posted(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST' })
  const text = await response.text()
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 300)}`)
}
