import { beforeEach, describe, expect, it } from 'vitest'
import { isLedgerError, openLedger } from './index.ts'
import { type Books, codeOf, openBooks, sale, transfer } from './test/books.ts'
import type { EntryInput, Line } from './types.ts'

let books: Books
beforeEach(() => {
  books = openBooks()
  books.ledger.post(sale(1000n))
  books.told.length = 0
})

const [debit, credit] = sale(5n).lines as [Line, Line]
const entry = (lines: readonly unknown[], more: object = {}) => ({ ...sale(5n), ...more, lines }) as EntryInput

describe('what is refused writes nothing', () => {
  const cases: readonly (readonly [what: string, code: string, field: string | undefined, input: () => EntryInput])[] = [
    ['an unbalanced entry', 'unbalanced', 'lines', () => entry([debit, { ...credit, amount: 6n }])],
    ['two currencies that balance only together', 'unbalanced', 'lines', () => entry([debit, { ...credit, currency: 'USD' }])],
    ['an unknown account', 'unknown_account', 'lines[1].account', () => entry([debit, { ...credit, account: 'Revenue:None' }])],
    ['an unknown currency', 'unknown_currency', 'lines[0].currency', () => sale(5n, { currency: 'ZZZ' })],
    ['a float', 'invalid_amount', 'lines[0].amount', () => entry([{ ...debit, amount: 5.5 }, credit])],
    ['a whole number that is no bigint', 'invalid_amount', 'lines[0].amount', () => entry([{ ...debit, amount: 5 }, credit])],
    ['a negative amount', 'invalid_amount', 'lines[0].amount', () => sale(-5n)],
    ['zero', 'invalid_amount', 'lines[0].amount', () => sale(0n)],
    ['an amount of 2^63', 'invalid_amount', 'lines[0].amount', () => sale(2n ** 63n)],
    ['a sum beyond 2^63 - 1', 'overflow', undefined, () => sale(2n ** 63n - 1n)],
    ['an overdraft', 'overdraft', 'lines[1]', () => transfer('Assets:Wallet', 'Expenses:Fees', 1002n)],
    ['one line', 'invalid_line', 'lines', () => entry([debit])],
    ['a side that is none', 'invalid_line', 'lines[0].side', () => entry([{ ...debit, side: 'left' }, credit])],
    ['a day that is none', 'invalid_date', 'date', () => entry([debit, credit], { date: '2026-02-30' })],
    ['half a surrogate pair', 'invalid_text', 'description', () => entry([debit, credit], { description: '\ud800' })],
    ['metadata that is not text', 'invalid_metadata', 'metadata', () => entry([debit, credit], { metadata: { n: 1 } })],
  ]
  it.each(cases)('%s: %s', (_, code, field, input) => {
    const before = books.rows()
    const post = () => books.ledger.post(input())
    expect(codeOf(post)).toBe(code)
    try {
      post()
    } catch (error) {
      expect(isLedgerError(error) && error.field).toBe(field)
    }
    expect(codeOf(() => books.ledger.postAll([{ entry: sale(1n) }, { entry: input() }]))).toBe(code)
    expect(books.rows()).toEqual(before)
    expect(books.told).toEqual([])
  })

  it('a locked period, whatever the operation', () => {
    const { ledger, rows } = books
    const hold = ledger.holds.place(sale(5n))
    const draft = ledger.draft(sale(5n))
    ledger.periods.lock('2026-11-21')
    const before = rows()
    expect(codeOf(() => ledger.post(sale(5n)))).toBe('period_locked')
    expect(codeOf(() => ledger.holds.place(sale(5n)))).toBe('period_locked')
    expect(codeOf(() => ledger.holds.commit(hold.id))).toBe('period_locked')
    expect(codeOf(() => ledger.postDraft(draft.id))).toBe('period_locked')
    expect(codeOf(() => ledger.reverse('entry_1'))).toBe('period_locked')
    expect(rows()).toEqual(before)
    expect(ledger.reverse('entry_1', { date: '2026-11-22' }).date).toBe('2026-11-22')
  })

  it('a currency that the account does not take, a closed account', () => {
    const { ledger, rows } = books
    ledger.accounts.open({ name: 'Assets:Euros', type: 'asset', currencies: ['EUR'] })
    ledger.accounts.close('Assets:Bank')
    const before = rows()
    expect(codeOf(() => ledger.post(transfer('Revenue:Sales', 'Assets:Euros', 5n, { currency: 'USD' })))).toBe(
      'currency_not_allowed',
    )
    expect(codeOf(() => ledger.post(transfer('Revenue:Sales', 'Assets:Bank', 5n)))).toBe('account_closed')
    expect(codeOf(() => ledger.accounts.close('Assets:Wallet'))).toBe('account_not_empty')
    expect(codeOf(() => ledger.accounts.change('Assets:Wallet', { bounds: { max: 999n } }))).toBe('overdraft')
    expect(rows()).toEqual(before)
  })

  it('what a listener throws, or your own transaction, undoes the change', () => {
    const { sql, rows, ledger } = books
    const listening = openLedger(sql, {
      onMutation: () => {
        throw new Error('no')
      },
    })
    const before = rows()
    expect(() => listening.post(sale(5n))).toThrow('no')
    expect(() => listening.holds.place(sale(5n))).toThrow('no')
    expect(() =>
      sql.transaction(() => {
        ledger.post(sale(5n))
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(rows()).toEqual(before)
    expect(ledger.post(sale(5n)).sequence).toBe(2)
  })
})
