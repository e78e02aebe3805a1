// Who may know whom (docs/architecture.md has the picture). The table is the whole rule for packages; the functions below it
// say where Node, Cloudflare and vendors' SDKs may appear. Tests may know everything, but leave their package by name only.
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { filesBelow, packages } from '../lib/workspace.mjs'
import { importsOf } from './imports-of.mjs'

/** By kind of package: the workspace packages it may import, by kind, or by exact specifier where a subpath matters. */
const mayKnow = {
  provider: [],
  interface: ['provider'],
  adapter: ['provider', 'interface'],
  conformance: ['provider', 'interface'],
  fixtures: ['provider', '@do/conformance', '@do/conformance/kit'],
  ledger: [],
  books: ['provider', '@do/payments', 'ledger'],
  gateway: ['provider', '@do/llm'],
  lake: [],
  console: ['@do/core', '@do/core/client'],
  core: ['provider'],
  objects: ['provider', 'interface', 'core', 'ledger', 'books', 'gateway'],
  cli: ['*'],
}

/** Modules of Node outside tests, by file. Everything else must run in workerd and in a browser's worker as it is. */
const mayUseNode = [
  // workerd has both with nodejs_compat, which every Worker on this suite sets.
  ['packages/provider/src/engine/', ['node:async_hooks', 'node:crypto']],
  ['adapters/', ['node:async_hooks']],
  ['packages/core/src/launch/', '*'],
  ['packages/core/src/', ['node:async_hooks', 'node:crypto']],
  ['packages/cli/', '*'],
  ['packages/console/scripts/', '*'],
  ['fixtures/src/server.ts', '*'],
]

const mayUseCloudflare = ['packages/core/src/', 'objects/src/']

/** Tests, and what only tests use: it is in no tarball. */
const isTest = (file) => /\.test\.ts$/.test(file) || /^src\/(.*\/)?(test|testing)\//.test(file)

export function importRules(base) {
  const all = packages(base)
  return all.flatMap((one) => {
    const files = filesBelow(one.path, (file) => /\.m?[jt]s$/.test(file) && !file.endsWith('.d.ts'))
    return files.flatMap((file) =>
      importsOf(file, readFileSync(`${one.path}/${file}`, 'utf8'))
        .map((found) => ({ found, problem: problemWith(found, file, one, all) }))
        .filter(({ problem }) => problem !== undefined)
        .map(({ found, problem }) => `${one.folder}/${file}:${found.line} ${problem}`),
    )
  })
}

function problemWith({ specifier, types, lazy }, file, one, all) {
  if (specifier.startsWith('.')) return relativeProblem(specifier, file)
  if (isTest(file)) return undefined
  const path = `${one.folder}/${file}`
  if (specifier.startsWith('node:')) {
    const allowed = mayUseNode.find(([where]) => path.startsWith(where))?.[1] ?? []
    return types || allowed === '*' || allowed.includes(specifier)
      ? undefined
      : `may not use ${specifier}: it has to run in workerd without Node.`
  }
  if (specifier.startsWith('cloudflare:')) {
    return mayUseCloudflare.some((where) => path.startsWith(where))
      ? undefined
      : `may not use ${specifier}: it has to run in Node too.`
  }
  const name = packageName(specifier)
  if (name === one.name) return `imports its own package by name (${specifier}): use the file.`
  const target = all.find((other) => other.name === name)
  if (target !== undefined && !isAllowed(specifier, target, one)) {
    return `may not know ${specifier}: ${describe(one.kind)} ${mayKnow[one.kind].length === 0 ? 'nobody' : `only ${mayKnow[one.kind].join(', ')}`}.`
  }
  const declared = { ...one.manifest.dependencies, ...one.manifest.peerDependencies }
  if (!file.startsWith('src/')) return undefined
  if (!(name in declared) && !(types && `@types/${name}` in declared)) {
    return `imports ${name}, which is neither a dependency nor a peer of ${one.name}.`
  }
  // A vendor's SDK costs up to half a second to load: it is loaded when the first call needs it, in one place.
  if (one.kind === 'adapter' && target === undefined && !types && (!lazy || file !== 'src/client.ts')) {
    return `loads the vendor's SDK (${specifier}): only src/client.ts may, by import() on first use. Types are free.`
  }
  return undefined
}

function relativeProblem(specifier, file) {
  const target = posix.normalize(posix.join(posix.dirname(file), specifier))
  if (target.startsWith('..')) return `leaves its package by ${specifier}: import the other package by name.`
  if (!/\.(m?[jt]s|json|css|svg|html)$/.test(specifier)) return `needs the file's ending in ${specifier}.`
  return undefined
}

function isAllowed(specifier, target, one) {
  const allowed = mayKnow[one.kind]
  if (allowed === undefined)
    throw new Error(`No rule says what a package of kind "${one.kind}" (${one.name}) may know: add it to mayKnow.`)
  return allowed.includes('*') || allowed.includes(target.kind) || allowed.includes(specifier)
}

const describe = (kind) => (kind === 'interface' || kind === 'adapter' ? `an ${kind} knows` : `${kind} knows`)

function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
