import { describe, expect, it } from 'vitest'
import { accountRegister } from './account-register.ts'
import { agedClearing, agedPayables, agedReceivables } from './aged.ts'
import { settled } from './open-positions.ts'
import { cr, dr, emptyBook, smallBook, told } from './test/book.ts'

describe('account register', () => {
  it('lists lines with the balance after each, per currency', () => {
    expect(told(accountRegister(smallBook(), { account: 'Assets:Bank', from: '2026-01-01', to: '2026-03-31' }))).toEqual([
      '2026-01-01 /  / Balance before /  USD: - - 120000',
      '2026-01-15 / 3 / Sale / Revenue:Sales USD: 30000 - 150000',
      '2026-01-31 / 4 / Rent / Expenses:Rent USD: - 8000 142000',
      '2026-02-28 / 6 / Rent / Expenses:Rent USD: - 8500 133500',
      '2026-03-01 / 7 / Yen / Revenue:Sales JPY: 3333 - 3333',
      '2026-03-31 /  / Balance after /  JPY: - - 3333',
      '2026-03-31 /  / Balance after /  USD: - - 133500',
    ])
  })

  it('counts on the normal side, and takes in what is below', () => {
    const report = accountRegister(smallBook(), { account: 'Revenue', from: '2026-02-01', to: '2026-03-31', below: true })
    expect(told(report)).toContain('2026-02-01 / 5 / Service / Assets:Receivable EUR: - 5000 5000')
    expect(told(report)[0]).toBe('2026-02-01 /  / Balance before /  USD: - - 50000')
  })

  it('does not know an account that is not there', () => {
    expect(() => accountRegister(smallBook(), { account: 'Assets:Nowhere', from: '2026-01-01', to: '2026-01-31' })).toThrow(
      expect.objectContaining({ code: 'unknown_account' }),
    )
  })
})

describe('aged items', () => {
  function invoices() {
    const ledger = emptyBook()
    ledger.accounts.open({ name: 'Assets:Receivable', type: 'asset' })
    ledger.accounts.open({ name: 'Assets:Clearing', type: 'asset', clearing: true })
    ledger.accounts.open({ name: 'Liabilities:Payable', type: 'liability' })
    ledger.accounts.open({ name: 'Revenue:Sales', type: 'revenue' })
    const invoice = (date: string, item: string | undefined, amount: bigint, due?: string) =>
      ledger.post({
        date,
        description: 'Invoice',
        lines: [
          dr('Assets:Receivable', amount, 'USD', { ...(item && { item }), ...(due && { due }) }),
          cr('Revenue:Sales', amount),
        ],
      })
    const paid = (date: string, item: string | undefined, amount: bigint) =>
      ledger.post({
        date,
        description: 'Paid',
        lines: [dr('Assets:Clearing', amount), cr('Assets:Receivable', amount, 'USD', { ...(item && { item }) })],
      })
    invoice('2026-01-01', 'INV-1', 1000n, '2026-01-31')
    invoice('2026-01-02', 'INV-2', 2000n, '2026-03-31')
    invoice('2026-01-03', 'INV-3', 3000n)
    invoice('2026-02-01', 'INV-4', 4000n, '2026-02-28')
    paid('2026-02-10', 'INV-1', 400n)
    paid('2026-02-10', 'INV-4', 4000n)
    invoice('2026-01-05', undefined, 50n)
    invoice('2026-03-10', undefined, 60n)
    paid('2026-03-11', undefined, 70n)
    return ledger
  }

  it('receivables by how long they are overdue; what was paid is gone, what has no item is settled oldest first', () => {
    const report = agedReceivables(invoices(), { at: '2026-03-15' })
    expect(report.columns.map(({ title }) => title)).toEqual([
      'Not due',
      '1-30 days',
      '31-60 days',
      '61-90 days',
      'over 90 days',
      'Total',
    ])
    expect(told(report)).toEqual([
      'INV-3 / 2026-01-03 / 71 USD: 0 0 0 3000 0 3000',
      'INV-1 / 2026-01-31 / 43 USD: 0 0 600 0 0 600',
      '(no item) / 2026-03-10 / 5 USD: 0 40 0 0 0 40',
      'INV-2 / 2026-03-31 / 0 USD: 2000 0 0 0 0 2000',
      'Total Assets:Receivable /  /  USD: 2000 40 600 3000 0 5640',
      'Total /  /  USD: 2000 40 600 3000 0 5640',
    ])
  })

  it('is what stood then, on any day, in any buckets', () => {
    const report = agedReceivables(invoices(), { at: '2026-02-05', accounts: ['Assets'], buckets: [7] })
    expect(told(report).slice(0, 3)).toEqual([
      'INV-3 / 2026-01-03 / 33 USD: 0 0 3000 3000',
      '(no item) / 2026-01-05 / 31 USD: 0 0 50 50',
      'INV-1 / 2026-01-31 / 5 USD: 0 1000 0 1000',
    ])
  })

  it('payables are those of liabilities', () => {
    const ledger = invoices()
    const lines = [dr('Revenue:Sales', 9n), cr('Liabilities:Payable', 9n, 'USD', { item: 'BILL', due: '2026-03-14' })]
    ledger.post({ date: '2026-03-01', description: 'Bill', lines })
    expect(told(agedPayables(ledger, { at: '2026-03-15' }))[0]).toBe('BILL / 2026-03-14 / 1 USD: 0 9 0 0 0 9')
  })

  it('clearing accounts by the age of what has not come back to zero', () => {
    const ledger = invoices()
    ledger.accounts.open({ name: 'Assets:Bank', type: 'asset' })
    ledger.post({ date: '2026-02-20', description: 'Payout', lines: [dr('Assets:Bank', 4100n), cr('Assets:Clearing', 4100n)] })
    const report = agedClearing(ledger, { at: '2026-03-15' })
    expect(report.columns.map(({ title }) => title)).toEqual(['0-1 days', '2-7 days', '8-30 days', 'over 30 days', 'Total'])
    expect(told(report)[0]).toBe('(no item) / 2026-02-10 / 33 USD: 0 70 0 300 370')
    ledger.post({ date: '2026-03-15', description: 'Payout', lines: [dr('Assets:Bank', 370n), cr('Assets:Clearing', 370n)] })
    expect(agedClearing(ledger, { at: '2026-03-15' }).sections).toEqual([])
  })

  it('settles first in, first out, over zero and back', () => {
    const piece = (day: number, amount: bigint) => ({ day, amount })
    expect(settled([piece(1, 10n), piece(2, 5n), piece(3, -12n)])).toEqual([piece(2, 3n)])
    expect(settled([piece(1, 10n), piece(2, -15n), piece(3, 2n)])).toEqual([piece(2, -3n)])
    expect(settled([piece(1, 10n), piece(2, -10n)])).toEqual([])
  })
})
