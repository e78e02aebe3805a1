import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const bin = fileURLToPath(new URL('../../packages/cli/src/bin.ts', import.meta.url))
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
const token = 'a-token-for-the-operator'
let folder: string

/** A project of its own, with the workspace's packages. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dobj-project-'))
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, '.dev.vars'), `INSPECT_TOKEN=${token}\n`)
  copyFileSync(new URL('./shop.ts', import.meta.url), join(folder, 'src/worker.ts'))
  symlinkSync(modules, join(folder, 'node_modules'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly said: string
  readonly complained: string
}

function start(...args: string[]) {
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env: { ...process.env, INSPECT_TOKEN: token } })
  let said = ''
  let complained = ''
  const watchers = new Set<() => void>()
  const look = () => {
    for (const watcher of watchers) watcher()
  }
  child.stdout.on('data', (chunk) => {
    said += chunk
    look()
  })
  child.stderr.on('data', (chunk) => {
    complained += chunk
    look()
  })
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, said, complained }))
  return {
    child,
    ended,
    /** The first match in what it has said, on either stream, whenever it comes. */
    says: (pattern: RegExp, from: 'said' | 'complained' = 'said') =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const watcher = () => {
          const match = pattern.exec(from === 'said' ? said : complained)
          if (match === null) return
          watchers.delete(watcher)
          resolve(match)
        }
        watchers.add(watcher)
        void ended.then(() => reject(new Error(`it ended without ${pattern}: ${said}${complained}`)))
        watcher()
      }),
  }
}

const dobj = (...args: string[]) => start(...args).ended

