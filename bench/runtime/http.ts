import { join } from 'node:path'
import type { Row } from '../report.ts'
import { type Cost, inTurns, middling } from '../rounds.ts'
import { compared, times } from './compare.ts'
import { load } from './load.ts'
import { type ServerName, type Servers, timed, withAll } from './servers.ts'

// One request to one object and back. Ours finds the route, runs the middleware chain, gives every answer a request id and writes a
// log line. The floor reads what it is asked, as an object must that has more than one answer; beside it one that does not even look.

const paths = {
  'raw object': { server: 'raw', path: '/Reader/a' },
  'raw object that does not look': { server: 'raw', path: '/Answer/a' },
  'through the runtime': { server: 'ours', path: '/thing/a' },
  agents: { server: 'agents', path: '/agents/peer/a' },
  partyserver: { server: 'partyserver', path: '/parties/peer/a' },
} as const satisfies Readonly<Record<string, { readonly server: ServerName; readonly path: string }>>

type Way = keyof typeof paths

/** The same build is up to 5 % faster or slower from one start of its process to the next, for as long as that lives. */
const starts = 6

export async function http(_: Servers, folder: string): Promise<Row[]> {
  const taken: Record<1 | 16, Record<Way, Cost>[]> = { 1: [], 16: [] }
  for (let start = 0; start < starts; start++) {
    await withAll(join(folder, `http-${start}`), async (servers) => {
      for (const [connections, rounds] of [[16, 8] as const, [1, 2] as const]) {
        taken[connections].push(...(await inTurns(requests(servers, connections), { rounds, warmUp: 4 })))
      }
    })
  }
  return [...rows(taken[16], '16 at a time', { gate: 0.9 }), ...rows(taken[1], '1 at a time')]
}

function requests(servers: Servers, connections: number): Record<Way, () => Promise<Cost>> {
  const ways = Object.entries(paths).map(([way, { server, path }]) => {
    const { url } = servers[server]
    return [way, () => timed(servers[server], () => load(url + path, { connections, milliseconds: 150 }))]
  })
  return Object.fromEntries(ways) as Record<Way, () => Promise<Cost>>
}

function rows(rounds: readonly Record<Way, Cost>[], how: string, gate: { readonly gate?: number } = {}): Row[] {
  const ours = 'through the runtime'
  const title = 'HTTP through the runtime / raw object'
  const [rate, cpu, ...each] = compared(`${title}, ${how}`, rounds, { ours, floor: 'raw object', ...gate })
  const blind = middling(rounds, (round) => round['raw object that does not look'].time / round[ours].time)
  return [
    rate as Row,
    cpu as Row,
    { what: `${title} that does not look at its request, ${how}, rate`, measured: times(blind) },
    ...each,
  ]
}
