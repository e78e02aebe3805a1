import { describe, expect, it } from 'vitest'
import { balanceSheet } from './balance-sheet.ts'
import { cashFlow } from './cash-flow.ts'
import { profitAndLoss } from './profit-and-loss.ts'
import { cr, dr, emptyBook, smallBook, told } from './test/book.ts'
import { trialBalance } from './trial-balance.ts'
import { percentage, rounded } from './valuation.ts'

describe('a currency of presentation', () => {
  it('takes the last price of the column, direct or inverse, and exponents as they are', () => {
    // 5,000 cents of euro at 1.2345 are 6,172.5: half to even 6,172. 3,333 yen at 150 to the dollar are 2,222 cents.
    const report = balanceSheet(smallBook(), { to: '2026-03-31', currency: 'USD' })
    expect(told(report)).toEqual([
      'Assets:Bank USD: 135722',
      'Assets:Receivable USD: 6172',
      'Total assets USD: 141894',
      'Equity:Capital USD: 100000',
      'Retained earnings USD: 41894',
      'Total equity USD: 141894',
      'Total liabilities and equity USD: 141894',
    ])
    expect(report.notes[0]).toMatch(/half to even/)
    const months = profitAndLoss(smallBook(), { from: '2026-02-01', to: '2026-03-31', every: 'month', currency: 'USD' })
    expect(told(months)).toContain('Revenue:Sales:Services USD: 5500 0')
    const fixed = balanceSheet(smallBook(), { to: '2026-03-31', currency: 'USD', pricesOf: '2026-02-01' })
    expect(told(fixed)).toContain('Assets:Receivable USD: 5500')
  })

  it('gives rounding a row of its own, so that every column adds up as printed', () => {
    const ledger = emptyBook()
    for (const name of ['Assets:A', 'Assets:B', 'Assets:C']) ledger.accounts.open({ name, type: 'asset' })
    ledger.accounts.open({ name: 'Liabilities:Loan', type: 'liability' })
    ledger.accounts.open({ name: 'Equity:Capital', type: 'equity' })
    ledger.prices.set({ date: '2026-01-01', currency: 'EUR', in: 'USD', rate: '1.4' })
    const lines = [
      dr('Assets:A', 1n, 'EUR'),
      dr('Assets:B', 1n, 'EUR'),
      dr('Assets:C', 1n, 'EUR'),
      cr('Liabilities:Loan', 2n, 'EUR'),
      cr('Equity:Capital', 1n, 'EUR'),
    ]
    ledger.post({ date: '2026-01-02', description: 'Small', lines })
    // Three times 1.4 is 4.2, rounded 4; three rows of 1 are 3.
    expect(told(balanceSheet(ledger, { to: '2026-01-02', currency: 'USD' }))).toEqual([
      'Assets:A USD: 1',
      'Assets:B USD: 1',
      'Assets:C USD: 1',
      'Rounding USD: 1',
      'Total assets USD: 4',
      'Liabilities:Loan USD: 3',
      'Total liabilities USD: 3',
      'Equity:Capital USD: 1',
      'Total equity USD: 1',
      'Total liabilities and equity USD: 4',
    ])
  })

  it('says what prices did to cash', () => {
    const ledger = emptyBook()
    ledger.accounts.open({ name: 'Assets:Bank', type: 'asset', cash: true })
    ledger.accounts.open({ name: 'Equity:Capital', type: 'equity' })
    ledger.prices.set({ date: '2026-01-01', currency: 'EUR', in: 'USD', rate: '1.1' })
    ledger.prices.set({ date: '2026-02-28', currency: 'EUR', in: 'USD', rate: '1.2' })
    for (const date of ['2026-01-10', '2026-02-10']) {
      ledger.post({ date, description: 'In', lines: [dr('Assets:Bank', 1000n, 'EUR'), cr('Equity:Capital', 1000n, 'EUR')] })
    }
    expect(told(cashFlow(ledger, { from: '2026-02-01', to: '2026-02-28', currency: 'USD' }))).toEqual([
      'Assets:Bank USD: 1200',
      'Net change in cash USD: 1200',
      'Cash before USD: 1100',
      'Effect of prices USD: 100',
      'Cash after USD: 2400',
    ])
  })

  it('values a trial balance, whose closing still adds up to zero', () => {
    const report = trialBalance(smallBook(), { from: '2026-01-01', to: '2026-03-31', currency: 'USD' })
    expect(report.sections[0]?.totals[0]?.cells).toEqual([0n, 54_894n, 54_894n, 0n])
  })

  it('is refused where there is no price', () => {
    expect(() => balanceSheet(smallBook(), { to: '2026-03-31', currency: 'GBP' })).toThrow(
      expect.objectContaining({ code: 'price_missing' }),
    )
    expect(() => balanceSheet(smallBook(), { to: '2025-06-30', currency: 'EUR' })).toThrow(/USD in EUR on or before 2025-06-30/)
  })

  it('rounds halves to the even neighbour on both sides of zero', () => {
    const halves = [-5n, -3n, -1n, 1n, 3n, 5n].map((numerator) => rounded({ numerator, denominator: 2n }))
    expect(halves).toEqual([-2n, -2n, 0n, 0n, 2n, 2n])
    expect(rounded({ numerator: 2n ** 70n + 1n, denominator: 2n })).toBe(2n ** 69n)
    expect([percentage(150n, 100n), percentage(-50n, -100n), percentage(1n, 0n), percentage(1n, 3n)]).toEqual([
      5000n,
      5000n,
      undefined,
      -6667n,
    ])
  })
})
