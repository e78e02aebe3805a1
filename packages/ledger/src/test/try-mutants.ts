import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Mutant, mutants } from './mutants.ts'

// A process of its own (node try-mutants.ts <first> <of every>): each mutant is a copy of the sources with one text replaced, and
// goes through the same simulation. One line of JSON for each.

const source = fileURLToPath(new URL('..', import.meta.url))
const others = ['reports', 'exchange', 'pdf']
const folder = mkdtempSync(join(tmpdir(), 'ledger-mutants-'))
const [first = 0, every = 1] = process.argv.slice(2).map(Number)

for (const [index, mutant] of mutants.entries()) {
  if (index % every === first)
    process.stdout.write(`${JSON.stringify({ name: mutant.name, ...(await tryOut(mutant, index)) })}\n`)
}
rmSync(folder, { recursive: true, force: true })

async function tryOut({ file, find, put, invariant }: Mutant, index: number) {
  const copy = join(folder, String(index))
  cpSync(source, copy, {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts') && !others.some((name) => path.startsWith(join(source, name))),
  })
  const text = readFileSync(join(copy, file), 'utf8')
  if (text.split(find).length !== 2)
    return { invariant, found: [], problem: `the text to replace stands ${text.split(find).length - 1} times in ${file}` }
  writeFileSync(
    join(copy, file),
    text.replace(find, () => put),
  )
  const { simulate }: typeof import('./simulation.ts') = await import(pathToFileURL(join(copy, 'test/simulation.ts')).href)
  const subject: typeof import('../index.ts') = await import(pathToFileURL(join(copy, 'index.ts')).href)
  const found = new Set<string>()
  for (let seed = 1; seed <= 60 && !found.has(invariant); seed++) {
    for (const violation of simulate(subject, { seed, steps: 300, perBook: 300 })) found.add(violation.invariant)
  }
  return { invariant, found: [...found] }
}
