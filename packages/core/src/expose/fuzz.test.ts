import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testClock } from '@do/provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchWorkerd, type Workerd } from '../launch/index.ts'
import { createCalls } from './calls.ts'
import { facadeOf } from './facade.ts'
import { createLimits } from './limits.ts'
import { frames } from './test/frames.ts'
import { rawClient, Shop } from './test/shop.ts'

/** Let everything run that has been sent. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

let workerd: Workerd
let dataFolder: string
beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'till-'))
  const entry = fileURLToPath(new URL('./test/worker.ts', import.meta.url))
  workerd = await launchWorkerd({ entry, objects: ['Till'], dataFolder, outbound: ['local'] })
})
afterAll(async () => {
  await workerd.kill()
  rmSync(dataFolder, { recursive: true, force: true })
})

describe('hostile messages', () => {
  it('100,000 of them, over real sockets to an object on workerd, write nothing and leave it healthy', async () => {
    const messages = 100_000
    const begun = await (await fetch(`${workerd.url}/till/main/begin`, { method: 'POST' })).json()
    const url = `${workerd.url.replace('http', 'ws')}/till/main/rpc`
    const tally = { sessions: 0, answers: 0, closed: 0, open: 0 }
    const attack = async (seed: number, target: number) => {
      const source = frames(seed)
      for (let own = 0; own < target; ) {
        const socket = new WebSocket(url)
        const end = Promise.withResolvers<void>()
        const opened = Promise.withResolvers<void>()
        let over = false
        socket.onopen = () => opened.resolve()
        socket.onmessage = ({ data }) => {
          tally.answers += 1
          if (data === '["resolve",1,"hello last"]') end.resolve()
        }
        socket.onclose = socket.onerror = () => {
          over = true
          opened.resolve()
          end.resolve()
        }
        await opened.promise
        tally.sessions += 1
        source.restart(1)
        if (!over) socket.send('["push",["pipeline",0,["greet"],["last"]]]')
        for (let count = 0; count < 150 && own < target && !over; count += 1) {
          socket.send(source.next())
          own += 1
          // Whoever closes is heard before the next handful.
          if (count % 25 === 24) await turn()
        }
        if (!over) socket.send('["pull",1]')
        await end.promise
        if (over) tally.closed += 1
        else tally.open += 1
        socket.close()
      }
      return source.made
    }
    const before = residentBytes()
    const made = await Promise.all(Array.from({ length: 6 }, (_, index) => attack(index + 1, Math.ceil(messages / 6))))
    const total = made.reduce((sum, kinds) => sum + Object.values(kinds).reduce((a, b) => a + b, 0), 0)
    console.log(JSON.stringify({ ...tally, total, grownMB: Math.round((residentBytes() - before) / 1e6) }))
    expect(total).toBeGreaterThanOrEqual(messages)
    expect(tally.answers).toBeGreaterThan(10_000)
    // Both kinds of session: those whose messages were only hostile, and those that broke the protocol.
    expect(tally.open).toBeGreaterThan(50)
    expect(tally.closed).toBeGreaterThan(50)

    expect(await (await fetch(`${workerd.url}/till/main/rows`)).json()).toEqual(begun)
    const socket = new WebSocket(url)
    const answer = Promise.withResolvers<string>()
    socket.onmessage = ({ data }) => answer.resolve(String(data))
    await new Promise((resolve) => {
      socket.onopen = resolve
    })
    socket.send('["push",["pipeline",0,["find"],[{"status":"open"}]]]')
    socket.send('["pull",1]')
    expect(await answer.promise).toBe('["resolve",1,2]')
    socket.close()
    expect(residentBytes() - before).toBeLessThan(300_000_000)
  }, 120_000)

  it('10,000 of them, over sessions of stock Cap’n Web, run nothing that was not called rightly and leave the object as it was', async () => {
    const messages = 10_000
    const shop = new Shop()
    // Nobody pays and nobody is admitted: whatever happens then was not allowed to.
    const calls = createCalls(
      () => testClock(),
      () => {},
    ).authorize(({ method }) => method !== 'pay' && method !== 'add') as ReturnType<typeof createCalls>
    const source = frames(20_261_121, { callbacks: false })
    const before = { proto: Object.getOwnPropertyNames(Object.prototype).sort(), heap: 0 }
    let client = rawClient({})
    let sessions = 0
    let answers = 0
    const fresh = () => {
      answers += client.received.length
      sessions += 1
      const limits = createLimits(() => testClock(), { callsAtOnce: 50, capabilities: 50, callsPerSecond: 1e6 })
      source.restart(0)
      client = rawClient(facadeOf(shop, { context: () => ({ requestId: 'fuzz' }), calls, limits }))
    }
    fresh()
    for (let sent = 0; sent < messages; sent += 1) {
      if (client.ended() || sent % 400 === 0) fresh()
      client.send(source.next())
      if (sent % 8 === 0) await turn()
      if (sent === 4_000) before.heap = heap()
    }
    await turn()

    expect(answers).toBeGreaterThan(1_000)
    expect(sessions).toBeGreaterThan(25)
    expect(source.made.lawful).toBeGreaterThan(8_000)
    expect(shop.did.filter((what) => what !== 'disposed')).toEqual([])
    expect(Object.keys(shop)).toEqual(['did', 'secret', 'gate'])
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before.proto)
    expect(Object.getOwnPropertyNames(Shop.prototype)).toContain('burn')
    expect(heap() - before.heap).toBeLessThan(120_000_000)
    const last = rawClient(facadeOf(shop, { context: () => ({ requestId: 'after' }), calls }))
    last.send('["push",["pipeline",0,["greet"],["ada"]]]')
    last.send('["pull",1]')
    await expect.poll(() => last.received).toEqual(['["resolve",1,"hello ada"]'])
  }, 120_000)
})

/** Memory of workerd. */
function residentBytes(): number {
  return Number(readFileSync(`/proc/${workerd.pid}/statm`, 'utf8').split(' ')[1]) * 4_096
}

function heap(): number {
  ;(globalThis as { gc?: () => void }).gc?.()
  return process.memoryUsage().heapUsed
}
