import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bundleWorker } from '@do/core/workerd'
import { CommandError } from '../failure.ts'
import { runOnce } from './run-once.ts'

/** A Durable Object class that a worker exports. */
export interface ExportedClass {
  readonly name: string
  /** Where its objects are mounted, when it says so itself. */
  readonly prefix?: string
}

/** Runs beside the worker's own module and looks at what it exports: the truth, whatever the sources look like. */
const probe = (entry: string) => `
import { DurableObject } from 'cloudflare:workers'
import * as worker from ${JSON.stringify(entry)}
export default {
  fetch() {
    const classes = Object.entries(worker)
      .filter(([name, value]) => name !== 'default' && typeof value === 'function' && value.prototype instanceof DurableObject)
      .map(([name, value]) => ({ name, ...(typeof value.prefix === 'string' ? { prefix: value.prefix } : {}) }))
    return Response.json({ classes, serves: typeof (worker.default?.fetch ?? worker.default?.prototype?.fetch) === 'function' })
  },
}`

/**
 * Bundles a worker and asks it, on workerd, which Durable Object classes it exports.
 * @throws CommandError `build_failed` with file and line, `start_failed`, `no_classes`, `no_fetch`.
 */
export async function describeWorker(entry: string, outfile: string): Promise<readonly ExportedClass[]> {
  await bundle(entry, outfile)
  const folder = mkdtempSync(join(tmpdir(), 'dobj-'))
  try {
    writeFileSync(join(folder, 'probe.js'), probe(resolve(entry)))
    const asked = await bundleWorker({ entry: join(folder, 'probe.js'), outfile: join(folder, 'bundle.js') })
    const { classes, serves } = (await runOnce(asked)) as { classes: ExportedClass[]; serves: boolean }
    if (classes.length === 0) {
      throw new CommandError(
        'no_classes',
        `${entry} exports no Digital Object class. Export each one: export const { Tenant } = worker.objects`,
      )
    }
    if (!serves)
      throw new CommandError('no_fetch', `${entry} has no default export with fetch. Add: export default createWorker({ … })`)
    return classes
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function bundle(entry: string, outfile: string): Promise<void> {
  try {
    await bundleWorker({ entry, outfile })
  } catch (error) {
    const { errors = [] } = error as {
      errors?: readonly { text: string; location?: { file: string; line: number; column: number } | null }[]
    }
    if (errors.length === 0) throw error
    const lines = errors.map(({ text, location }) =>
      location ? `${location.file}:${location.line}:${location.column + 1} ${text}` : text,
    )
    throw new CommandError('build_failed', `${entry} could not be bundled:\n${lines.map((line) => `  ${line}`).join('\n')}`)
  }
}
