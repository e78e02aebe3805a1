import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type ConformanceResult, matrixOf, toMarkdown } from '@do/conformance/run'
import { runMatrix } from '../../test/conformance/rows.ts'
import { root } from '../lib/workspace.mjs'

const page = `${root}docs/matrix.md`
const [begin, end] = ['<!-- matrix: begin, written by `npm run matrix` -->', '<!-- matrix: end -->']

/** The page as it should be by these results of all rows (default: they are run), with what it is now. */
export async function matrixPage(
  results?: readonly ConformanceResult[],
): Promise<{ readonly now: string; readonly wanted: string }> {
  const now = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const [before, rest] = now.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`docs/matrix.md has lost its markers: ${begin} … ${end}`)
  return { now, wanted: `${before}${begin}\n\n${toMarkdown(matrixOf(results ?? (await runMatrix()))).trim()}\n\n${end}${after}` }
}

export async function writeMatrix(): Promise<void> {
  const { wanted } = await matrixPage()
  writeFileSync(page, wanted)
}
