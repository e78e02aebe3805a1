import { type ConformanceResult, matrixOf, toTerminal } from '@do/conformance/run'
import { describe, expect, it } from 'vitest'
import { matrixPage } from '../../scripts/docs/matrix.ts'
import { plainStacks } from '../house/plain-stacks.ts'
import { vendors } from './rows.ts'

plainStacks()
const results: ConformanceResult[] = []

describe.each(vendors.map((vendor) => [vendor.name, vendor] as const))('%s', (_, vendor) => {
  it.each(vendor.rows().map((row) => [`${row.interface}: ${row.label}`, row] as const))(
    '%s',
    async (_label, row) => {
      const result = await row.run()
      results.push(result)
      const failed = result.results.filter(({ status }) => status === 'fail')
      expect(failed, toTerminal(matrixOf([result]))).toEqual([])
      expect(result.ok).toBe(true)
      // Nothing is proved by a suite that finds nothing to check.
      expect(result.results.filter(({ status }) => status === 'pass').length).toBeGreaterThan(100)
      expect(result.results.filter(({ status }) => status === 'deviation')).toEqual([])
    },
    // The suite of payments is nearly six hundred stories.
    180_000,
  )
})

it('docs/matrix.md is what the suites say: `npm run matrix` writes it', async () => {
  const { now, wanted } = await matrixPage(results)
  expect(now).toBe(wanted)
})
