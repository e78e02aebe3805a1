// The one way in: `node scripts/run.mjs <task> [arguments]`. Runs on any Node from 20 with nothing installed:
// installs the workspace when it does not match the lockfile, then hands over to the Node of node_modules.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runToEnd } from './lib/process.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const tasks = {
  start: 'scripts/start.mjs',
  test: 'scripts/tasks/test.mjs',
  check: 'scripts/tasks/check.mjs',
  bench: 'scripts/tasks/bench.mjs',
  build: 'scripts/tasks/build.mjs',
  fix: 'scripts/tasks/fix.mjs',
  matrix: 'scripts/tasks/matrix.mjs',
}

const [task, ...args] = process.argv.slice(2)
const script = Object.hasOwn(tasks, task ?? '') ? tasks[task] : undefined
if (script === undefined) {
  console.error(`Unknown task ${JSON.stringify(task ?? '')}. Say one of: ${Object.keys(tasks).join(', ')}.`)
  process.exit(2)
}
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node ${process.versions.node} is too old to begin with: install Node 20 or newer.`)
  process.exit(2)
}

install()
process.exit(await runToEnd(`${root}node_modules/.bin/node`, [`${root}${script}`, ...args], { cwd: root }))

/** pnpm leaves a copy of the lockfile it has installed: where the two agree there is nothing to do. */
function install() {
  const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  const installed = `${root}node_modules/.pnpm/lock.yaml`
  const wanted = readFileSync(`${root}pnpm-lock.yaml`, 'utf8')
  const ready = existsSync(`${root}node_modules/.bin/node`) && existsSync(installed)
  if (ready && readFileSync(installed, 'utf8') === wanted) return
  console.log(`Installing the workspace with ${packageManager} …`)
  const windows = process.platform === 'win32'
  const { status, error } = spawnSync(windows ? 'npx.cmd' : 'npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    cwd: root,
    stdio: 'inherit',
    shell: windows,
  })
  if (error !== undefined)
    console.error(`npx did not start: ${error.message}. It comes with npm: install npm and run this again.`)
  if (status !== 0) process.exit(status ?? 1)
}
