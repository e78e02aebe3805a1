import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Where a program of Debian is; it is installed when it is missing and may be. On CI its absence is an error; elsewhere it is
 * said loudly and the caller skips what needs it.
 */
export function debianProgram(program: string, debianPackage: string): string | undefined {
  const found = which(program) ?? install(program, debianPackage)
  if (found !== undefined) return found
  const message = `${program} is not here and cannot be installed (apt-get install -y ${debianPackage}).`
  if (process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false') throw new Error(message)
  console.warn(`\n*** NOT CHECKED: ${message} ***\n`)
  return undefined
}

const which = (program: string): string | undefined => {
  const places = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', ...(process.env.PATH ?? '').split(':')]
  return places.map((place) => join(place, program)).find((path) => existsSync(path))
}

const options = { stdio: 'ignore' as const, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }

function install(program: string, debianPackage: string): string | undefined {
  if (which('apt-get') === undefined || process.getuid?.() !== 0) return undefined
  // Test files run beside each other; apt-get does not.
  const lock = join(tmpdir(), 'ledger-oracle-apt.lock')
  const mine = taken(lock)
  const get = (...args: string[]) => execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], options)
  try {
    try {
      get('install', '-y', '--no-install-recommends', debianPackage)
    } catch {
      get('update')
      get('install', '-y', '--no-install-recommends', debianPackage)
    }
  } catch {
    return undefined
  } finally {
    if (mine) rmdirSync(lock)
  }
  return which(program)
}

/** Waits up to two minutes for whoever else is installing. */
function taken(lock: string): boolean {
  const wait = new Int32Array(new SharedArrayBuffer(4))
  for (let tries = 0; tries < 240; tries += 1) {
    try {
      mkdirSync(lock)
      return true
    } catch {
      Atomics.wait(wait, 0, 0, 500)
    }
  }
  return false
}
