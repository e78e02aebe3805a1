import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { packAll } from '../scripts/build/pack.mjs'
import { sizes } from '../scripts/check/sizes.mjs'
import { packages, root } from '../scripts/lib/workspace.mjs'
import type { Row } from './report.ts'
import { median } from './rounds.ts'

// What it costs to import each package as published, in a fresh Node, and how big its own code is.

const run = promisify(execFile)
const onlyInWorkerd = new Set(['core', 'objects'])

export async function measure(): Promise<Row[]> {
  const folder = await installed()
  const rows: Row[] = []
  for (const { name, kind } of packages(root)) {
    if (onlyInWorkerd.has(kind)) continue
    const times: number[] = []
    for (let i = 0; i < 7; i++) times.push(await importTime(name, folder))
    rows.push({ what: `${name}, import`, measured: `${median(times).toFixed(1)} ms` })
  }
  for (const { name, size, limit, passed } of await sizes()) {
    const gate = limit === undefined ? {} : { gate: `≤ ${limit}`, passed }
    rows.push({ what: `${name}, gzip`, measured: `${(size / 1000).toFixed(2)} kB`, ...gate })
  }
  return rows
}

/** The tarballs side by side as npm would lay them out, with the workspace's copies of what they depend on. */
async function installed(): Promise<string> {
  const folder = join(root, '.work/installed')
  const tarballs: Record<string, string> = await packAll()
  rmSync(folder, { recursive: true, force: true })
  for (const { name, path, manifest } of packages(root)) {
    const target = join(folder, 'node_modules', name)
    mkdirSync(target, { recursive: true })
    await run('tar', ['xzf', tarballs[name] ?? '', '--strip-components=1', '-C', target])
    for (const dependency of Object.keys(manifest.dependencies ?? {}).filter((other) => !other.startsWith('@do/'))) {
      mkdirSync(dirname(join(target, 'node_modules', dependency)), { recursive: true })
      symlinkSync(join(path, 'node_modules', dependency), join(target, 'node_modules', dependency))
    }
  }
  return folder
}

async function importTime(name: string, folder: string): Promise<number> {
  const source = `const at = performance.now(); await import(${JSON.stringify(name)}); console.log(performance.now() - at)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source], { cwd: folder })
  return Number(stdout)
}
