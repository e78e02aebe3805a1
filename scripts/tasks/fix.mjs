// Writes what can be derived: manifests, build projects, formatting, sorted imports.
import { sync } from '../house/sync.mjs'
import { runToEnd } from '../lib/process.mjs'
import { bin, root } from '../lib/workspace.mjs'

for (const path of sync(root)) console.log(`wrote ${path.slice(root.length)}`)
process.exit(await runToEnd(bin('biome'), ['check', '--write', ...process.argv.slice(2)], { cwd: root }))
