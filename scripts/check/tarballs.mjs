import { availableParallelism } from 'node:os'
import { capture } from '../lib/process.mjs'
import { bin } from '../lib/workspace.mjs'

/** publint and attw on every tarball: what a user's tools would find, and not what our workspace shows. One package per core. */
export async function checkTarballs(tarballs) {
  const left = Object.entries(tarballs)
  const problems = []
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) problems.push(...(await problemsOf(...next)))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return problems
}

async function problemsOf(name, path) {
  const [lint, types] = await Promise.all([
    capture(bin('publint'), ['run', path, '--strict']),
    capture(bin('attw'), [path, '--profile', 'esm-only', '--format', 'ascii']),
  ])
  return [
    ...(lint.code === 0 ? [] : [`${name}: publint\n${lint.output}`]),
    ...(types.code === 0 ? [] : [`${name}: attw\n${types.output}`]),
  ]
}
