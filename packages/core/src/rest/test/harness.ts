import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '../../launch/index.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export interface ShopServer {
  readonly workerd: Workerd
  /** A request to one shop. A body that is no text is sent as JSON. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  close(): Promise<void>
}

export async function startShop(env: Record<string, string> = {}): Promise<ShopServer> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'shop-'))
  const entry = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const workerd = await launchWorkerd({ entry, objects: ['Shop'], dataFolder, env, outbound: ['local'] })
  return {
    workerd,
    ask: async (method, path, body, headers = {}) => {
      const url = path.startsWith('http') ? path : `${workerd.url}/shop${path}`
      const json = body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }
      const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
      const response = await fetch(url, { method, headers: { ...json, ...headers }, ...text })
      const answer = await response.text()
      const isJson = answer !== '' && /json/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(answer) : answer }
    },
    close: async () => {
      await workerd.kill()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