describe('dobj', () => {
  it('helps, and says when it is called wrongly', async () => {
    const [help, one, none, wrong, option] = await Promise.all([
      dobj('--help'),
      dobj('deploy', '--help'),
      dobj(),
      dobj('destroy'),
      dobj('dev', '--prot', '1'),
    ])
    expect([help.code, one.code, none.code, wrong.code, option.code]).toEqual([0, 0, 2, 2, 2])
    for (const command of ['dev', 'inspect', 'redrive', 'cancel', 'deploy', 'serve']) expect(help.said).toContain(`  ${command} `)
    expect(one.said).toContain('--rename Old=New')
    expect(wrong.complained).toContain('There is no command "destroy"')
    expect(option.complained).toContain('--prot')
  })

  it('runs a worker, keeps its data, starts again on a change, survives those that do not build or start, and ends on a signal', async () => {
    const running = start('dev', '--port', '0', '--data', 'data', '--local')
    const [, url = ''] = await running.says(/Serving at (http:\S+)/)
    expect((await running.says(/Customer {2}\S+/))[0]).toContain('/customer/<name>')
    await fetch(`${url}/customer/ada/orders`, { method: 'POST' })
    expect(await (await fetch(`${url}/customer/ada`)).json()).toEqual({ greeting: 'hello', orders: 1 })

    // A page that is open, with a stream that has no end, does not hold it up.
    const endless = await fetch(`${url}/customer/ada/endless`)
    const source = readFileSync(join(folder, 'src/worker.ts'), 'utf8')
    const again = running.says(/src\/worker\.ts changed\n(.*\n)*?Serving at/)
    writeFileSync(join(folder, 'src/worker.ts'), source.replace("'hello'", "'welcome'"))
    await again
    await expect(endless.text()).rejects.toThrow()
    expect(await (await fetch(`${url}/customer/ada`)).json()).toEqual({ greeting: 'welcome', orders: 1 })

    const broken = running.says(/worker\.ts:\d+:\d+ .*\n.*last good version/, 'complained')
    writeFileSync(join(folder, 'src/worker.ts'), `${source}\nconst = 1`)
    await broken
    expect((await fetch(`${url}/customer/ada`)).status).toBe(200)

    const throwing = running.says(/did not start[\s\S]*as it is loaded[\s\S]*last good version/, 'complained')
    writeFileSync(join(folder, 'src/worker.ts'), `${source}\nthrow new Error('as it is loaded')`)
    await throwing
    expect((await fetch(`${url}/customer/ada`)).status).toBe(200)

    const sick = running.says(/\/healthz answered 500[\s\S]*Nothing runs now/, 'complained')
    const answers = 'fetch: worker.fetch'
    expect(source).toContain(answers)
    writeFileSync(join(folder, 'src/worker.ts'), source.replace(answers, 'fetch: () => new Response(null, { status: 500 })'))
    await sick
    const well = running.says(/Serving at[\s\S]*Serving at[\s\S]*Serving at/)
    writeFileSync(join(folder, 'src/worker.ts'), source)
    await well
    expect((await fetch(`${url}/customer/ada`)).status).toBe(200)

    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
    await expect(fetch(url)).rejects.toThrow()
  })

  it('looks into a running object and puts dead work right, for whoever has the token', async () => {
    const running = start('dev', '--port', '0', '--data', 'data', '--local', '--no-watch')
    const [, url = ''] = await running.says(/Serving at (http:\S+)/)
    const job = (await (await fetch(`${url}/customer/ada/jobs`, { method: 'POST' })).json()) as { id: string }
    const inspected = async () => {
      const { said } = await dobj('inspect', 'Customer/ada', '--url', url, '--json')
      return JSON.parse(said) as {
        deadLetters: { id: string; error: string | null }[]
        collections: unknown
        record: { id: string }
      }
    }
    let found = await inspected()
    while (found.deadLetters.length === 0) found = await inspected()
    expect(found.collections).toEqual([{ name: 'orders', documents: 1 }])
    expect(found.deadLetters).toMatchObject([{ kind: 'job', id: job.id, name: 'never', state: 'dead', attempts: 1 }])
    const text = (await dobj('inspect', 'Customer/ada', '--url', url)).said
    expect(text).toContain('Dead letters')
    expect(`${text}${JSON.stringify(found)}`).not.toContain('a secret')

    const wrong = await dobj('inspect', 'Customer/ada', '--url', url, '--token', 'another-token-entirely')
    expect([wrong.code, wrong.complained.trim()]).toEqual([1, 'That is not the INSPECT_TOKEN of this worker.'])
    const unknown = await dobj('cancel', 'Customer/ada', 'no-such-id', '--url', url)
    expect([unknown.code, unknown.complained]).toEqual([1, expect.stringContaining('no such job or action')])
    const post = (path: string, body: string) =>
      fetch(`${url}/_inspect/${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body })
    expect((await post('Customer/ada/redrive', '{}')).status).toBe(422)
    expect((await post('Customer/%E0%A4%A/redrive', '{}')).status).toBe(404)
    expect((await dobj('redrive', 'Customer/ada', job.id, '--url', url)).code).toBe(0)
    expect((await dobj('cancel', 'Customer/ada', job.id, '--url', url)).code).toBe(0)
    expect((await inspected()).deadLetters).toEqual([])
    running.child.kill('SIGTERM')
    await running.ended
  })

  it('looks into the files when nothing runs', async () => {
    const list = await dobj('inspect', '--data', 'data')
    expect(list.said.trim()).toBe('Customer/ada')
    const { said } = await dobj('inspect', 'Customer/ada', '--data', 'data', '--json')
    expect(JSON.parse(said)).toMatchObject({ collections: [{ name: 'orders', documents: 1 }], record: { type: 'Customer' } })
    const nobody = await dobj('inspect', 'Customer/bob', '--data', 'data')
    expect([nobody.code, nobody.complained]).toEqual([1, expect.stringContaining('has no Customer "bob"')])
    expect((await dobj('inspect', 'Customer/ada', '--data', 'nowhere')).complained).toContain('There is no folder nowhere')
  })

  it('serves at the port it was given or not at all, and ends when the server does', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const refused = await dobj('serve', '--port', String(port), '--data', 'served')
    taken.close()
    expect([refused.code, refused.complained]).toEqual([1, expect.stringContaining(`${port}`)])

    const running = start('serve', '--port', '0', '--data', 'served')
    await running.says(/Serving at/)
    const children = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(running.child.pid)], { encoding: 'utf8' })
    for (const [, pid] of children.matchAll(/(\d+) workerd/g)) process.kill(Number(pid), 'SIGKILL')
    const ended = await running.ended
    expect([ended.code, ended.complained]).toEqual([1, expect.stringContaining('workerd.log')])
  }, 30_000)

  it('finds the entry beside the configuration that is named', async () => {
    const source = readFileSync(join(folder, 'src/worker.ts'), 'utf8')
    mkdirSync(join(folder, 'sub/src'), { recursive: true })
    writeFileSync(join(folder, 'sub/src/worker.ts'), source.replace(', orders as Order', ''))
    writeFileSync(join(folder, 'sub/wrangler.jsonc'), '{ "main": "src/worker.ts" }')
    writeFileSync(join(folder, 'sub/other.jsonc'), '{}')
    const config = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
    expect((await dobj('deploy', '--config', 'sub/wrangler.jsonc', '--config-only')).code).toBe(0)
    expect(config('sub/wrangler.jsonc').migrations).toEqual([{ tag: 'v1', new_sqlite_classes: ['Customer'] }])
    expect((await dobj('deploy', 'sub/src/worker.ts', '--config', 'sub/other.jsonc', '--config-only')).code).toBe(0)
    expect(config('sub/other.jsonc').main).toBe('src/worker.ts')
  }, 30_000)

  it('writes a configuration that wrangler accepts, from the classes, over the life of a worker', async () => {
    const source = readFileSync(join(folder, 'src/worker.ts'), 'utf8')
    const config = () => JSON.parse(readFileSync(join(folder, 'wrangler.jsonc'), 'utf8'))
    const shown = await dobj('deploy', '--dry-run')
    expect([shown.code, shown.said]).toEqual([0, expect.stringContaining('new class Order')])
    expect(() => config()).toThrow()

    expect((await dobj('deploy', '--config-only')).code).toBe(0)
    expect(config().migrations).toEqual([{ tag: 'v1', new_sqlite_classes: ['Customer', 'Order'] }])
    await expectWranglerToAccept()

    const renamed = source.replace('orders as Order', 'orders as Purchase')
    writeFileSync(join(folder, 'src/worker.ts'), renamed)
    const before = readFileSync(join(folder, 'wrangler.jsonc'), 'utf8')
    const stopped = await dobj('deploy', '--config-only')
    expect([stopped.code, stopped.complained]).toEqual([1, expect.stringContaining('--rename Order=NewName')])
    expect(readFileSync(join(folder, 'wrangler.jsonc'), 'utf8')).toBe(before)
    expect((await dobj('deploy', '--config-only', '--rename', 'Order=Purchase')).code).toBe(0)
    expect(config().durable_objects.bindings.map(({ class_name }: { class_name: string }) => class_name)).toEqual([
      'Customer',
      'Purchase',
    ])
    await expectWranglerToAccept()

    writeFileSync(join(folder, 'src/worker.ts'), renamed.replace(', orders as Purchase', ''))
    expect((await dobj('deploy', '--config-only', '--delete', 'Purchase')).code).toBe(0)
    expect(config().migrations.at(-1)).toEqual({ tag: 'v3', deleted_classes: ['Purchase'] })
    await expectWranglerToAccept()
    const twice = readFileSync(join(folder, 'wrangler.jsonc'), 'utf8')
    expect((await dobj('deploy', '--config-only')).said).toContain('The configuration fits the classes.')
    expect(readFileSync(join(folder, 'wrangler.jsonc'), 'utf8')).toBe(twice)
    writeFileSync(join(folder, 'src/worker.ts'), source)
  }, 60_000)
})

/** The vendor's own tool bundles the worker and checks the configuration; nothing is sent. */
async function expectWranglerToAccept(): Promise<void> {
  // It comes with the test pool; the product itself does not depend on it.
  const plugin = realpathSync(join(modules, '@cloudflare/vitest-plugin/package.json'))
  const wrangler = createRequire(plugin)
    .resolve('wrangler/package.json')
    .replace(/package\.json$/, 'bin/wrangler.js')
  const child = spawn(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', 'dist'], {
    cwd: folder,
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false' },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk
    })
  const [code] = await once(child, 'close')
  expect(`${code} ${text}`).toMatch(/^0 [\s\S]*--dry-run: exiting now/)
  expect(text).not.toMatch(/WARNING|ERROR/)
}
