import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { startSink } from '../test/harness.ts'
import { workerdConfig } from './config.ts'
import { bundleWorker, launchWorkerd, type Workerd } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'launch-'))
const running: Workerd[] = []
afterEach(async () => {
  for (const workerd of running.splice(0)) await workerd.kill()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function worker(name: string, source: string): string {
  const file = join(folder, `${name}.ts`)
  writeFileSync(file, source)
  return file
}

async function launch(name: string, source: string, more: object = {}): Promise<Workerd> {
  const workerd = await launchWorkerd({ entry: worker(name, source), objects: [], dataFolder: join(folder, name), ...more })
  running.push(workerd)
  return workerd
}

const text = async (workerd: Workerd, path = '/') => (await fetch(workerd.url + path)).text()

const echoEnvironment = `export default { fetch: (request: Request, env: any) => new Response(env.WORD) }`

describe('launchWorkerd', () => {
  it('hands over bindings by the environment and leaves none on disk', async () => {
    const secret = 'a "quoted" \\ sécret\nin two lines'
    const workerd = await launch('env', echoEnvironment, { env: { WORD: secret } })
    expect(await text(workerd)).toBe(secret)
    expect(readFileSync(join(folder, 'env', '.workerd', 'config.capnp'), 'utf8')).not.toContain('cret')
    await workerd.stop()
    expect(workerd.pid).toBeUndefined()
    await expect(fetch(workerd.url)).rejects.toThrow()
    const { port } = workerd
    await workerd.start({ WORD: 'another' })
    expect([workerd.port, await text(workerd)]).toEqual([port, 'another'])
    await expect(workerd.start()).rejects.toThrow('running already')
  })

  it('finishes what is under way when it stops, but waits for no stream without an end', async () => {
    const sink = await startSink()
    const source = `export default { fetch: async (request: Request) => {
      const { pathname, searchParams } = new URL(request.url)
      if (searchParams.has('url')) return fetch(searchParams.get('url'))
      const hour = () => new Promise((resolve) => setTimeout(resolve, 3_600_000))
      const endless = new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(1)), pull: hour })
      return new Response(pathname === '/endless' ? endless : 'healthy') } }`
    const workerd = await launch('stop', source, { outbound: ['local'] })
    const waiting = text(workerd, `/?url=${sink.url}/wait`)
    await sink.arrived('/wait')
    const stopped = workerd.stop()
    sink.release()
    expect(await waiting).toBe('done')
    await stopped

    const streams = await launch('stop-streams', source, { stopTimeoutMs: 100 })
    const endless = await fetch(`${streams.url}/endless`)
    const read = endless.text().catch(() => 'cut')
    await streams.stop()
    expect(streams.pid).toBeUndefined()
    expect(await read).toBe('cut')
    await streams.start()
    expect(await text(streams)).toBe('healthy')
  })

  it('writes the key of a cluster where nobody else reads it, whatever was there before', async () => {
    const folderOf = join(folder, 'mode', '.workerd')
    mkdirSync(folderOf, { recursive: true })
    writeFileSync(join(folderOf, 'config.capnp'), '', { mode: 0o644 })
    await launch('mode', echoEnvironment)
    expect(statSync(join(folderOf, 'config.capnp')).mode & 0o777).toBe(0o600)
  })

  it('takes a free port when the wanted one is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const workerd = await launch('port', echoEnvironment, { port, env: { WORD: 'here' } })
    expect(workerd.port).not.toBe(port)
    expect(await text(workerd)).toBe('here')
    await new Promise((resolve) => server.close(resolve))
  })

  it('reaches what it is allowed to reach, and nothing else', async () => {
    const sink = await startSink()
    const source = `export default { fetch: async (request: Request) => {
      const url = new URL(request.url).searchParams.get('url')
      if (url === null) return new Response('healthy')
      return fetch(url).then((r) => r.text()).then((t) => new Response('reached ' + t), () => new Response('refused')) } }`
    const local = await launch('local', source, { outbound: ['local'] })
    const reached = text(local, `/?url=${sink.url}/wait`)
    await sink.arrived('/wait')
    sink.release()
    expect(await reached).toBe('reached done')
    const other = await launch('other', source, { outbound: ['public'] })
    expect(await text(other, `/?url=${sink.url}/wait`)).toBe('refused')
    expect(sink.asked).toEqual(['/wait'])
    await sink.close()
  })

  it('says what is wrong when the worker does not start, is not healthy, or cannot be bundled', async () => {
    await expect(launch('throws', `throw new Error('at start')`)).rejects.toThrow(/workerd did not start[\s\S]*at start/)
    await expect(
      launch('sick', `export default { fetch() { console.log('I feel sick'); return new Response('', { status: 500 }) } }`),
    ).rejects.toThrow(/\/healthz answered 500\n[\s\S]*I feel sick/)
    await expect(launch('broken', `import './nowhere.ts'`)).rejects.toThrow('nowhere.ts')
  })
})

describe('bundleWorker', () => {
  it('makes CommonJS with bare Node modules and late requires run in workerd', async () => {
    writeFileSync(
      join(folder, 'sdk.cjs'),
      `const { createHash } = require('crypto'); const EventEmitter = require('events'); const util = require('util/')
       exports.sign = (text) => createHash('sha256').update(text).digest('hex')
       exports.late = () => eval === undefined ? '' : require(['pa', 'th'].join('')).join('a', 'b')
       exports.here = typeof __dirname + util.format('%s', new EventEmitter() instanceof EventEmitter) + process.env.NODE_ENV`,
    )
    const source = `import sdk from './sdk.cjs'
      export default { fetch: () => Response.json([sdk.sign('x'), sdk.late(), sdk.here]) }`
    const workerd = await launch('cjs', source)
    expect(JSON.parse(await text(workerd))).toEqual([
      '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
      'a/b',
      'stringtrueproduction',
    ])
  })

  it('writes a bundle that launchWorkerd takes', async () => {
    const outfile = join(folder, 'made.js')
    expect(await bundleWorker({ entry: worker('made', echoEnvironment), outfile, minify: true, define: { X: '1' } })).toBe(
      outfile,
    )
    const workerd = await launchWorkerd({
      bundle: outfile,
      objects: [],
      dataFolder: join(folder, 'made-data'),
      env: { WORD: 'made' },
    })
    running.push(workerd)
    expect(await text(workerd)).toBe('made')
  })

  it('keeps the names of classes when it minifies, and gives no function a name by hand', async () => {
    const source = `class Customer { describe() { const inner = () => this.constructor.name; return inner() } }
      export default { fetch: () => new Response(new Customer().describe()) }`
    const outfile = await bundleWorker({ entry: worker('named', source), outfile: join(folder, 'named.js'), minify: true })
    const made = readFileSync(outfile, 'utf8')
    expect(made.length).toBeLessThan(300)
    expect(made).not.toContain('defineProperty')
    const workerd = await launchWorkerd({ bundle: outfile, objects: [], dataFolder: join(folder, 'named-data'), env: {} })
    running.push(workerd)
    expect(await text(workerd)).toBe('Customer')
  })
})

describe('workerdConfig', () => {
  it('escapes what could end a text', () => {
    const config = workerdConfig({
      address: '127.0.0.1:0',
      bundle: 'a"; evil \\ \n.js',
      objects: ['A'],
      env: ['E'],
      dataFolder: '/d',
      outbound: ['local'],
      compatibilityDate: '2026-11-01',
      compatibilityFlags: [],
    })
    expect(config).toContain('embed "a\\"; evil \\\\ \\x0a.js"')
    expect(config).toContain('(name = "E", fromEnvironment = "E")')
  })
})
