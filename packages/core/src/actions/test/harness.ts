import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { launchWorkerd, type Workerd } from '../../launch/index.ts'

import { until } from '../../test/harness.ts'

export { until }

export interface FlowServer {
  readonly workerd: Workerd
  /** Calls a method of `actions`; of `dead/`, `events/` or `state/` where it says so. The problem where it throws. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  call(flow: string, method: string, ...args: unknown[]): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  scenario(flow: string, name: string): Promise<any>
  /** SIGKILL and start, with other bindings where given. */
  crash(env?: Record<string, string>): Promise<void>
  close(): Promise<void>
}

export async function startFlows(env: Record<string, string>, entry = './worker.ts', objects = ['Flow']): Promise<FlowServer> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'flows-'))
  const workerd = await launchWorkerd({
    entry: fileURLToPath(new URL(entry, import.meta.url)),
    objects,
    dataFolder,
    env,
    outbound: ['local'],
  })
  const post = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(workerd.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = await response.json()
    return response.status === 200 ? (answer as { result: unknown }).result : answer
  }
  const at = (flow: string) => (flow.startsWith('/') ? flow : `/f/${flow}`)
  return {
    workerd,
    call: (flow, method, ...args) => post(`${at(flow)}/call`, { method, args }),
    scenario: (flow, name) => post(`${at(flow)}/scenario/${encodeURIComponent(name)}`, {}),
    crash: async (more = {}) => {
      await workerd.kill()
      await workerd.start({ ...env, ...more })
    },
    close: async () => {
      await workerd.kill()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

export interface Counter {
  readonly url: string
  /** Effects by path, each with the idempotency keys it came with. */
  readonly effects: Map<string, string[]>
  count(path: string): number
  /** From now on requests of this path are counted and never answered. Resolves when `times` of them have arrived. */
  hold(path: RegExp, times?: number): Promise<void>
  /** Answers everything that is held, and holds nothing more. */
  release(): void
  /** Forgets what is held without an answer: who asked is dead. */
  forget(): void
  /** What is answered to `/switch`: 200 or 500. */
  down: boolean
  close(): Promise<void>
}

/** A server that counts effects: `/effect/x` happened once for each time it was asked, unless the key tells a repetition. */
export async function startCounter(): Promise<Counter> {
  const effects = new Map<string, string[]>()
  let held: (() => void)[] = []
  let holding: { path: RegExp; left: number; done: () => void } | undefined
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://sink')
    const key = url.searchParams.get('key') ?? ''
    effects.set(url.pathname, [...(effects.get(url.pathname) ?? []), key])
    const answer = () => {
      if (url.pathname.startsWith('/fail-after/')) response.statusCode = 503
      if (url.pathname === '/switch' && counter.down) response.statusCode = 500
      if (url.pathname.startsWith('/known/')) {
        const wanted = url.pathname.slice('/known/'.length)
        response.end([...effects.values()].some((keys) => keys.includes(wanted)) ? 'yes' : 'no')
      } else if (url.pathname !== '/hang') response.end('x')
    }
    if (holding?.path.test(url.pathname) !== true) return answer()
    held.push(answer)
    holding.left -= 1
    if (holding.left === 0) holding.done()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const counter: Counter = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects,
    down: false,
    count: (path) => effects.get(path)?.length ?? 0,
    hold: (path, times = 1) =>
      new Promise((resolve) => {
        holding = { path, left: times, done: resolve }
      }),
    release: () => {
      holding = undefined
      for (const answer of held.splice(0)) answer()
    },
    forget: () => {
      holding = undefined
      held = []
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return counter
}

/** A worker of flows and the server that counts its effects, for all tests of a file. */
export function useFlows() {
  let sink: Counter
  let flows: FlowServer
  beforeAll(async () => {
    sink = await startCounter()
    flows = await startFlows({ SINK: sink.url })
  })
  afterAll(async () => {
    await flows.close()
    await sink.close()
  })
  const get = (flow: string, id: string) => flows.call(flow, 'get', id)
  return {
    sink: () => sink,
    flows: () => flows,
    get,
    reaches: (flow: string, id: string, state: string) =>
      until(
        () => get(flow, id),
        (run) => run.state === state,
      ),
    doing: (flow: string, name: string, input: unknown = null, options = {}) => flows.call(flow, 'do', name, input, options),
  }
}
