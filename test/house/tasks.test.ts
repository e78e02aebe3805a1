import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/lib/workspace.mjs'
import { workspace } from './planted.ts'

const node = process.execPath

async function run(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

const runner = (body: string) =>
  join(
    workspace({
      'runner.mjs': `import { runToEnd } from ${JSON.stringify(join(root, 'scripts/lib/process.mjs'))}\nprocess.exit(await runToEnd(process.execPath, ['-e', ${JSON.stringify(body)}]))\n`,
    }),
    'runner.mjs',
  )

it('an unknown task is refused with the list of those there are', async () => {
  const { code, output } = await run([join(root, 'scripts/run.mjs'), 'tset'])
  expect(code).toBe(2)
  expect(output).toContain('start, test, check, bench, build, fix, matrix')
})

it('a check that does not exist is refused, not skipped', async () => {
  const { code, output } = await run([join(root, 'scripts/run.mjs'), 'check', 'spelling'])
  expect(code).toBe(2)
  expect(output).toContain('Unknown check spelling')
})

it('the exit code of the work is the exit code of the task', async () => {
  expect((await run([runner('process.exit(7)')])).code).toBe(7)
})

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s reaches the work, which ends before the task does', async (signal) => {
  const body =
    "process.on('exit', () => console.log('work ended')); for (const s of ['SIGTERM','SIGINT','SIGHUP']) process.on(s, () => process.exit(3)); console.log('ready'); setInterval(() => {}, 1000)"
  const child = spawn(node, [runner(body)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    if (!output.includes('ready') && chunk.includes('ready')) child.kill(signal)
    output += chunk.toString()
  })
  const [code] = (await once(child, 'close')) as [number | null]
  expect(output).toContain('work ended')
  expect(code).toBe(3)
})

it('work that dies of a signal is not taken for success', async () => {
  expect((await run([runner("process.kill(process.pid, 'SIGKILL')")])).code).toBe(137)
})
