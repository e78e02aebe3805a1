import type { Workerd } from '@do/core/workerd'
import type { Row } from '../report.ts'
import { type Cost, inTurns, middling } from '../rounds.ts'
import { agentsCaller, type Caller, echoCaller, ourCaller, stockCaller } from './callers.ts'
import { compared, times } from './compare.ts'
import { type Servers, timed } from './servers.ts'

// A call and its answer over one WebSocket: one after the other, and 64 in flight. The floor is stock Cap'n Web at both ends, whose
// sockets keep the object in memory; ours hibernate. The platform compresses what stock's server sends, since nothing tells it not to;
// ours tells it, so stock is measured without as well. Without calls, for comparison: sockets that send back what comes.

const value = 'x'.repeat(32)
const milliseconds = 200
/** Both processes have slept while it was the others' turn: the first calls take up to three times as long, whatever the way. */
const wakingCalls = 200

export async function rpc(servers: Servers): Promise<Row[]> {
  const { raw, ours, agents, partyserver } = servers
  const connected = {
    'stock Cap’n Web, pinned': { server: raw, caller: stockCaller(`${raw.url}/Pinned/a`) },
    'stock Cap’n Web, pinned, uncompressed': { server: raw, caller: stockCaller(`${raw.url}/Uncompressed/a`) },
    'ours, hibernating, our client': { server: ours, caller: ourCaller(`${ours.url}/thing/a/rpc`) },
    'ours, hibernating, stock client': { server: ours, caller: stockCaller(`${ours.url}/thing/b/rpc`) },
    'agents, callable method': { server: agents, caller: await agentsCaller(`${agents.url}/agents/peer/a`) },
    'partyserver, echo without calls': { server: partyserver, caller: await echoCaller(`${partyserver.url}/parties/peer/a`) },
    'raw hibernating, echo without calls': { server: raw, caller: await echoCaller(`${raw.url}/Hibernating/a`) },
  }
  const rows: Row[] = []
  try {
    for (const { caller } of Object.values(connected)) {
      const answer = await caller.call(value)
      if (answer !== value) throw new Error(`Expected an echo, got ${JSON.stringify(answer)}`)
    }
    for (const [inFlight, how] of [
      [1, 'one after the other'],
      [64, '64 in flight'],
    ] as const) {
      const ways = mapped(
        connected,
        ({ server, caller }) =>
          () =>
            calls(server, caller, inFlight),
      )
      const rounds = await inTurns(ways, { rounds: 15, warmUp: 2 })
      const which = { ours: 'ours, hibernating, our client', floor: 'stock Cap’n Web, pinned', gate: 0.9 } as const
      const [rate, cpu, ...each] = compared(`RPC over hibernating sockets / stock Cap’n Web, ${how}`, rounds, which)
      const like = middling(rounds, (round) => round['stock Cap’n Web, pinned, uncompressed'].time / round[which.ours].time)
      const stock = middling(rounds, (round) => round[which.floor].time / round['ours, hibernating, stock client'].time)
      rows.push(
        rate as Row,
        cpu as Row,
        { what: `the same, stock without compression too, ${how}, rate`, measured: times(like) },
        { what: `the same with the stock client, ${how}, rate`, measured: times(stock) },
        ...each,
      )
    }
  } finally {
    for (const { caller } of Object.values(connected)) caller.close()
  }
  return rows
}

async function calls(server: Workerd, { call }: Caller, inFlight: number): Promise<Cost> {
  for (let count = 0; count < wakingCalls; count++) await call(value)
  return timed(server, async () => {
    const until = performance.now() + milliseconds
    let count = 0
    for (; performance.now() < until; count += inFlight) {
      await Promise.all(Array.from({ length: inFlight }, () => call(value)))
    }
    return count
  })
}

function mapped<Name extends string, From, To>(from: Readonly<Record<Name, From>>, to: (value: From) => To): Record<Name, To> {
  return Object.fromEntries(Object.entries<From>(from).map(([name, one]) => [name, to(one)])) as Record<Name, To>
}
