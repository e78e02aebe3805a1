import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'

export interface Running {
  readonly port: number
  readonly pid: number
  /** Ends the process with this signal and waits until it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Resolves when the process is gone, whoever ended it. */
  readonly gone: Promise<void>
  /** The end of what is in its log since it was started. */
  said(): string
}

export interface StartOptions {
  readonly configFile: string
  readonly logFile: string
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds until it must listen. */
  readonly startTimeoutMs: number
  /** What workerd calls experimental: cluster mode. */
  readonly experimental?: boolean
}

/** Starts `workerd serve` and waits until it listens: it tells its port over a pipe, so nothing is polled or guessed. */
export async function startProcess({
  configFile,
  logFile,
  env,
  startTimeoutMs,
  experimental = false,
}: StartOptions): Promise<Running> {
  const log = openSync(logFile, 'a')
  const before = readFileSync(logFile).length
  const args = ['serve', configFile, '--control-fd=3', ...(experimental ? ['--experimental'] : [])]
  const child = spawn(workerdBinary(), args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log, 'pipe'] })
  closeSync(log)
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const killWithUs = () => void child.kill('SIGKILL')
  process.once('exit', killWithUs)
  void gone.then(() => process.off('exit', killWithUs))

  const said = () => readFileSync(logFile).subarray(before).toString('utf8').trim().slice(-4_000)
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal)
    await gone
  }
  try {
    const port = await listening(child, startTimeoutMs)
    return { port, pid: child.pid as number, gone, end, said }
  } catch (error) {
    await end('SIGKILL')
    throw new Error(`workerd did not start: ${error instanceof Error ? error.message : 'unknown reason'}\n${said()}`)
  }
}

function listening(child: ChildProcess, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it did not listen within ${timeoutMs} ms`)), timeoutMs)
    const settle = (run: () => void) => {
      clearTimeout(timer)
      run()
    }
    child.once('error', (error) => settle(() => reject(error)))
    child.once('exit', (code, signal) => settle(() => reject(new Error(`it ended with ${signal ?? `code ${code}`}`))))
    let text = ''
    const control = child.stdio[3] as Readable
    control.setEncoding('utf8')
    control.on('data', (chunk: string) => {
      text += chunk
      const line = text.split('\n').find((item) => item.includes('"listen"'))
      if (line !== undefined) settle(() => resolve((JSON.parse(line) as { port: number }).port))
    })
  })
}

function workerdBinary(): string {
  const require = createRequire(import.meta.url)
  const found = require('workerd') as string | { readonly default: string }
  return typeof found === 'string' ? found : found.default
}
