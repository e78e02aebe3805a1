// The last line of a CI run: tests counted from the runner's own report, plus one for `npm run check`.
import { fileURLToPath } from 'node:url'
import { count, summary } from './lib/report.mjs'

const [check, test] = process.argv.slice(2).map(Number)
const counted = count(fileURLToPath(new URL('../.work/vitest.json', import.meta.url)))
const passed = counted.passed + (check === 0 ? 1 : 0)
let failed = counted.failed + (check === 0 ? 0 : 1)
// A run can fail although no test did, for example in its types or by an unhandled rejection.
if (test !== 0 && counted.failed === 0) failed += 1
if (check !== 0) console.log('npm run check failed: see above.')
console.log(summary({ passed, failed }))
process.exit(failed > 0 || counted.passed === 0 ? 1 : 0)
