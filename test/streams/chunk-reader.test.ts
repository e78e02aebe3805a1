import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'chunk-reader-'))
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let workerd: Workerd
let server: Server
let answer: (response: ServerResponse) => void = () => {}

beforeAll(async () => {
  const entry = fileURLToPath(new URL('./worker.ts', import.meta.url))
  workerd = await launchWorkerd({ entry, objects: [], dataFolder: folder, outbound: ['local'], healthPath: '/' })
  server = createServer((_, response) => {
    response.socket?.setNoDelay(true)
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  await workerd?.kill()
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Seen {
  readonly lengths: readonly number[]
  readonly broke: boolean
  readonly text: string | number
}

async function read(way: string, source: (response: ServerResponse) => unknown): Promise<Seen> {
  answer = (response) => void source(response)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return (await fetch(`${workerd.url}/${way}?url=${encodeURIComponent(url)}`)).json() as Promise<Seen>
}

const closed = (response: ServerResponse) => new Promise<void>((resolve) => response.once('close', resolve))

/** Soon after one another, so that they are taken together. */
async function eight(response: ServerResponse): Promise<void> {
  for (let i = 0; i < 8; i++) {
    response.write('event')
    await pause(2)
  }
}

describe('chunks of a body of the network, in workerd', () => {
  it('come as fewer where they follow closely, with every byte in its place', async () => {
    const parts = Array.from({ length: 300 }, (_, index) => `<${index}>`.padEnd(40, '.'))
    const seen = await read('all', async (response) => {
      for (const [index, part] of parts.entries()) {
        response.write(part)
        if (index % 50 === 49) await pause(25)
        else await pause(0)
      }
      response.end()
    })
    expect(seen).toMatchObject({ broke: false, text: parts.join('') })
    expect(seen.lengths.length).toBeLessThan(150)
  })

  it('are seen at once where they come one by one', async () => {
    const seen = await read('all', async (response) => {
      for (let i = 0; i < 8; i++) {
        response.write('one event')
        await pause(60)
      }
      response.end()
    })
    expect(seen.lengths).toEqual(Array.from({ length: 8 }, () => 9))
  })

  it.each([1, 16_383, 16_384, 70_000])('are whole when they are of %i bytes', async (length) => {
    const parts = Array.from({ length: 60 }, () => 'x'.repeat(length))
    const seen = await read('all', (response) => {
      for (const part of parts) response.write(part)
      response.end()
    })
    expect(seen.lengths.reduce((sum, each) => sum + each, 0)).toBe(60 * length)
    expect(seen.broke).toBe(false)
  })

  it('are not fetched far ahead of a slow reader, and come all the same', async () => {
    const part = Buffer.alloc(100_000, 'x')
    let taken = 0
    let atPause = 0
    const seen = await read('slowly', async (response) => {
      setTimeout(() => {
        atPause = taken
      }, 300)
      for (; taken < 300; taken++) if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve))
      response.end()
    })
    // What the sockets of the two processes hold, and no more.
    expect(atPause).toBeLessThan(150)
    expect([seen.broke, seen.text]).toEqual([false, 300 * part.length])
  })

  it.each(['leave', 'leave-waiting'])('end at the source when the reader goes (%s)', async (way) => {
    let gone: Promise<void> | undefined
    const seen = await read(way, async (response) => {
      gone = closed(response)
      await eight(response)
    })
    await gone
    expect(seen).toMatchObject({ broke: false, text: 'event'.repeat(8) })
    expect(seen.lengths.length).toBeLessThan(8)
  })

  it('that nobody waits for are moved on, and the connection serves the next request', async () => {
    const sockets = new Set<unknown>()
    const seen = await read('again', async (response) => {
      sockets.add(response.socket)
      response.write('the end mark')
      await pause(5)
      response.end('and the end')
    })
    expect(seen.lengths).toEqual([12, 12, 12])
    expect(sockets.size).toBe(1)
  })

  it('that never end are given up when nobody waits for them', async () => {
    const ends: Promise<void>[] = []
    await read('again', async (response) => {
      ends.push(closed(response))
      while (response.writable && !response.destroyed) {
        response.write('x'.repeat(1_000))
        await pause(0)
      }
    })
    await Promise.all(ends)
    expect(ends).toHaveLength(3)
  })

  it('break off where the source does, after what came before', async () => {
    const seen = await read('all', async (response) => {
      await eight(response)
      await pause(30)
      response.destroy()
    })
    expect(seen).toMatchObject({ broke: true, text: 'event'.repeat(8) })
    expect(seen.lengths.length).toBeLessThan(8)
  })
})
