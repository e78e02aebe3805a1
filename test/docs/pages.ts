import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { blocksOf } from '../../scripts/docs/blocks.mjs'
import { root } from '../../scripts/lib/workspace.mjs'

export interface PageCode {
  /** The page's path without ending, as one name: `docs-failover`, `adapters-openai-README`. */
  readonly page: string
  /** Where its files were written: inside the workspace, so that `@do/*` are the sources. */
  readonly folder: string
  /** Files to run with Node, in the order of the page, with the line they stand on. */
  readonly programs: readonly { readonly file: string; readonly line: number }[]
  /** Test files, to run with vitest. */
  readonly tests: readonly string[]
  /** All files that were written. */
  readonly files: readonly string[]
}

const nameOf = (path: string) => relative(root, path).replace(/\.md$/, '').replaceAll('/', '-')

/** Writes the runnable blocks of a page as files. Two blocks that name one file are an error. */
export function extract(path: string, folder = join(root, '.work/docs', nameOf(path))): PageCode {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const programs: { file: string; line: number }[] = []
  const files: string[] = []
  for (const { kind, file, text, line } of blocksOf(path)) {
    if (kind === 'plain') continue
    const name = file ?? `line-${line}.ts`
    if (files.includes(name)) throw new Error(`${path}:${line} writes ${name} a second time.`)
    files.push(name)
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), `${text}\n`)
    if (kind === 'run') programs.push({ file: name, line })
  }
  return { page: nameOf(path), folder, programs, tests: files.filter((name) => name.endsWith('.test.ts')), files }
}

/** What a block promises to print: the page's next `text` block after it, when there is one directly below. */
export function promisedOutput(path: string, line: number): string | undefined {
  const blocks = blocksOf(path)
  const index = blocks.findIndex((block) => block.line === line)
  const next = blocks[index + 1]
  if (next === undefined || next.language !== 'text') return undefined
  const between = readFileSync(path, 'utf8')
    .split('\n')
    .slice(line + (blocks[index]?.text.split('\n').length ?? 0) + 1, next.line - 1)
  return between.join('').trim() === '' ? next.text.trim() : undefined
}
