import { matrixOf, toTerminal } from '@do/conformance/run'
import { expect, it } from 'vitest'
import { vendors } from '../conformance/rows.ts'

/** The rows of one vendor in the conformance matrix, run inside workerd: the same checks as in Node, and as strict. */
export function proveMatrixInWorkerd(name: string): void {
  const vendor = vendors.find((candidate) => candidate.name === name)
  if (vendor === undefined) throw new Error(`The matrix has no vendor "${name}".`)
  it.each(vendor.rows().map((row, index) => [`${index < 3 ? 'sms' : 'telephony'}: ${row.label}`, row] as const))(
    'in workerd, %s',
    async (_label, row) => {
      expect(navigator.userAgent).toBe('Cloudflare-Workers')
      const result = await row.run()
      const failed = result.results.filter(({ status }) => status === 'fail')
      expect(failed, toTerminal(matrixOf([result]))).toEqual([])
      expect(result.ok).toBe(true)
      expect(result.results.filter(({ status }) => status === 'pass').length).toBeGreaterThan(100)
    },
    120_000,
  )
}
