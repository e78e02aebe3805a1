import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import type { Path } from './load.ts'

export interface Provider {
  readonly url: string
  /** Chunks that slow streams have made since the last time, and streams whose reader left. */
  counted(): Promise<{ readonly made: number; readonly left: number }>
  close(): void
}

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)))
}

export async function openProvider(): Promise<Provider> {
  const child = fork(file('./provider.mjs'), { stdio: 'ignore' })
  const { port } = await told<{ port: number }>(child)
  return {
    url: `http://127.0.0.1:${port}`,
    counted: () => {
      const answer = told<{ made: number; left: number }>(child)
      child.send('count')
      return answer
    },
    close: () => child.disconnect(),
  }
}

/** A path from the client to the provider. */
export interface OpenPath extends Path {
  readonly server: Workerd
}

const completions = '/v1/chat/completions'

export const openFloor = (folder: string, provider: Provider) => openBare('floor', folder, provider)

/** The floor, but that each chunk passes through JavaScript. */
export const openLoop = (folder: string, provider: Provider) => openBare('loop', folder, provider)

async function openBare(name: 'floor' | 'loop', folder: string, provider: Provider): Promise<OpenPath> {
  const env = { UPSTREAM: provider.url }
  const dataFolder = join(folder, name)
  const entry = file(`./workers/${name}.ts`)
  const server = await launchWorkerd({ entry, objects: [], dataFolder, env, minify: true, outbound: ['local'], healthPath: '/' })
  return { server, url: server.url + completions, headers: { authorization: 'Bearer sk-test' } }
}

const operator = 'operator-of-the-benchmark'

export async function openOurs(folder: string, provider: Provider): Promise<OpenPath> {
  const vault = `v1:${Buffer.alloc(32, 7).toString('base64')}`
  const server = await launchWorkerd({
    entry: file('./workers/ours.ts'),
    objects: ['Tenant'],
    dataFolder: join(folder, 'ours'),
    env: { OPERATOR_TOKEN: operator, VAULT_KEYS: vault, VENDOR_ORIGINS: provider.url },
    minify: true,
    outbound: ['local'],
  })
  const call = async (method: string, path: string, token: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(`${server.url}/t/bench${path}`, { method, headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.status === 204 ? {} : response.json()
  }
  const { token } = (await call('PUT', '', operator, {})) as { token: string }
  await call('PUT', '/credentials/openai', token, { apiKey: 'sk-test' })
  await call('PUT', '/config', token, {
    llm: { order: ['openai'], instances: { openai: { baseUrl: provider.url } } },
    models: { budget: { month: 1_000_000_000_000 } },
  })
  return { server, url: server.url + completions, headers: { authorization: `Bearer ${token}` } }
}
