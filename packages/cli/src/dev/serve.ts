import { join } from 'node:path'
import type { ClusterOptions, Workerd } from '@do/core/workerd'
import type { Output } from '../command.ts'
import { CommandError } from '../failure.ts'
import { describeWorker, type ExportedClass } from '../worker/describe.ts'
import { temporaryFolder } from '../worker/entry.ts'
import { launched } from '../worker/launched.ts'
import { watchSources } from './watch.ts'

export interface ServeOptions {
  readonly entry: string
  readonly port: number
  readonly host?: string | undefined
  readonly dataFolder: string
  /** Read again for each start. */
  readonly env: () => Readonly<Record<string, string>>
  readonly outbound: readonly string[]
  readonly cluster?: ClusterOptions | undefined
  readonly watch: boolean
  /** Only the port that was given: whoever sends traffic there would find nobody. */
  readonly exactPort?: boolean
  readonly output: Output
  readonly signal: AbortSignal
}

/** Runs until the signal; a broken change leaves the last good version running. Answers the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  const { entry, output, signal, watch } = options
  const work = temporaryFolder()
  let running: Workerd | undefined
  let port = options.port

  const start = async () => {
    const bundle = join(work.path, 'worker.js')
    const classes = await describeWorker(entry, bundle)
    await running?.stop()
    running = undefined
    running = await launched({
      bundle,
      objects: classes.map(({ name }) => name),
      dataFolder: options.dataFolder,
      env: options.env(),
      port,
      // An open page must not hold up what was changed.
      ...(watch ? { stopTimeoutMs: 500 } : {}),
      outbound: options.outbound,
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
    })
    if (options.exactPort === true && options.port !== 0 && running.port !== options.port) {
      throw new CommandError(
        'port_taken',
        `Port ${options.port} is taken, or not allowed here. Free it, or give another by --port.`,
      )
    }
    port = running.port
    for (const line of addresses(running, classes, options)) output.line(line)
  }

  try {
    const sources = watchSources(entry, signal)
    if (watch) await sources.next()
    await start()
    if (watch) {
      for await (const file of sources) {
        output.line(`${file} changed`)
        await start().catch((error: unknown) => {
          if (!(error instanceof CommandError)) throw error
          output.problem(`${error.message}\n${running === undefined ? 'Nothing runs now.' : 'The last good version still runs.'}`)
        })
      }
    } else if ((await Promise.race([aborted(signal), running?.gone.then(() => 'gone')])) === 'gone' && !signal.aborted) {
      output.problem(`The server has ended by itself. What it said last is in ${running?.logFile}`)
      return 1
    }
    return 0
  } finally {
    await running?.stop()
    work.remove()
  }
}

function addresses(workerd: Workerd, classes: readonly ExportedClass[], { port, dataFolder }: ServeOptions): string[] {
  const moved = port !== 0 && workerd.port !== port ? ` (${port} is taken)` : ''
  return [
    `Serving at ${workerd.url}${moved}`,
    ...classes.map(({ name, prefix }) => `  ${name}  ${workerd.url}${prefix ?? `/${kebab(name)}`}/<name>`),
    `  data in ${dataFolder}, log in ${workerd.logFile}`,
  ]
}

function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
