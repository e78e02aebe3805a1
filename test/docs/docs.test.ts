import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { pagesOf } from '../../scripts/docs/check.mjs'
import { bin, root } from '../../scripts/lib/workspace.mjs'
import { extract, type PageCode, promisedOutput } from './pages.ts'

// Every code block of the README, of docs/ and of the READMEs of packages that have any to run is run, type-checked, and where the page shows its output, compared with it.

const run = promisify(execFile)
const guard = join(root, 'test/house/egress.ts')

const pages = pagesOf(root).map((path: string) => ({ path, name: relative(root, path), code: extract(path) }))

describe.each(pages)('$name', ({ path, code }: { path: string; code: PageCode }) => {
  if (code.files.length === 0) it('has no code to run', () => expect(code.programs).toEqual([]))

  it.each(code.programs)('line $line runs', async ({ file, line }) => {
    const { stdout } = await run(process.execPath, ['--import', guard, file], { cwd: code.folder, timeout: 60_000 })
    const promised = promisedOutput(path, line)
    if (promised !== undefined) expect(stdout.trim()).toBe(promised)
  })

  if (code.tests.length > 0)
    it('its tests pass', { timeout: 120_000 }, async () => {
      writeFileSync(join(code.folder, 'vitest.config.ts'), 'export default {}\n')
      // Inside a test run colours are on, and would stand between the words.
      const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' }
      const ran = await run(bin('vitest'), ['run', '--root', code.folder], { cwd: code.folder, env }).catch(
        (error: { stdout?: string }) => error,
      )
      expect(ran.stdout).toMatch(/Tests +\d+ passed/)
    })
})

// Together, as the compiler reads the packages once for all pages.
it('the types of all pages are right', { timeout: 120_000 }, async () => {
  const config = join(root, '.work/docs/tsconfig.json')
  const include = pages
    .filter(({ code }: { code: PageCode }) => code.files.length > 0)
    .map(({ code }: { code: PageCode }) => relative(dirname(config), code.folder))
  expect(include.length).toBeGreaterThan(10)
  const compilerOptions = { noEmit: true, moduleDetection: 'force' }
  mkdirSync(dirname(config), { recursive: true })
  writeFileSync(config, JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions, include }))
  const checked = await run(bin('tsc'), ['-p', config], { cwd: root }).catch((error: { stdout: string }) => error)
  expect(checked.stdout).toBe('')
})
