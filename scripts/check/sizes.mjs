// Budgets in gzip, measured by size-limit on what esbuild makes of the built packages for a Worker.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { capture } from '../lib/process.mjs'
import { bin, packages, root } from '../lib/workspace.mjs'

/**
 * An adapter's own code (its SDK and its peers are not its own), by interface: what an application bundles that uses one
 * interface of a vendor. Telephony has fourteen operations, webhooks that are answered, and a whole language to render, so
 * it may have nearly twice as much. Payments have fifty operations on twelve kinds of things, and tables of declines and disputes.
 * Language models have ten operations, streams in a vendor's events and as bytes, and rules that differ from model to model.
 */
const faceBudgets = { sms: '6 kB', telephony: '11 kB', payments: '18 kB', llm: '14 kB' }

/** Whole entry points with all they need, by package and subpath. */
const entryBudgets = [
  { name: '@do/core', file: 'dist/tiny.js', label: '@do/core/tiny', limit: '6 kB' },
  { name: '@do/core', file: 'dist/index.js', label: '@do/core', limit: '40 kB' },
  { name: '@do/core', file: 'dist/full.js', label: '@do/core/full', limit: '120 kB', optional: true },
]

/** What is measured: one row for each package's own code, with a limit where there is a budget, and the entry points. */
function plan(base) {
  const all = packages(base)
  const own = all.map((one) => ({
    label: `${one.name} (own code)`,
    entry: `${one.path}/dist/index.js`,
    own: true,
    limit: undefined,
  }))
  const faces = all.filter(({ kind }) => kind === 'adapter').flatMap((one) => factoriesOf(one, all))
  const entries = entryBudgets
    .map((budget) => ({ ...budget, entry: `${all.find(({ name }) => name === budget.name)?.path}/${budget.file}`, own: false }))
    .filter(({ entry, optional }) => !optional || existsSync(entry))
  return [...own, ...faces, ...entries]
}

/** What an application bundles that uses one interface of a vendor. */
function factoriesOf({ folder, path, name, manifest }, all) {
  const vendor = folder.split('/')[1].replace(/-(.)/g, (_, letter) => letter.toUpperCase())
  return all
    .filter((other) => other.kind === 'interface' && other.name in (manifest.peerDependencies ?? {}))
    .map((other) => {
      const face = other.folder.split('/')[1]
      const factory = `${vendor}${face[0].toUpperCase()}${face.slice(1)}`
      const contents = `export { ${factory} } from ${JSON.stringify(`${path}/dist/index.js`)}`
      return { label: `${name}, only ${factory}`, stdin: { contents, resolveDir: path }, own: true, limit: faceBudgets[face] }
    })
}

/** Measures every built package. Answers rows with `size` in bytes, `limit` as written, `passed`. */
export async function sizes(base = root) {
  const folder = `${base}.work/sizes`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const rows = plan(base)
  for (const [index, row] of rows.entries()) {
    row.bundle = `${folder}/${index}.js`
    await build({
      ...(row.stdin ? { stdin: row.stdin } : { entryPoints: [row.entry] }),
      outfile: row.bundle,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2024',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['workerd', 'worker', 'browser'],
      external: ['node:*', 'cloudflare:*'],
      ...(row.own ? { packages: 'external' } : {}),
      logLevel: 'error',
    })
  }
  const config = rows.map(({ label, bundle, limit }) => ({ name: label, path: bundle, gzip: true, ...(limit ? { limit } : {}) }))
  writeFileSync(`${folder}/.size-limit.json`, JSON.stringify(config))
  writeFileSync(`${folder}/package.json`, JSON.stringify({ private: true, devDependencies: { '@size-limit/file': '*' } }))
  const measured = await capture(bin('size-limit'), ['--json'], { cwd: folder })
  let results
  try {
    results = JSON.parse(measured.stdout)
  } catch {
    throw new Error(`size-limit failed:\n${measured.output}`)
  }
  return results.map(({ name, size, passed }, index) => ({ name, size, limit: rows[index].limit, passed: passed !== false }))
}
