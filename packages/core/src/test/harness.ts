import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '../launch/index.ts'
import type { Room } from './worker.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export interface DeskServer {
  readonly workerd: Workerd
  request(path: string, init?: RequestInit): Promise<Answer>
  /** Calls one method of one room of one desk; the problem where it throws. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  call(desk: string, on: Room, method: string, ...args: unknown[]): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  scenario(desk: string, name: string): Promise<any>
  close(): Promise<void>
}

/** The test worker on a real workerd, with its data in a temporary folder. */
export async function startDesks(env: Record<string, string> = {}): Promise<DeskServer> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'desks-'))
  const entry = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const workerd = await launchWorkerd({ entry, objects: ['Desk', 'FrontDoor'], dataFolder, env, outbound: ['local'] })

  const request = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await fetch(workerd.url + path, init)
    const text = await response.text()
    const json = text !== '' && /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
  }
  const post = async (path: string, body: unknown) => {
    const answer = await request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return answer.status === 200 ? answer.body.result : answer.body
  }
  return {
    workerd,
    request,
    call: (desk, on, method, ...args) => post(`/t/${desk}/call`, { on, method, args }),
    scenario: (desk, name) => post(`/t/${desk}/scenario/${encodeURIComponent(name)}`, {}),
    close: async () => {
      await workerd.kill()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

export interface Sink {
  readonly url: string
  /** Paths asked for, in order. */
  readonly asked: string[]
  /** Resolves when a request for the path has arrived. */
  arrived(path: string): Promise<void>
  /** Answers what waits at `/wait`. */
  release(): void
  close(): Promise<void>
}

/** A server that never answers, except `/wait` when it is released. */
export async function startSink(): Promise<Sink> {
  const asked: string[] = []
  const waiting: (() => void)[] = []
  const watchers = new Set<() => void>()
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/wait') waiting.push(() => response.end('done'))
    for (const watcher of watchers) watcher()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    arrived: (path) =>
      new Promise((resolve) => {
        const look = () => {
          if (!asked.includes(path)) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      }),
    release: () => {
      for (const answer of waiting.splice(0)) answer()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Asks again until the answer is right: the object works on its own time, in another process. */
export async function until<T>(ask: () => Promise<T>, right: (answer: T) => boolean, withinMs = 8_000): Promise<T> {
  const end = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (right(answer)) return answer
    if (performance.now() > end) throw new Error(`Still not right after ${withinMs} ms: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
