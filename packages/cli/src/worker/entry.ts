import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandError } from '../failure.ts'

const usual = ['src/worker.ts', 'src/index.ts', 'worker.ts', 'index.ts']

/** @throws CommandError `no_entry` when there is no such file. */
export function entryOf(given: string | undefined): string {
  const entry = given ?? usual.find((name) => existsSync(name))
  if (entry !== undefined && existsSync(entry)) return entry
  const what = entry === undefined ? `There is none of ${usual.join(', ')}` : `There is no file ${entry}`
  throw new CommandError('no_entry', `${what}. Name the worker's module.`)
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'dobj-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
