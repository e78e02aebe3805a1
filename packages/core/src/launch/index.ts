import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, relative, resolve } from 'node:path'
import { type BundleOptions, bundleWorker } from './bundle.ts'
import { type ClusterOptions, workerdConfig } from './config.ts'
import { type Running, startProcess } from './process.ts'

export { type BundleOptions, bundleWorker, type ClusterOptions }

export interface WorkerdOptions extends Pick<BundleOptions, 'minify' | 'sourcemap' | 'define' | 'alias'> {
  /** The worker's entry module, to be bundled. Either this or `bundle`. */
  readonly entry?: string
  /** A file that `bundleWorker` has made. */
  readonly bundle?: string
  /** Names of the exported Digital Object classes. */
  readonly objects: readonly string[]
  /** Where the objects keep their data; survives restarts. Bundle, configuration and log lie in it under `.workerd`. */
  readonly dataFolder: string
  /** Text bindings. They reach workerd by its environment and are not written to disk. */
  readonly env?: Readonly<Record<string, string>>
  /** 0 (default) or one that is taken: a free one. Kept over restarts. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** What `fetch` may reach. Default `public` and `private`; `['local']` keeps everything on this machine. */
  readonly outbound?: readonly string[]
  readonly compatibilityDate?: string
  readonly compatibilityFlags?: readonly string[]
  /** One of several processes that serve the same objects together. */
  readonly cluster?: ClusterOptions
  /** Asked until it answers 200. Default `/healthz`. */
  readonly healthPath?: string
  /** Default 15,000 ms. */
  readonly startTimeoutMs?: number
  /** How long `stop` lets requests under way go on before it kills: a stream may have no end. Default 5,000 ms. */
  readonly stopTimeoutMs?: number
}

export interface Workerd {
  readonly url: string
  readonly port: number
  /** Undefined while it is not running. */
  readonly pid: number | undefined
  readonly logFile: string
  /** Resolves when the process that runs now is gone, whoever ended it. */
  readonly gone: Promise<void>
  /** Starts it again, on the same port and data; with other bindings where given. */
  start(env?: Readonly<Record<string, string>>): Promise<void>
  /** SIGTERM: nothing new is taken, requests under way are finished; SIGKILL for those that take longer than `stopTimeoutMs`. */
  stop(): Promise<void>
  /** SIGKILL: what is on disk is all that is left. */
  kill(): Promise<void>
}

/** Bundles a worker, runs it on workerd with its data on disk, and waits until it is healthy. */
export async function launchWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const { host = '127.0.0.1', startTimeoutMs = 15_000, stopTimeoutMs = 5_000, healthPath = '/healthz' } = options
  const dataFolder = resolve(options.dataFolder)
  const folder = join(dataFolder, '.workerd')
  mkdirSync(folder, { recursive: true })
  const logFile = join(folder, 'workerd.log')
  const configFile = join(folder, 'config.capnp')
  const bundle = await bundleOf(options, join(folder, 'worker.js'))
  let port = options.port === undefined || options.port === 0 || (await taken(options.port, host)) ? 0 : options.port
  let env = options.env ?? {}
  let running: Running | undefined

  const start = async (next = env) => {
    if (running !== undefined) throw new Error('workerd is running already. Stop it first.')
    env = next
    // One that is there would keep the rights it has.
    rmSync(configFile, { force: true })
    writeFileSync(
      configFile,
      workerdConfig({
        address: `${host}:${port}`,
        bundle: relative(folder, bundle),
        objects: options.objects,
        env: Object.keys(env),
        dataFolder,
        outbound: options.outbound ?? ['public', 'private'],
        compatibilityDate: options.compatibilityDate ?? '2026-11-01',
        compatibilityFlags: options.compatibilityFlags ?? [],
        cluster: options.cluster,
      }),
      // The key of a cluster stands in it.
      { mode: 0o600 },
    )
    const process = await startProcess({
      configFile,
      logFile,
      env: { ...env, ...credentialsOf(options.cluster) },
      startTimeoutMs,
      experimental: options.cluster !== undefined,
    })
    port = process.port
    running = process
    void process.gone.then(() => {
      if (running === process) running = undefined
    })
    await healthy(`http://${host}:${port}${healthPath}`, startTimeoutMs, process)
  }
  const kill = async () => {
    await running?.end('SIGKILL')
    running = undefined
  }
  const stop = async () => {
    const stopping = running
    const late = setTimeout(() => stopping?.end('SIGKILL'), stopTimeoutMs)
    await stopping?.end('SIGTERM')
    clearTimeout(late)
    running = undefined
  }

  await start()
  return {
    get url() {
      return `http://${host}:${port}`
    },
    get port() {
      return port
    },
    get pid() {
      return running?.pid
    },
    get gone() {
      return running?.gone ?? Promise.resolve()
    },
    logFile,
    start,
    stop,
    kill,
  }
}

/** For workerd itself, beside the bindings. */
function credentialsOf(cluster: ClusterOptions | undefined): Record<string, string> {
  if (cluster?.credentials === undefined) return {}
  const { accessKeyId, secretAccessKey } = cluster.credentials
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
}

async function bundleOf({ entry, bundle, minify, sourcemap, define, alias }: WorkerdOptions, outfile: string): Promise<string> {
  if (bundle !== undefined) return resolve(bundle)
  if (entry === undefined) throw new TypeError('Give launchWorkerd an entry module or a bundle.')
  return bundleWorker({
    entry,
    outfile,
    ...(minify === undefined ? {} : { minify }),
    ...(sourcemap === undefined ? {} : { sourcemap }),
    ...(define === undefined ? {} : { define }),
    ...(alias === undefined ? {} : { alias }),
  })
}

async function healthy(url: string, timeoutMs: number, process: Running): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, { signal })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}`)
  } catch (cause) {
    await process.end('SIGKILL')
    const why = cause instanceof Error ? cause.message : 'no answer'
    throw new Error(`workerd listens but is not healthy: ${why}\n${process.said()}`, { cause })
  }
}

function taken(port: number, host: string): Promise<boolean> {
  return new Promise((resolvePromise) => {
    const server = createServer()
    server.once('error', () => resolvePromise(true))
    server.listen(port, host, () => server.close(() => resolvePromise(false)))
  })
}
