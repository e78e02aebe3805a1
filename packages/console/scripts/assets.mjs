// Writes src/assets.ts from src/page and the client of the runtime: one module of strings, so that the page needs no file system
// and no bundler loader.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const page = new URL('../src/page/', import.meta.url)
const target = new URL('../src/assets.ts', import.meta.url)

/** The client with all it imports, as the module that the page knows as `./client.js`. */
async function client() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../src/client.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    minify: true,
    legalComments: 'none',
    platform: 'browser',
    target: 'es2023',
    write: false,
  })
  const { text } = outputFiles[0]
  if (/["']node:/.test(text)) throw new Error('The client of the page imports from Node, which no browser has.')
  return text
}

/** All assets by name. */
export async function assetTexts() {
  const files = readdirSync(page).map((name) => [name, readFileSync(new URL(name, page), 'utf8')])
  return Object.fromEntries([...files, ['client.js', await client()]].sort(([a], [b]) => (a < b ? -1 : 1)))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const entries = Object.entries(await assetTexts()).map(([name, text]) => `  '${name}': ${JSON.stringify(text)},`)
  const module = `// biome-ignore-all format: generated from src/page by scripts/assets.mjs, do not edit\nexport const assets: Readonly<Record<string, string>> = {\n${entries.join('\n')}\n}\n`
  writeFileSync(target, module)
}
