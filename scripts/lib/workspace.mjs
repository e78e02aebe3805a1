import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const bin = (name) => `${root}node_modules/.bin/${name}`

const parents = ['packages', 'adapters']
const singles = ['conformance', 'fixtures', 'objects']

/**
 * Every package that is published, in a stable order. `folder` is relative to the base; `kind` says which rules hold for it.
 * `base` is another root in tests.
 */
export function packages(base = root) {
  const folders = [...parents.flatMap((parent) => children(base, parent).map((name) => `${parent}/${name}`)), ...singles]
  return folders
    .filter((folder) => existsSync(`${base}/${folder}/package.json`))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(`${base}/${folder}/package.json`, 'utf8'))
      return { name: manifest.name, folder, path: `${base.replace(/\/$/, '')}/${folder}`, kind: kindOf(folder), manifest }
    })
    .filter(({ manifest }) => manifest.private !== true)
}

function children(base, parent) {
  if (!existsSync(`${base}/${parent}`)) return []
  return readdirSync(`${base}/${parent}`).sort()
}

const rooms = new Set(['provider', 'core', 'ledger', 'books', 'gateway', 'lake', 'console', 'cli'])

/** Interfaces are all of packages/ that is not one of the named rooms. */
function kindOf(folder) {
  const [parent, name] = folder.split('/')
  if (parent === 'adapters') return 'adapter'
  if (parent === 'packages') return rooms.has(name) ? name : 'interface'
  return parent
}

/** Every file below a folder that the filter takes, relative to the folder, never inside node_modules or dist. */
export function filesBelow(folder, takes, below = '') {
  const found = []
  for (const entry of readdirSync(`${folder}/${below}`, { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'dist') found.push(...filesBelow(folder, takes, path))
    } else if (takes(path)) found.push(path)
  }
  return found.sort()
}
