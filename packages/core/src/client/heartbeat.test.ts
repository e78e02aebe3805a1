import { createServer, connect as dial, type Socket } from 'node:net'
import { testClock } from '@do/provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Desk } from '../rpc/test/desk.ts'
import { type Desks, startDesks } from '../rpc/test/harness.ts'
import { until } from '../test/harness.ts'
import { type ConnectionState, type ConnectOptions, connect } from './index.ts'

let desks: Desks
let network: Network
beforeAll(async () => {
  desks = await startDesks()
  network = await startNetwork(Number(new URL(desks.workerd.url).port))
})
afterAll(async () => {
  network.close()
  await desks.close()
})

const ping = '["ping"]'

/** Our client behind a network that may vanish, on a clock of its own. */
async function client(name: string, heartbeat?: ConnectOptions['heartbeat']) {
  const clock = testClock()
  const sent: string[] = []
  const got: string[] = []
  const states: [ConnectionState, unknown][] = []
  const connection = connect<typeof Desk>(`http://127.0.0.1:${network.port}/desk/${name}/rpc`, {
    clock,
    ...(heartbeat === undefined ? {} : { heartbeat }),
    backoff: { initialMs: 1, maxMs: 1, random: () => 1 },
    onState: (state, reason) => states.push([state, reason]),
    webSocket: (url, protocols) => {
      const socket = new WebSocket(url, protocols)
      const send = socket.send.bind(socket)
      socket.send = (text) => {
        sent.push(String(text))
        send(text)
      }
      socket.addEventListener('message', ({ data }) => got.push(String(data)))
      return socket
    },
  })
  await connection.api.echo('open')
  // What has come so far is past: from here on it is quiet.
  const { idleMs = 30_000 } = { ...heartbeat }
  clock.advance(idleMs)
  const pings = () => sent.filter((text) => text === ping).length
  const pongs = () =>
    until(
      async () => got.filter((text) => text === '["pong"]').length,
      (count) => count === pings(),
    )
  return { clock, connection, api: connection.api, states, pings, pongs }
}

describe('a connection on which nothing comes', () => {
  it('is asked for a sign of life, and stays while there is one', async () => {
    const { clock, connection, states, pings, pongs } = await client('alive')
    clock.advance(29_999)
    expect(pings()).toBe(0)
    for (let round = 1; round <= 5; round += 1) {
      clock.advance(round === 1 ? 1 : 30_000)
      expect(pings()).toBe(round)
      await pongs()
      clock.advance(10_000)
    }
    expect(states.map(([state]) => state)).toEqual(['open'])
    connection.close()
    clock.advance(3_600_000)
    expect(pings()).toBe(5)
  })

  it('is not asked where something has come meanwhile', async () => {
    const { clock, connection, api, pings } = await client('busy')
    for (let round = 0; round < 5; round += 1) {
      clock.advance(29_000)
      await api.echo(round)
      clock.advance(1_000)
      expect(pings()).toBe(0)
    }
    connection.close()
  })

  it('is made anew when the network is gone without a word: calls under way are answered, writes once', async () => {
    const { clock, connection, api, states } = await client('half-open')
    const heard: unknown[] = []
    const counter = await api.counter(10)
    await api.listen('all', (value: unknown) => Promise.resolve(heard.push(value)))
    await api.post('before')
    clock.advance(30_000)
    network.vanish()
    const lost = api.post('lost')
    const read = counter.add(5)
    clock.advance(30_000)
    clock.advance(9_999)
    expect(connection.state).toBe('open')
    clock.advance(1)
    expect(connection.state).toBe('waiting')
    expect(states.at(-1)?.[1]).toMatchObject({ message: 'The server gives no sign of life.' })
    clock.advance(1)
    expect(await read).toBe(15)
    await lost
    await api.tell('hello')
    expect(heard).toEqual(['hello'])
    expect(await api.posted()).toEqual(['before', 'lost'])
    expect(states.map(([state]) => state)).toEqual(['open', 'waiting', 'open'])
    // The new one has a pulse of its own.
    network.vanish()
    clock.advance(60_000)
    clock.advance(10_000)
    expect(connection.state).toBe('waiting')
    clock.advance(1)
    expect(await api.echo('again')).toBe('again')
    connection.close()
  })

  it('has the times that were asked for', async () => {
    const { clock, connection, pings } = await client('quick', { idleMs: 500, answerMs: 100 })
    network.vanish()
    clock.advance(500)
    expect(pings()).toBe(1)
    clock.advance(99)
    expect(connection.state).toBe('open')
    clock.advance(1)
    expect(connection.state).toBe('waiting')
    connection.close()
  })

  it('is left alone where that was asked for', async () => {
    const { clock, connection, pings } = await client('quiet', false)
    network.vanish()
    clock.advance(86_400_000)
    expect([pings(), connection.state]).toEqual([0, 'open'])
    connection.close()
  })
})

interface Network {
  readonly port: number
  /** What is connected now hears nothing more, and is not told. Others may connect. */
  vanish(): void
  close(): void
}

function startNetwork(to: number): Promise<Network> {
  const lines = new Set<[Socket, Socket]>()
  const server = createServer((near) => {
    const far = dial(to, '127.0.0.1')
    const line: [Socket, Socket] = [near, far]
    lines.add(line)
    for (const [one, other] of [line, [far, near]] as const) {
      one.on('error', () => other.destroy())
      one.pipe(other)
    }
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as { readonly port: number }).port,
        vanish: () => {
          for (const [near, far] of lines) {
            near.unpipe(far).on('data', () => {})
            far.unpipe(near).on('data', () => {})
          }
        },
        close: () => {
          for (const line of lines) for (const end of line) end.destroy()
          server.close()
        },
      }),
    ),
  )
}
