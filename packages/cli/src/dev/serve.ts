import { join } from 'node:path'
import { type ClusterOptions, launchWorkerd, type Workerd } from '@do/core/workerd'
import type { Output } from '../command.ts'
import { CommandError } from '../failure.ts'
import { describeWorker, type ExportedClass } from '../worker/describe.ts'
import { temporaryFolder } from '../worker/entry.ts'
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
    running = await launchWorkerd({
      bundle,
      objects: classes.map(({ name }) => name),
      dataFolder: options.dataFolder,
      env: options.env(),
      port,
      outbound: options.outbound,
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
    })
    port = running.port
    for (const line of addresses(running, classes, options)) output.line(line)
  }

  try {
    await start()
    if (watch) {
      for await (const file of watchSources(entry, signal)) {
        output.line(`${file} changed`)
        await start().catch((error: unknown) => {
          if (!(error instanceof CommandError)) throw error
          output.problem(`${error.message}\n${running === undefined ? 'Nothing runs now.' : 'The last good version still runs.'}`)
        })
      }
    } else await aborted(signal)
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
