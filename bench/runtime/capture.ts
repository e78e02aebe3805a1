import type { Row } from '../report.ts'
import { inTurns } from '../rounds.ts'
import { compared } from './compare.ts'
import { load } from './load.ts'
import { type Servers, timed } from './servers.ts'
import { posted } from './writes.ts'

// What it costs that every change is kept as an event, in the transaction that makes it.

export async function capture({ ours }: Servers): Promise<Row[]> {
  const post = (path: string) => () =>
    timed(ours, () => load(ours.url + path, { connections: 16, milliseconds: 150, method: 'POST' }))
  const rounds = await inTurns(
    { 'changes on': post('/thing/on/each'), 'changes off': post('/quiet/off/each') },
    { rounds: 41, warmUp: 2 },
  )
  const which = { ours: 'changes on', floor: 'changes off' } as const
  const what = 'durable writes with change capture on / off, 16 clients'
  return [...compared(what, rounds, { ...which, gate: 0.95 }), ...(await withoutTheDisk(ours))]
}

/** What change capture costs by itself: many writes in one request, one commit at the end. */
async function withoutTheDisk(ours: Servers['ours']): Promise<Row[]> {
  const count = 2_000
  const loop = (path: string) => () => timed(ours, () => posted(`${ours.url}${path}/loop/${count}`).then(() => count))
  const rounds = await inTurns(
    { 'changes on': loop('/thing/loop-on'), 'changes off': loop('/quiet/loop-off') },
    { rounds: 9, warmUp: 2 },
  )
  const what = `${count} writes in one request with change capture on / off`
  return compared(what, rounds, { ours: 'changes on', floor: 'changes off' })
}
