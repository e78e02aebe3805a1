import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { capture } from '../lib/process.mjs'
import { filesBelow, packages, root } from '../lib/workspace.mjs'
import { buildAll } from './build.mjs'

/**
 * Builds and packs every package into .work/tarballs, as `pnpm publish` would upload them. Does nothing when no source
 * has changed since. `only` names some packages. Answers the path of each tarball by package name.
 */
export async function packAll({ base = root, only = [], say = () => {} } = {}) {
  const folder = `${base}.work/tarballs${only.length === 0 ? '' : '-some'}`
  const all = packages(base).filter(({ name }) => only.length === 0 || only.includes(name))
  const fingerprint = fingerprintOf(base, all)
  const record = `${folder}/record.json`
  if (existsSync(record)) {
    const kept = JSON.parse(readFileSync(record, 'utf8'))
    if (kept.fingerprint === fingerprint && Object.values(kept.tarballs).every((path) => existsSync(path))) return kept.tarballs
  }
  say('Building …')
  await buildAll({ base, only, say })
  say('Packing …')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { packageManager } = JSON.parse(readFileSync(`${base}package.json`, 'utf8'))
  const packed = await capture(
    'npx',
    ['--yes', packageManager, ...all.flatMap(({ name }) => ['--filter', name]), '-r', 'pack', '--pack-destination', folder],
    { cwd: base },
  )
  if (packed.code !== 0) throw new Error(`pnpm pack failed:\n${packed.output}`)
  const files = readdirSync(folder)
  const tarballs = Object.fromEntries(
    all.map(({ name, manifest }) => {
      const file = `${name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
      if (!files.includes(file)) throw new Error(`pnpm pack made no ${file}. It made: ${files.join(', ')}`)
      return [name, `${folder}/${file}`]
    }),
  )
  writeFileSync(record, JSON.stringify({ fingerprint, tarballs }, null, 2))
  return tarballs
}

function fingerprintOf(base, all) {
  const hash = createHash('sha256')
  const add = (path) => hash.update(path).update('\0').update(readFileSync(path)).update('\0')
  for (const name of ['package.json', 'pnpm-lock.yaml', 'tsconfig.base.json', 'LICENSE'])
    if (existsSync(`${base}${name}`)) add(`${base}${name}`)
  for (const one of all) for (const file of filesBelow(one.path, () => true)) add(`${one.path}/${file}`)
  for (const file of filesBelow(`${root}scripts/build`, () => true)) add(`${root}scripts/build/${file}`)
  return hash.digest('hex')
}
