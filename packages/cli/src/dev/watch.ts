import { type FSWatcher, statSync, watch } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { build } from 'esbuild'

/** An editor empties a file before it writes it anew, in milliseconds. */
const writingMs = 50

/**
 * Names of the worker's own sources that are to be built, those of packages left out: the entry at once, then each that changes, also
 * while whoever asks is still building. Ends with the signal.
 */
export async function* watchSources(entry: string, signal: AbortSignal): AsyncGenerator<string> {
  let files = await sourcesOf(entry)
  let changed: string | undefined = resolve(entry)
  while (changed !== undefined && !signal.aborted) {
    const built = new Map([...files].map((file) => [file, stateOf(file)]))
    yield relative(process.cwd(), changed)
    files = await sourcesOf(entry)
    changed = [...built.keys()].find((file) => built.get(file) !== stateOf(file)) ?? (await firstChange(files, signal))
    await pause(writingMs)
  }
}

function stateOf(file: string): string {
  const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {}
  return `${mtimeMs} ${size}`
}

async function sourcesOf(entry: string): Promise<ReadonlySet<string>> {
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  }).catch(() => undefined)
  // What does not build has at least its entry.
  return new Set([resolve(entry), ...Object.keys(built?.metafile.inputs ?? {}).map((path) => resolve(path))])
}

/** Folders are watched, not files: editors replace files. */
function firstChange(files: ReadonlySet<string>, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((done) => {
    const watchers: FSWatcher[] = []
    const end = (file: string | undefined) => {
      for (const watcher of watchers) watcher.close()
      signal.removeEventListener('abort', stop)
      done(file)
    }
    const stop = () => end(undefined)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) return stop()
    for (const folder of new Set([...files].map((file) => dirname(file)))) {
      watchers.push(
        watch(folder, (_, name) => {
          const file = name === null ? undefined : resolve(folder, name)
          if (file !== undefined && files.has(file)) end(file)
        }),
      )
    }
  })
}
