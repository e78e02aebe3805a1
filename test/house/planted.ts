import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A small workspace on disk for one test: paths and contents (objects become JSON). Answers its root, with a slash at the end. */
export function workspace(files: Readonly<Record<string, string | object>>): string {
  const root = mkdtempSync(join(tmpdir(), 'planted-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  }
  return `${root}/`
}

/** The manifest of a planted package. */
export function manifest(name: string, more: object = {}): object {
  return { name: `@do/${name}`, version: '0.0.0', exports: { '.': './src/index.ts' }, ...more }
}
