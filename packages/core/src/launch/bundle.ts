import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'

export interface BundleOptions {
  /** Path of the worker's entry module. */
  readonly entry: string
  /** Path of the file to write. */
  readonly outfile: string
  readonly minify?: boolean
  readonly sourcemap?: boolean
  /** Expressions that stand for a name, as esbuild's `define`. */
  readonly define?: Readonly<Record<string, string>>
  readonly alias?: Readonly<Record<string, string>>
}

const bare = new Set(builtinModules.filter((name) => !name.startsWith('_')))

/** workerd knows Node's modules only by their full name; CommonJS vendor SDKs ask for `https` and `util/`. */
const nodeModules: Plugin = {
  name: 'node-modules',
  setup: (plugin) => {
    plugin.onResolve({ filter: /^[a-z_]+(\/[a-z]+)?\/?$/ }, ({ path }) => {
      const name = path.replace(/\/$/, '')
      return bare.has(name) ? { path: `node:${name}`, external: true } : undefined
    })
  },
}

/**
 * One ES module for workerd out of a worker's entry, its TypeScript and its dependencies, CommonJS ones included.
 * @returns the path of the file. @throws what esbuild found, with file and line.
 */
export async function bundleWorker({
  entry,
  outfile,
  minify = false,
  sourcemap = false,
  define = {},
  alias = {},
}: BundleOptions): Promise<string> {
  // Asked for only here: who brings a finished bundle needs no bundler.
  const { build } = await import('esbuild')
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    // Not the names: those of classes are the default types of objects and stand in logs. To keep them while others are shortened,
    // esbuild names every function anew whenever one is made, also each closure of each request.
    minifyWhitespace: minify,
    minifySyntax: minify,
    sourcemap: sourcemap ? 'inline' : false,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    mainFields: ['workerd', 'worker', 'browser', 'module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    plugins: [nodeModules],
    define: {
      'process.env.NODE_ENV': '"production"',
      __dirname: '"/"',
      __filename: '"/worker.js"',
      global: 'globalThis',
      ...define,
    },
    alias: { ...alias },
    // What is left of `require` in CommonJS code asks for Node's modules, which workerd has.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
    logLevel: 'silent',
  })
  return outfile
}
