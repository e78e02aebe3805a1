import { describe, expect, it } from 'vitest'
import type { Report } from '../reports/report.ts'
import { reportPdf } from './report-pdf.ts'

const report: Report = {
  name: 'balance-sheet',
  title: 'Balance sheet',
  subtitle: '2026-11-21',
  headings: ['Account'],
  columns: [{ title: '2026-11-21', kind: 'amount', role: 'period', to: '2026-11-21' }],
  sections: [
    {
      key: 'assets',
      title: 'Assets',
      rows: Array.from({ length: 120 }, (_, index) => ({
        kind: 'account',
        texts: [`Assets:Bank ${index}`],
        account: `Assets:Bank ${index}`,
        depth: 0,
        currency: 'USD',
        cells: [123_456_789n * BigInt(index)],
      })),
      totals: [],
    },
  ],
  summary: [],
  exponents: { USD: 2 },
  notes: [],
}

describe('a report as PDF in workerd', () => {
  it('is made without Node and without generated code', async () => {
    const bytes = await reportPdf(report, { organization: 'Acme Ltd.' })
    const text = new TextDecoder('latin1').decode(bytes)
    expect(text.slice(0, 5)).toBe('%PDF-')
    expect(text.match(/\/Type\s*\/Page\b/g)).toHaveLength(3)
  })
})
