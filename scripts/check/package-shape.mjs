// What every package has, so that whoever knows one finds the way in all. Adapters have more to show than the rest.
import { existsSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseSync } from 'oxc-parser'
import { filesBelow, packages } from '../lib/workspace.mjs'

const adapterFiles = ['src/index.ts', 'src/client.ts', 'src/errors.ts', 'src/webhooks.ts', 'src/descriptor.ts']
const longest = 400

export async function packageShape(base) {
  const all = packages(base)
  const problems = []
  for (const one of all) {
    const say = (text) => problems.push(`${one.folder}: ${text}`)
    const files = filesBelow(one.path, () => true)
    general(one, files, say)
    if (one.kind === 'interface') interfaceShape(one, say)
    if (one.kind === 'adapter') await adapterShape(one, files, all, say)
  }
  return problems
}

function general({ path, manifest }, files, say) {
  if (!manifest.description) say('has no description.')
  if (!manifest.keywords?.length) say('has no keywords.')
  if (!existsSync(`${path}/README.md`)) say('has no README.md.')
  else if (readFileSync(`${path}/README.md`, 'utf8').trim().length < 200)
    say('has a README.md that says nothing (under 200 characters).')
  if (!files.some((file) => /\.test\.ts$/.test(file))) say('has no tests beside its sources.')
  for (const file of files.filter((name) => /^src\/.*\.m?[jt]s$/.test(name) && !/\.test\.ts$/.test(name))) {
    const source = readFileSync(`${path}/${file}`, 'utf8')
    const lines = source.split('\n').length - 1
    if (lines > longest && !/^\/\/ Generated/.test(source))
      say(`${file} has ${lines} lines, more than ${longest}: say one thing per file.`)
  }
}

function interfaceShape({ path, folder, manifest }, say) {
  const name = folder.split('/')[1]
  if (!existsSync(`${path}/src/interface.ts`)) say('has no src/interface.ts: the description and types of the interface.')
  const exported = exportsOf(`${path}/src/index.ts`)
  if (!exported.values.has(name)) say(`src/index.ts does not export the description as \`${name}\`.`)
  const type = capitalised(name)
  if (!exported.all.has(type)) say(`src/index.ts does not export the type \`${type}\`.`)
  if (manifest.peerDependencies?.['@do/provider'] === undefined) say('does not name @do/provider as a peer.')
}

async function adapterShape({ path, folder, manifest }, files, all, say) {
  const vendor = folder.split('/')[1].replace(/-(.)/g, (_, letter) => letter.toUpperCase())
  for (const file of adapterFiles) if (!files.includes(file)) say(`has no ${file}.`)
  const interfaces = all.filter(({ kind, name }) => kind === 'interface' && name in (manifest.peerDependencies ?? {}))
  if (interfaces.length === 0) say('names no interface as a peer.')
  const exported = exportsOf(`${path}/src/index.ts`)
  for (const { folder: face } of interfaces) {
    const factory = `${vendor}${capitalised(face.split('/')[1])}`
    if (!exported.values.has(factory)) say(`src/index.ts does not export \`${factory}\`.`)
  }
  if (files.includes('src/errors.ts')) await errorTable(path, say)
}

const effects = new Set(['none', 'done', 'unknown'])

/** Whatever src/errors.ts exports that looks like a table of verdicts: every row must say where the vendor documents it. */
async function errorTable(path, say) {
  let module
  try {
    module = await import(`${pathToFileURL(`${path}/src/errors.ts`)}?at=${Date.now()}`)
  } catch (error) {
    say(`src/errors.ts cannot be loaded by itself: ${error.message}`)
    return
  }
  const tables = Object.values(module).filter(isTable)
  if (tables.length === 0) {
    say('src/errors.ts exports no table (vendor code → verdict).')
    return
  }
  const rows = tables.flatMap((table) => Object.entries(table))
  for (const [code, verdict] of rows) {
    if (!effects.has(verdict.effect)) say(`error ${code} has no effect.`)
    if (!verdict.fault || !verdict.code || !verdict.message) say(`error ${code} needs code, fault and message.`)
    if (!/^https:\/\//.test(verdict.see ?? '')) say(`error ${code} has no \`see\`: link the vendor's page.`)
  }
  if (rows.length < 25) say(`src/errors.ts has ${rows.length} rows: a vendor has more to say than that (25 at least).`)
}

const isTable = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).length > 0 &&
  Object.values(value).every((row) => typeof row === 'object' && row !== null && 'fault' in row)

function exportsOf(path) {
  if (!existsSync(path)) return { all: new Set(), values: new Set() }
  const { module } = parseSync(path, readFileSync(path, 'utf8'))
  const entries = module.staticExports.flatMap((statement) => statement.entries)
  const names = (list) => new Set(list.map(({ exportName }) => exportName.name))
  return { all: names(entries), values: names(entries.filter(({ isType }) => !isType)) }
}

const capitalised = (name) => name[0].toUpperCase() + name.slice(1)
