import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '../../launch/index.ts'

export const keys = { old: `old:${'A'.repeat(43)}=`, new: `new:${'B'.repeat(42)}A=` }

export interface Server {
  readonly workerd: Workerd
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  call(name: string, on: 'flags' | 'limits' | 'vault' | 'oauth' | undefined, method: string, ...args: unknown[]): Promise<any>
  get(name: string, path: string, headers?: Record<string, string>): Promise<Response>
  restart(env?: Record<string, string>): Promise<void>
  close(): Promise<void>
}

export async function startServer(first: Record<string, string> = {}): Promise<Server> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'rooms-'))
  const entry = fileURLToPath(new URL('./worker.ts', import.meta.url))
  let env: Record<string, string> = { VAULT_KEYS: keys.old, ISSUER: 'http://127.0.0.1:1', ...first }
  const launch = () => launchWorkerd({ entry, objects: ['Rooms'], dataFolder, env, outbound: ['local'] })
  let workerd = await launch()
  return {
    get workerd() {
      return workerd
    },
    call: async (name, on, method, ...args) => {
      const response = await fetch(`${workerd.url}/rooms/${name}/call`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ on, method, args }),
      })
      const body = (await response.json()) as { result?: unknown }
      return response.status === 200 ? body.result : body
    },
    get: (name, path, headers = {}) => fetch(`${workerd.url}/rooms/${name}${path}`, { headers }),
    restart: async (more) => {
      await workerd.kill()
      env = { ...env, ...more }
      if (more === undefined) await workerd.start()
      else workerd = await launch()
    },
    close: async () => {
      await workerd.kill()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
