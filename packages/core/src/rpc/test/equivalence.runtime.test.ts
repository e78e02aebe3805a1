import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { newMessagePortRpcSession, newWebSocketRpcSession } from 'capnweb'
import { describe, expect, test } from 'vitest'
import { connect } from '../../client/index.ts'
import type { ObjectNamespace } from '../../platform/types.ts'
import { differences, ModelDesk, type Program, play, program, type Run, random } from './graphs.ts'

const desks = env.Desk as ObjectNamespace & { getByName(name: string): { fetch: typeof fetch } }

async function socketTo(name: string, protocols: string[] = []): Promise<WebSocket> {
  const headers = { upgrade: 'websocket', ...(protocols.length === 0 ? {} : { 'sec-websocket-protocol': protocols.join(', ') }) }
  const response = (await desks.getByName(name).fetch(`http://localhost/desk/${name}/rpc`, { headers })) as Response & {
    webSocket: WebSocket & { accept(): void }
  }
  response.webSocket.accept()
  return response.webSocket
}

async function inMemory(groups: Program, prefix: string): Promise<Run & { readonly texts: readonly string[] }> {
  const { port1, port2 } = new MessageChannel()
  const desk = new ModelDesk()
  newMessagePortRpcSession(port2 as never, desk)
  const api = newMessagePortRpcSession(port1 as never)
  const run = await play(api, groups, async () => {}, prefix)
  ;(api as unknown as Disposable)[Symbol.dispose]()
  return { ...run, texts: desk.texts }
}

/** All that was written since the last time. */
async function taken(name: string): Promise<string[]> {
  const response = await desks.getByName(name).fetch(`http://localhost/desk/${name}/taken`, { method: 'POST' })
  return (await response.json()) as string[]
}

async function evict(name: string, webSockets: 'hibernate' | 'close') {
  await evictDurableObject(desks.getByName(name), { webSockets }).catch((error: Error) => {
    // It was out of memory already.
    if (!error.message.includes('not currently running')) throw error
  })
}

/** One that never ends must not hide which it was. */
const hung = (ms: number) =>
  new Promise<{ wrong: string[]; disturbed: number; told: number }>((resolve) =>
    setTimeout(() => resolve({ wrong: [`no end within ${ms} ms`], disturbed: 0, told: 0 }), ms),
  )

const graphs = Number(env.GRAPHS)
const lanes = 32

/** Seeds of one kind of disturbance; answers what went wrong, and how often anything was disturbed and told so. */
async function all(
  kind: string,
  one: (seed: number, lane: number) => Promise<{ wrong: string[]; disturbed: number; told: number }>,
) {
  const wrong: string[] = []
  let disturbed = 0
  let told = 0
  let seed = 1
  const lane = async (_: unknown, index: number) => {
    while (seed <= graphs / 2) {
      const own = seed
      seed += 1
      const result = await Promise.race([one(own, index), hung(20_000)])
      disturbed += result.disturbed
      told += result.told
      wrong.push(...result.wrong.map((text) => `${kind} seed ${own}: ${text}`))
    }
  }
  await Promise.all(Array.from({ length: lanes }).map(lane))
  return { wrong: wrong.slice(0, 10), disturbed, told }
}

async function compare(groups: Program, name: string, prefix: string, got: Run): Promise<string[]> {
  const expected = await inMemory(groups, prefix)
  const wrong = differences(expected, got)
  const texts = await taken(name)
  const lost = got.outcomes.filter(
    (outcome) => outcome.startsWith('!not_replayable') || outcome.startsWith('!call_interrupted'),
  ).length
  // Each write once: what is missing was refused, and said so.
  const twice = texts.filter((text, index) => /\./.test(text) && texts.indexOf(text) !== index)
  if (twice.length > 0) wrong.push(`written twice: ${twice}`)
  const missing = expected.texts.length - texts.length
  if (lost === 0 ? missing !== 0 : missing < 0) wrong.push(`${expected.texts.length} writes expected, ${texts.length} found`)
  return wrong
}

describe('random call graphs answer as one uninterrupted session does', () => {
  test('a stock client, with hibernations at random points', async () => {
    const result = await all('stock', async (seed, lane) => {
      const name = `stock-${lane}`
      const prefix = `${seed}/`
      const next = random(seed + 7)
      let disturbed = 0
      const api = newWebSocketRpcSession(await socketTo(name))
      const got = await play(
        api,
        program(seed),
        async (during) => {
          // While calls are under way, an object does not hibernate.
          if (during || next(2) === 0) return
          disturbed += 1
          await evict(name, 'hibernate')
        },
        prefix,
      )
      const wrong = await compare(program(seed), name, prefix, got)
      ;(api as unknown as Disposable)[Symbol.dispose]()
      return { wrong, disturbed, told: got.outcomes.filter((text) => text === '!not_replayable').length }
    })
    expect(result.wrong).toEqual([])
    expect(result.disturbed).toBeGreaterThan(graphs / 2)
    expect(result.told).toBeGreaterThan(0)
  }, 600_000)

  test('our client, with hibernations, cuts and losses of the object at random points', async () => {
    const result = await all('ours', async (seed, lane) => {
      const name = `ours-${lane}`
      const prefix = `${seed}/`
      const next = random(seed + 99)
      let disturbed = 0
      let socket: WebSocket | undefined
      const connection = connect<never>(`http://localhost/desk/${name}/rpc`, {
        webSocket: ((_: string, protocols: string[]) => socketTo(name, protocols).then((made) => (socket = made))) as never,
        backoff: { initialMs: 1, maxMs: 5 },
      })
      const got = await play(
        connection.api,
        program(seed),
        async (during) => {
          const what = next(5)
          if (what < 2) return
          disturbed += 1
          for (let turn = next(4); turn > 0; turn -= 1) await Promise.resolve()
          if (what === 2) socket?.close(4000, 'cut')
          else if (what === 3 || during) await evict(name, 'close')
          else await evict(name, 'hibernate')
        },
        prefix,
      )
      const wrong = await compare(program(seed), name, prefix, got)
      connection.close()
      return {
        wrong,
        disturbed,
        told: got.outcomes.filter((text) => text === '!not_replayable' || text === '!call_interrupted').length,
      }
    })
    expect(result.wrong).toEqual([])
    expect(result.disturbed).toBeGreaterThan(graphs / 2)
    expect(result.told).toBeGreaterThan(0)
  }, 600_000)
})

describe('a session that is too long for the attachment of its socket', () => {
  test('is kept in a row, wakes whole, and leaves nothing behind', async () => {
    const name = 'long'
    const rows = () =>
      runInDurableObject(desks.getByName(name), (_, { storage }) =>
        storage.sql.exec<{ length: number }>('SELECT length(record) AS length FROM core_rpc_records').toArray(),
      )
    const socket = await socketTo(name)
    type Counter = { add(amount: number): Promise<number> }
    const api = newWebSocketRpcSession(socket) as unknown as { counter(value: number, more: string): Promise<Counter> }
    const held: Counter[] = []
    for (let value = 0; value < 60; value += 1) held.push(await api.counter(value, 'ö'.repeat(300)))
    for (let sleeps = 0; sleeps < 2; sleeps += 1) {
      await evict(name, 'hibernate')
      const answers = await Promise.all(held.map((counter) => counter.add(1)))
      expect(answers).toEqual(held.map((_, value) => value + 1))
    }
    const kept = await rows()
    expect(kept).toHaveLength(1)
    // More than any attachment can hold.
    expect(kept[0]?.length).toBeGreaterThan(16_384)
    socket.close(1000)
    await expect.poll(rows).toEqual([])
  }, 60_000)
})
