import { matrixOf, toTerminal } from '@do/conformance/run'
import { describe, expect, it } from 'vitest'
import { plainStacks } from '../house/plain-stacks.ts'
import { vendors } from './rows.ts'

plainStacks()

// The same matrix, inside workerd: adapters, SDKs, wrappers and twins all run in a Worker.
describe.each(vendors.map((vendor) => [vendor.name, vendor] as const))('%s in workerd', (_, vendor) => {
  it('runs in workerd and not in Node', () => {
    expect(navigator.userAgent).toBe('Cloudflare-Workers')
  })

  it.each(vendor.rows().map((row) => [`${row.interface}: ${row.label}`, row] as const))(
    '%s',
    async (_label, row) => {
      const result = await row.run()
      expect(
        result.results.filter(({ status }) => status === 'fail'),
        toTerminal(matrixOf([result])),
      ).toEqual([])
      expect(result.results.filter(({ status }) => status === 'pass').length).toBeGreaterThan(100)
    },
    300_000,
  )
})
