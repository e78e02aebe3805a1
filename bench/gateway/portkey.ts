import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd } from '@do/core/workerd'
import { root } from '../../scripts/lib/workspace.mjs'
import type { OpenPath, Provider } from './paths.ts'

/** With later versions of its server every stream is answered with 500. */
const versions = { '@portkey-ai/gateway': '1.15.2', '@hono/node-server': '1.13.5', hono: '4.13.19' }

/** Portkey's gateway on workerd, from its npm package; undefined, and said so, where it cannot be installed. */
export async function openPortkey(folder: string, provider: Provider): Promise<OpenPath | undefined> {
  const home = join(root, '.work/portkey')
  try {
    install(home)
    const stubs = fileURLToPath(new URL('./workers/portkey-stubs.mjs', import.meta.url))
    writeFileSync(join(home, 'entry.mjs'), entry(stubs))
    const server = await launchWorkerd({
      entry: join(home, 'entry.mjs'),
      objects: [],
      dataFolder: join(folder, 'portkey'),
      env: { ENVIRONMENT: 'production', TRUSTED_CUSTOM_HOSTS: 'localhost,127.0.0.1' },
      alias: { '@hono/node-server': stubs, '@hono/node-ws': stubs, ioredis: stubs, ws: stubs },
      define: { 'process.env.NODE_ENV': '"production"' },
      minify: true,
      outbound: ['local'],
      healthPath: '/',
    })
    const headers = {
      authorization: 'Bearer sk-test',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${provider.url}/v1`,
    }
    return { server, url: `${server.url}/v1/chat/completions`, headers }
  } catch (error) {
    console.warn(`  Portkey is NOT measured: ${String((error as Error).message).slice(0, 300)}`)
    return undefined
  }
}

function install(home: string): void {
  if (existsSync(join(home, 'node_modules/@portkey-ai/gateway'))) return
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies: versions, overrides: versions }))
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: home, stdio: 'ignore' })
}

/** Its build begins with timers, which workerd allows within a request only; and it hands its handler to a Node server. */
const entry = (stubs: string) => `import { handed } from ${JSON.stringify(stubs)}
let loading
export default {
  async fetch(request, env, ctx) {
    if (request.method === 'GET') return new Response('ok')
    loading ??= import('@portkey-ai/gateway/build/start-server.js')
    while (handed.fetch === undefined) await scheduler.wait(5)
    return handed.fetch(request, env, ctx)
  },
}
`
