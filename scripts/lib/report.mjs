import { existsSync, readFileSync } from 'node:fs'

/**
 * Counts a vitest JSON report. A file that failed before its tests existed (a syntax error, a broken hook) counts as one
 * failure, and so does a report that was never written: silence is not success.
 */
export function count(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(path, 'utf8'))
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken }
}

export function summary({ passed, failed }) {
  return `${passed} passed, ${failed} failed`
}
