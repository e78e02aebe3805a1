// `npm test`: types, then every test in Node, in workerd and from packed packages. Arguments go to vitest; with some
// (`npm test -- --project node packages/sms`) the types are left out, since one wants one thing quickly.
import { mkdirSync, rmSync } from 'node:fs'
import { runToEnd, shareCompiledCode } from '../lib/process.mjs'
import { count, summary } from '../lib/report.mjs'
import { bin, root } from '../lib/workspace.mjs'

const args = process.argv.slice(2)
const report = `${root}.work/vitest.json`
mkdirSync(`${root}.work`, { recursive: true })
rmSync(report, { force: true })
shareCompiledCode()

let types = 0
if (args.length === 0) {
  types = await runToEnd(bin('tsc'), ['-p', 'tsconfig.json'], { cwd: root })
  console.log(types === 0 ? 'types: ok' : 'types: failed (see above)')
}
if (process.env.VENDOR_SPECS === undefined)
  console.warn('VENDOR_SPECS is not set: requests and answers are NOT checked against the vendors’ descriptions.')
const tests = await runToEnd(
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
  { cwd: root },
)
const counted = count(report)
const failed = counted.failed + (types === 0 ? 0 : 1)
console.log(summary({ ...counted, failed }))
process.exit(types !== 0 ? types : tests !== 0 ? tests : failed > 0 || counted.passed === 0 ? 1 : 0)
