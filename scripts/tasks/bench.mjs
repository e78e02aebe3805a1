// `npm run bench [-- calls imports …]`: ratios in one run against their gates. Ends with 1 when one is missed.
import { readdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { table } from '../../bench/report.ts'
import { root } from '../lib/workspace.mjs'

const all = readdirSync(`${root}bench`)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length))
const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`Unknown bench ${unknown.join(', ')}. There are: ${all.join(', ')}.`)
  process.exit(2)
}
const rows = []
for (const name of chosen.length > 0 ? chosen : all) {
  console.log(`measuring ${name} …`)
  const { measure } = await import(pathToFileURL(`${root}bench/${name}.bench.ts`))
  rows.push(...(await measure()))
}
console.log(`\n${table(rows)}\n`)
const missed = rows.filter(({ passed }) => passed === false).length
console.log(missed === 0 ? 'Every gate held.' : `${missed} of ${rows.filter(({ gate }) => gate).length} gates missed.`)
process.exit(missed === 0 ? 0 : 1)
