import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { mutants } from './test/mutants.ts'

interface Tried {
  readonly name: string
  readonly invariant: string
  readonly found: readonly string[]
  readonly problem?: string
}

const processes = 2

it(`catches each of ${mutants.length} ledgers with a defect, by the invariant it breaks`, { timeout: 900_000 }, async () => {
  const script = fileURLToPath(new URL('./test/try-mutants.ts', import.meta.url))
  const outputs = await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      promisify(execFile)(process.execPath, [script, String(index), String(processes)]),
    ),
  )
  const tried = outputs.flatMap(({ stdout }) => stdout.trim().split('\n')).map((line): Tried => JSON.parse(line))
  expect(tried).toHaveLength(mutants.length)
  expect(mutants.length).toBeGreaterThanOrEqual(25)
  const survivors = tried.filter(({ invariant, found }) => !found.includes(invariant))
  expect(survivors).toEqual([])
})
