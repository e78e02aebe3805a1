import { capture } from '../lib/process.mjs'
import { bin, packages, root } from '../lib/workspace.mjs'
import { bundlePackage } from './bundle.mjs'

/** Builds every package, or only the named ones. Throws with the tools' own words. */
export async function buildAll({ base = root, only = [], say = () => {} } = {}) {
  const all = packages(base)
  const unknown = only.filter((name) => !all.some((one) => one.name === name))
  if (unknown.length > 0)
    throw new Error(`No such package: ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.`)
  const chosen = only.length === 0 ? all : all.filter(({ name }) => only.includes(name))
  for (const one of chosen) {
    await bundlePackage(one)
    say(`  ${one.name}`)
  }
  const projects = only.length === 0 ? ['tsconfig.build.json'] : chosen.map(({ folder }) => `${folder}/tsconfig.build.json`)
  const types = await capture(bin('tsc'), ['-b', ...projects], { cwd: base })
  if (types.code !== 0) throw new Error(`Declarations were not made:\n${firstLines(types.output, 40)}`)
  return chosen
}

function firstLines(text, count) {
  const lines = text.trim().split('\n')
  return lines.length <= count
    ? lines.join('\n')
    : [...lines.slice(0, count), `… and ${lines.length - count} lines more.`].join('\n')
}
