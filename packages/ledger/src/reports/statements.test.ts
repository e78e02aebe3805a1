import { describe, expect, it } from 'vitest'
import { balanceSheet } from './balance-sheet.ts'
import { cashFlow } from './cash-flow.ts'
import { profitAndLoss } from './profit-and-loss.ts'
import { cr, dr, smallBook, told } from './test/book.ts'
import { trialBalance } from './trial-balance.ts'

describe('statements', () => {
  it('balance sheet: assets are liabilities and equity with what was earned, in each currency', () => {
    expect(told(balanceSheet(smallBook(), { to: '2026-03-31' }))).toEqual([
      'Assets:Bank JPY: 3333',
      'Assets:Bank USD: 133500',
      'Assets:Receivable EUR: 5000',
      'Total assets EUR: 5000',
      'Total assets JPY: 3333',
      'Total assets USD: 133500',
      'Equity:Capital USD: 100000',
      'Retained earnings EUR: 5000',
      'Retained earnings JPY: 3333',
      'Retained earnings USD: 33500',
      'Total equity EUR: 5000',
      'Total equity JPY: 3333',
      'Total equity USD: 133500',
      'Total liabilities and equity EUR: 5000',
      'Total liabilities and equity JPY: 3333',
      'Total liabilities and equity USD: 133500',
    ])
  })

  it('profit and loss: months side by side, in whole months', () => {
    const report = profitAndLoss(smallBook(), { from: '2026-01-10', to: '2026-02-10', every: 'month' })
    expect(report.columns.map(({ title, from, to }) => [title, from, to])).toEqual([
      ['2026-01', '2026-01-01', '2026-01-31'],
      ['2026-02', '2026-02-01', '2026-02-28'],
    ])
    expect(told(report)).toEqual([
      'Revenue:Sales USD: 30000 0',
      'Revenue:Sales:Services EUR: 0 5000',
      'Total revenue EUR: 0 5000',
      'Total revenue USD: 30000 0',
      'Expenses:Rent USD: 8000 8500',
      'Total expenses USD: 8000 8500',
      'Net income EUR: 0 5000',
      'Net income USD: 22000 -8500',
    ])
  })

  it('compares with the period before and with the year before, in amount and in per cent', () => {
    const monthly = profitAndLoss(smallBook(), { from: '2026-02-01', to: '2026-02-28', compare: 'previous' })
    expect(monthly.columns.map(({ title, kind, role }) => [title, kind, role])).toEqual([
      ['2026-02-01 to 2026-02-28', 'amount', 'period'],
      ['2026-01-01 to 2026-01-31', 'amount', 'compared'],
      ['Change', 'amount', 'change'],
      ['Change %', 'percent', 'change'],
    ])
    // 8,500 is 6.25 per cent more than 8,000; what was nothing before has no per cent.
    expect(told(monthly)).toContain('Expenses:Rent USD: 8500 8000 500 625')
    expect(told(monthly)).toContain('Revenue:Sales:Services EUR: 5000 0 5000 -')
    const yearly = profitAndLoss(smallBook(), { from: '2026-01-01', to: '2026-12-31', compare: 'year-before' })
    expect(told(yearly)).toContain('Revenue:Sales USD: 30000 20000 10000 5000')
    const sheet = balanceSheet(smallBook(), { from: '2026-02-01', to: '2026-02-28', compare: 'previous' })
    expect(sheet.columns.slice(0, 2).map(({ to }) => to)).toEqual(['2026-02-28', '2026-01-31'])
    expect(told(sheet)).toContain('Assets:Bank USD: 133500 142000 -8500 -599')
    const sideBySide = balanceSheet(smallBook(), { from: '2026-01-01', to: '2026-03-31', every: 'month', compare: 'previous' })
    expect(sideBySide.columns.filter(({ kind, role }) => kind === 'amount' && role !== 'change').map(({ to }) => to)).toEqual([
      '2026-01-31',
      '2025-12-31',
      '2026-02-28',
      '2026-01-31',
      '2026-03-31',
      '2026-02-28',
    ])
    expect(balanceSheet(smallBook(), { to: '2024-02-29', compare: 'year-before' }).columns[1]?.to).toBe('2023-02-28')
    expect(balanceSheet(smallBook(), { to: '2026-03-01', compare: 'previous' }).columns[1]?.to).toBe('2026-02-28')
  })

  it('shows a tree with sums, or a depth', () => {
    const year = { from: '2026-01-01', to: '2026-12-31' }
    expect(told(profitAndLoss(smallBook(), { ...year, accounts: 'tree' })).slice(0, 7)).toEqual([
      'Revenue EUR: 5000',
      'Revenue JPY: 3333',
      'Revenue USD: 30000',
      '  Sales EUR: 5000',
      '  Sales JPY: 3333',
      '  Sales USD: 30000',
      '    Services EUR: 5000',
    ])
    expect(told(profitAndLoss(smallBook(), { ...year, depth: 2 })).slice(0, 3)).toEqual([
      'Revenue:Sales EUR: 5000',
      'Revenue:Sales JPY: 3333',
      'Revenue:Sales USD: 30000',
    ])
  })

  it('cash flow: from what was there before to what is there after', () => {
    expect(told(cashFlow(smallBook(), { from: '2026-01-01', to: '2026-03-31' }))).toEqual([
      'Assets:Bank JPY: 3333',
      'Assets:Bank USD: 13500',
      'Net change in cash JPY: 3333',
      'Net change in cash USD: 13500',
      'Cash before JPY: 0',
      'Cash before USD: 120000',
      'Cash after JPY: 3333',
      'Cash after USD: 133500',
    ])
  })

  it('trial balance: before, debits, credits, after', () => {
    const report = trialBalance(smallBook(), { from: '2026-01-01', to: '2026-01-31' })
    expect(report.columns.map(({ title }) => title)).toEqual(['Opening', 'Debit', 'Credit', 'Closing'])
    expect(told(report)).toEqual([
      'Assets:Bank USD: 120000 30000 8000 142000',
      'Equity:Capital USD: -100000 0 0 -100000',
      'Expenses:Rent USD: 0 8000 0 8000',
      'Revenue:Sales USD: -20000 0 30000 -50000',
      'Total USD: 0 38000 38000 0',
    ])
  })

  it('is the same on any day as a sum over all lines, whatever was backdated', () => {
    const ledger = smallBook()
    ledger.post({ date: '2025-12-31', description: 'Late', lines: [dr('Expenses:Rent', 7n), cr('Liabilities:Payable', 7n)] })
    for (const to of [
      '2025-01-09',
      '2025-01-10',
      '2025-12-30',
      '2025-12-31',
      '2026-01-01',
      '2026-01-20',
      '2026-02-28',
      '2026-03-31',
    ]) {
      // What is known now, once from sums and once line by line.
      const counted = balanceSheet(ledger, { to, known: 1_000 })
      expect(balanceSheet(ledger, { to })).toEqual({ ...counted, notes: [] })
    }
  })

  it('shows the books as they were known', () => {
    const ledger = smallBook()
    const before = balanceSheet(ledger, { to: '2026-03-31' })
    ledger.post({ date: '2025-12-31', description: 'Late', lines: [dr('Expenses:Rent', 7n), cr('Liabilities:Payable', 7n)] })
    expect(told(balanceSheet(ledger, { to: '2026-03-31', known: 7 }))).toEqual(told(before))
    expect(told(balanceSheet(ledger, { to: '2026-03-31' }))).not.toEqual(told(before))
  })

  it('of an empty book is empty', () => {
    const report = balanceSheet(smallBook(), { to: '2020-01-01' })
    expect(
      [...report.sections.flatMap(({ rows, totals }) => [...rows, ...totals]), ...report.summary].every(({ cells }) =>
        cells.every((cell) => cell === 0n),
      ),
    ).toBe(true)
  })
})
