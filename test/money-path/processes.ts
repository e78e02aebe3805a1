import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** The shop as one file: it is started dozens of times, and each start from hundreds of files would cost most of the time. */
export async function bundleShop(folder: string): Promise<string> {
  const outfile = join(folder, 'shop.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('./shop.ts', import.meta.url))],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node24', logLevel: 'warning' },
    // The vendor's SDK is CommonJS in parts.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return outfile
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** What the shop tells: a payment that waits for its payer, how far it is, that it is done, what it found. */
export type Told =
  | { readonly type: 'waits'; readonly payment: string; readonly status: string }
  | { readonly type: 'progress'; readonly transactions: number }
  | { readonly type: 'orders' }
  | { readonly type: 'report'; readonly report: unknown }

export interface Shop {
  begin(): void
  reconcile(): void
  /** The first that is told of this type from now on. */
  heard<T extends Told['type']>(type: T): Promise<Extract<Told, { type: T }>>
  /** SIGKILL: it has no chance to say goodbye. */
  kill(): Promise<void>
}

/** Starts the process. It touches nothing before `begin`. */
export function openShop(file: string, job: object, hear: (told: Told) => void): Shop {
  const child: ChildProcess = fork(file, {
    env: { ...process.env, JOB: JSON.stringify(job) },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const gone = once(child, 'exit')
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  let killed = false
  child.on('exit', (code) => killed || failed.reject(new Error(`The shop ended by itself with ${code}.`)))
  child.on('message', (told) => hear(told as Told))
  return {
    begin: () => void child.send('begin'),
    reconcile: () => void child.send('reconcile'),
    heard: <T extends Told['type']>(type: T) =>
      Promise.race([
        failed.promise,
        new Promise<Extract<Told, { type: T }>>((resolve) => {
          child.on('message', (told: Told) => told.type === type && resolve(told as Extract<Told, { type: T }>))
        }),
      ]),
    kill: async () => {
      killed = true
      child.kill('SIGKILL')
      await gone
    },
  }
}
