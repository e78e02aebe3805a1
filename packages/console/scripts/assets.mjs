// Writes src/assets.ts from src/page: one module of strings, so that the page needs no file system and no bundler loader.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../src/page/', import.meta.url)
const target = new URL('../src/assets.ts', import.meta.url)

export function assetsModule() {
  const entries = readdirSync(page)
    .sort()
    .map((name) => `  '${name}': ${JSON.stringify(readFileSync(new URL(name, page), 'utf8'))},`)
  return `// biome-ignore-all format: generated from src/page by scripts/assets.mjs, do not edit\nexport const assets: Readonly<Record<string, string>> = {\n${entries.join('\n')}\n}\n`
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(target, assetsModule())
