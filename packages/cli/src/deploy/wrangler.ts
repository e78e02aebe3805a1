import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { CommandError } from '../failure.ts'

/**
 * Runs the project's own wrangler with this terminal; answers its exit code.
 * @throws CommandError `no_wrangler` when the project has none.
 */
export function runWrangler(args: readonly string[], signal: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, [wranglerScript(), ...args], { stdio: 'inherit' })
  const stop = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop)
      resolve(code ?? 1)
    })
  })
}

function wranglerScript(): string {
  try {
    const manifest = createRequire(join(process.cwd(), 'package.json')).resolve('wrangler/package.json')
    return manifest.replace(/package\.json$/, 'bin/wrangler.js')
  } catch {
    throw new CommandError(
      'no_wrangler',
      'wrangler is not installed here. The configuration is written; run: npm install --save-dev wrangler, then dobj deploy again.',
    )
  }
}
