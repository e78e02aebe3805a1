import { describe, expect, it } from 'vitest'
import { accountRegister } from '../reports/account-register.ts'
import { profitAndLoss } from '../reports/profit-and-loss.ts'
import { cr, dr, emptyBook, smallBook } from '../reports/test/book.ts'
import { csv, reportCsv } from './csv.ts'

describe('CSV', () => {
  it('is RFC 4180: a heading line, CR LF, plain decimals with the digits of their currency', () => {
    const report = profitAndLoss(smallBook(), { from: '2026-03-01', to: '2026-03-31', compare: 'previous' })
    expect(reportCsv(report)).toBe(
      [
        'Section,Account,Currency,2026-03-01 to 2026-03-31,2026-02-01 to 2026-02-28,Change,Change %',
        'Revenue,Revenue:Sales,JPY,3333,0,3333,',
        'Revenue,Revenue:Sales:Services,EUR,0.00,50.00,-50.00,-100.00',
        'Revenue,Total revenue,EUR,0.00,50.00,-50.00,-100.00',
        'Revenue,Total revenue,JPY,3333,0,3333,',
        'Expenses,Expenses:Rent,USD,0.00,85.00,-85.00,-100.00',
        'Expenses,Total expenses,USD,0.00,85.00,-85.00,-100.00',
        ',Net income,EUR,0.00,50.00,-50.00,-100.00',
        ',Net income,JPY,3333,0,3333,',
        ',Net income,USD,0.00,-85.00,85.00,100.00',
        '',
      ].join('\r\n'),
    )
  })

  it('quotes what has commas, quotes and line breaks', () => {
    expect(csv([['a,b', 'say "x"', 'two\nlines', 'plain']])).toBe('"a,b","say ""x""","two\nlines",plain\r\n')
  })

  it('takes the power from formulas in names and descriptions, and leaves negative amounts as they are', () => {
    const ledger = emptyBook()
    ledger.accounts.open({ name: 'Assets:Bank', type: 'asset' })
    ledger.accounts.open({ name: '=HYPERLINK("http://x"):Sales', type: 'revenue' })
    for (const description of ['=1+1', '+1', '-1', '@SUM(A1)', '  =1', '＝1', '\t=1', 'a = b']) {
      ledger.post({ date: '2026-01-01', description, lines: [cr('Assets:Bank', 5n), dr('=HYPERLINK("http://x"):Sales', 5n)] })
    }
    const lines = reportCsv(accountRegister(ledger, { account: 'Assets:Bank', from: '2026-01-01', to: '2026-01-01' })).split(
      '\r\n',
    )
    const cells = lines.slice(1, 9).map((line) => line.split(',')[3])
    expect(cells).toEqual(["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'  =1", "'＝1", "'\t=1", 'a = b'])
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://x""):Sales",USD,,0.05,-0.05`)
  })
})
