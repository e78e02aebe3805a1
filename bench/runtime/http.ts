import type { Row } from '../report.ts'
import { inTurns } from '../rounds.ts'
import { compared } from './compare.ts'
import { load } from './load.ts'
import { type Servers, timed } from './servers.ts'

// One request to one object and back. Ours finds the route, runs the middleware chain, gives every answer a request id and writes a
// log line; the floor does nothing.

export async function http(servers: Servers): Promise<Row[]> {
  const rows: Row[] = []
  for (const [connections, gate] of [[16, 0.9], [1]] as const) {
    const get = (server: keyof Servers, path: string) => () =>
      timed(servers[server], () => load(servers[server].url + path, { connections, milliseconds: 150 }))
    const ways = {
      'raw object': get('raw', '/Answer/a'),
      'through the runtime': get('ours', '/thing/a'),
      agents: get('agents', '/agents/peer/a'),
      partyserver: get('partyserver', '/parties/peer/a'),
    }
    const rounds = await inTurns(ways, { rounds: gate === undefined ? 7 : 45, warmUp: 2 })
    const limit = gate === undefined ? {} : { gate }
    const which = { ours: 'through the runtime', floor: 'raw object', ...limit } as const
    rows.push(...compared(`HTTP through the runtime / raw object, ${connections} at a time`, rounds, which))
  }
  return rows
}
