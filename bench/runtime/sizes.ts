import { builtinModules } from 'node:module'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from '../../scripts/lib/workspace.mjs'
import { atMost, type Row } from '../report.ts'

// Everything an entry point brings, as a Worker would bundle it.

const entries = [
  { name: '@do/core/tiny', limit: 6 },
  { name: '@do/core', limit: 40 },
  { name: '@do/core/full', limit: 120 },
  { name: 'partyserver' },
  { name: 'agents' },
] as const

export async function sizes(): Promise<Row[]> {
  const rows: Row[] = []
  for (const entry of entries) {
    const kilobytes = (await gzipped(entry.name)) / 1000
    const what = `${entry.name}, gzip`
    rows.push(
      'limit' in entry ? atMost(what, kilobytes, entry.limit, ' kB', 2) : { what, measured: `${kilobytes.toFixed(2)} kB` },
    )
  }
  return rows
}

async function gzipped(name: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(name)}`, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*', ...builtinModules],
    logLevel: 'error',
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}
