// `npm run check`: everything that can be judged without running the product. Every step runs, so that one look shows all.
// `npm run check types biome` runs some of them; `--except matrix` all but those named.
import { packAll } from '../build/pack.mjs'
import { importRules } from '../check/import-rules.mjs'
import { packageShape } from '../check/package-shape.mjs'
import { sizes } from '../check/sizes.mjs'
import { checkTarballs } from '../check/tarballs.mjs'
import { checkDocs } from '../docs/check.mjs'
import { matrixPage } from '../docs/matrix.ts'
import { outOfStep } from '../house/sync.mjs'
import { capture, shareCompiledCode } from '../lib/process.mjs'
import { bin, root } from '../lib/workspace.mjs'

const tool =
  (name, ...args) =>
  async () => {
    const { code, output } = await capture(bin(name), args, { cwd: root })
    return code === 0 ? [] : [output.trim()]
  }

const steps = {
  types: tool('tsc', '-p', 'tsconfig.json'),
  biome: tool('biome', 'check', '--error-on-warnings', '--max-diagnostics=30'),
  knip: tool('knip', '--no-progress'),
  manifests: async () => outOfStep(root).map(({ path }) => `${path.slice(root.length)} is out of step: npm run fix writes it.`),
  imports: async () => importRules(root),
  shape: () => packageShape(root),
  docs: async () => checkDocs(root),
  matrix: async () => {
    const { now, wanted } = await matrixPage()
    return now === wanted ? [] : ['docs/matrix.md is not what the suites say: npm run matrix writes it.']
  },
  tarballs: async () => checkTarballs(await packAll()),
  sizes: async () => {
    await packAll()
    const rows = await sizes()
    for (const { name, size, limit } of rows)
      console.log(`    ${name.padEnd(34)} ${(size / 1000).toFixed(2).padStart(8)} kB gz${limit ? `  of ${limit}` : ''}`)
    return rows
      .filter(({ passed }) => !passed)
      .map(({ name, size, limit }) => `${name} has ${(size / 1000).toFixed(2)} kB gz, more than ${limit}.`)
  },
}

const asked = process.argv.slice(2)
const except = asked[0] === '--except' ? asked.slice(1) : []
const chosen = except.length > 0 ? Object.keys(steps).filter((name) => !except.includes(name)) : asked
const unknown = [...chosen, ...except].filter((name) => !Object.hasOwn(steps, name))
if (unknown.length > 0) {
  console.error(`Unknown check ${unknown.join(', ')}. There are: ${Object.keys(steps).join(', ')}.`)
  process.exit(2)
}
shareCompiledCode()
const failed = []
for (const [name, step] of Object.entries(steps)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const started = performance.now()
  const problems = await step().catch((error) => [error.message])
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${name} (${took})`)
  for (const problem of problems) console.log(problem.replace(/^/gm, '    '))
  if (problems.length > 0) failed.push(name)
}
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`)
process.exit(failed.length === 0 ? 0 : 1)
