import { describe, expect, it } from 'vitest'
import { count, summary } from '../../scripts/lib/report.mjs'
import { workspace } from './planted.ts'

const at = (report: object) => `${workspace({ 'report.json': report })}report.json`

describe('the count of a test run', () => {
  it('takes the numbers of the runner', () => {
    const counted = count(
      at({ numPassedTests: 7, numFailedTests: 2, testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }] }),
    )
    expect(summary(counted)).toBe('7 passed, 2 failed')
  })

  it('counts a file that broke before its tests existed', () => {
    expect(
      count(at({ numPassedTests: 7, numFailedTests: 0, testResults: [{ status: 'failed', assertionResults: [] }] })),
    ).toEqual({ passed: 7, failed: 1 })
  })

  it('does not take silence for success', () => {
    expect(count('/nowhere/report.json')).toEqual({ passed: 0, failed: 1 })
  })
})
