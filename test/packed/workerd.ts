import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { build } from 'esbuild'
import { root } from '../../scripts/lib/workspace.mjs'
import type { Folder } from './stranger.ts'

/** Bundles a Worker as its author's tools would: workerd's conditions first, CommonJS SDKs included, Node's modules left to the runtime. */
export async function bundleWorker(folder: Folder, entry: string): Promise<string> {
  const outfile = join(folder.path, 'worker.bundle.js')
  await build({
    absWorkingDir: folder.path,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'node',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['workerd', 'worker', 'browser', 'module', 'main'],
    external: ['cloudflare:*'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
    logLevel: 'silent',
  })
  return outfile
}

export interface RunningWorker {
  readonly url: string
  stop(): Promise<void>
}

/** Starts real workerd on a bundle, on a free loopback port. */
export async function startWorkerd(folder: Folder, bindings: Readonly<Record<string, string>>): Promise<RunningWorker> {
  const texts = Object.entries(bindings).map(([name, text]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(text)})`)
  folder.write(
    'config.capnp',
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.bundle.js")],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [${texts.join(', ')}],
);
`,
  )
  const child = spawn(`${root}node_modules/.bin/workerd`, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const port = await new Promise<number>((resolve, reject) => {
    const control = child.stdio[3] as Readable
    control.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        const event = JSON.parse(line) as { event: string; port?: number }
        if (event.event === 'listen' && event.port !== undefined) resolve(event.port)
      }
    })
    void ended.then(() => reject(new Error(`workerd did not start:\n${output}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
