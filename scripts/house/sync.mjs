import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { packages } from '../lib/workspace.mjs'
import { wantedBuildConfig, wantedManifest } from './manifest.mjs'

/**
 * Files that differ from what the manifests imply, with what they should hold.
 * @param {string} base
 * @returns {{ path: string, wanted: object }[]}
 */
export function outOfStep(base) {
  const all = packages(base)
  const kinds = new Map(all.map(({ name, kind }) => [name, kind]))
  const wanted = all.flatMap((one) => [
    [`${one.path}/package.json`, wantedManifest(one.manifest, kinds)],
    [`${one.path}/tsconfig.build.json`, wantedBuildConfig(one, all)],
  ])
  const root = base.replace(/\/$/, '')
  wanted.push([
    `${root}/tsconfig.build.json`,
    { files: [], references: all.map(({ folder }) => ({ path: `${folder}/tsconfig.build.json` })) },
  ])
  return wanted
    .filter(([path, value]) => !existsSync(path) || !sameJson(readFileSync(path, 'utf8'), value))
    .map(([path, value]) => ({ path, wanted: value }))
}

export function sync(base) {
  const files = outOfStep(base)
  for (const { path, wanted } of files) writeFileSync(path, `${JSON.stringify(wanted, null, 2)}\n`)
  return files.map(({ path }) => path)
}

/** Compares order too, since manifests are read by people, but not white space, which the formatter owns. */
function sameJson(text, value) {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value)
  } catch {
    return false
  }
}
