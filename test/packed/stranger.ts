import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inject } from 'vitest'

/** What a command said and how it ended. Never throws for a bad exit: tests look at it. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly output: string
}

/** A folder outside the repository, with nothing of the workspace: what a stranger has. */
export interface Folder {
  readonly path: string
  write(name: string, content: string): void
  run(command: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ran>
  remove(): void
}

/** The platform's Node 22 as an npm package. Unlike the package `node` it needs no install script, which npm may skip. */
const node22Package = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

export function strangerFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'stranger-'))
  return {
    path,
    write(name, content) {
      mkdirSync(dirname(join(path, name)), { recursive: true })
      writeFileSync(join(path, name), content)
    },
    run: (command, args, environment = {}) =>
      new Promise((resolve) => {
        const env = { ...clean(process.env), ...environment }
        execFile(
          command,
          [...args],
          { cwd: path, env, maxBuffer: 64 * 1024 * 1024, timeout: 170_000 },
          (error, stdout, stderr) => {
            const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
            resolve({ code, stdout, output: stdout + stderr })
          },
        )
      }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** What is published, by name. Throws when it could not be built. */
export function tarballs(): Readonly<Record<string, string>> {
  const problem = inject('packProblem')
  if (problem !== '') throw new Error(problem)
  return inject('tarballs')
}

/** Installs packed packages (and others by name) with npm alone. Throws with npm's words. */
export async function install(folder: Folder, names: readonly string[], others: readonly string[] = []): Promise<void> {
  const packed = tarballs()
  const missing = names.filter((name) => packed[name] === undefined)
  if (missing.length > 0) throw new Error(`There is no tarball of ${missing.join(', ')}.`)
  folder.write('package.json', JSON.stringify({ name: 'stranger', private: true, type: 'module' }))
  const wanted = [...names.map((name) => `file:${packed[name]}`), ...others]
  const ran = await folder.run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...wanted])
  if (ran.code !== 0) throw new Error(`npm install failed:\n${ran.output}`)
}

export const node22 = { install: `${node22Package}@22`, path: `node_modules/${node22Package}/bin/node` }

/** The workspace's own bin folder and vitest's variables stay out: a stranger has neither. */
function clean(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(environment).filter(
    ([name, value]) =>
      value !== undefined &&
      !/^(npm_|VITEST|NODE_OPTIONS$|NODE_PATH$|INIT_CWD$|NODE_ENV$|TEST$|MODE$|DEV$|PROD$|SSR$|BASE_URL$)/.test(name),
  )
  const path = (environment.PATH ?? '').split(':').filter((part) => !part.includes('node_modules'))
  return { ...(Object.fromEntries(kept) as Record<string, string>), PATH: path.join(':') }
}
