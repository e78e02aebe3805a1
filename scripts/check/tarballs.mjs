import { capture } from '../lib/process.mjs'
import { bin } from '../lib/workspace.mjs'

/** publint and attw on every tarball: what a user's tools would find, and not what our workspace shows. */
export async function checkTarballs(tarballs) {
  const problems = []
  for (const [name, path] of Object.entries(tarballs)) {
    const [lint, types] = await Promise.all([
      capture(bin('publint'), ['run', path, '--strict']),
      capture(bin('attw'), [path, '--profile', 'esm-only', '--format', 'ascii']),
    ])
    if (lint.code !== 0) problems.push(`${name}: publint\n${lint.output}`)
    if (types.code !== 0) problems.push(`${name}: attw\n${types.output}`)
  }
  return problems
}
