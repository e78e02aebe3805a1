import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '../../launch/index.ts'

export interface Server {
  readonly workerd: Workerd
  /** Calls a method of the schedules, or of the test object; the problem where it throws. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  call(path: string, method: string, ...args: unknown[]): Promise<any>
  /** SIGKILL, and a new life on the same data; with another environment where one is given. */
  restart(env?: Record<string, string>): Promise<void>
  close(): Promise<void>
}

export async function startServer(): Promise<Server> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'schedules-'))
  const entry = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const launch = (env: Record<string, string> = {}) =>
    launchWorkerd({ entry, objects: ['Year', 'Desk'], dataFolder, env, outbound: ['local'] })
  let workerd = await launch()
  return {
    get workerd() {
      return workerd
    },
    call: async (path, method, ...args) => {
      const response = await fetch(`${workerd.url}${path}/call`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ method, args }),
      })
      const body = (await response.json()) as { result?: unknown }
      return response.status === 200 ? body.result : body
    },
    restart: async (env) => {
      await workerd.kill()
      if (env === undefined) await workerd.start()
      else workerd = await launch(env)
    },
    close: async () => {
      await workerd.kill()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
