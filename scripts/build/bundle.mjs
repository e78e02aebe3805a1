import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { build } from 'tsup'

/**
 * The JavaScript of one package: ES modules, one file per entry point and shared chunks, everything else external.
 * Declarations are not made here: tsup's own step needs an older TypeScript, `tsc -b` does it.
 */
export async function bundlePackage({ path, manifest }, { log = false } = {}) {
  const sources = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})]
    .filter((source) => typeof source === 'string' && source.startsWith('./src/'))
    .filter((source, index, all) => all.indexOf(source) === index)
  const missing = sources.filter((source) => !existsSync(`${path}/${source}`))
  if (missing.length > 0) throw new Error(`${manifest.name}: exports name files that do not exist: ${missing.join(', ')}`)
  const entry = Object.fromEntries(
    sources.map((source) => [source.slice('./src/'.length).replace(/\.ts$/, ''), `${path}/${source}`]),
  )
  await rm(`${path}/dist`, { recursive: true, force: true })
  await build({
    entry,
    outDir: `${path}/dist`,
    config: false,
    tsconfig: `${path}/tsconfig.build.json`,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    splitting: true,
    sourcemap: false,
    dts: false,
    clean: false,
    silent: !log,
    // Names, not patterns: a dependency that the manifest does not declare must fail here and not at the user's.
    skipNodeModulesBundle: true,
    external: [/^node:/, /^cloudflare:/],
    // workerd knows Node's modules by their full name only.
    removeNodeProtocol: false,
    outExtension: () => ({ js: '.js' }),
  })
}
