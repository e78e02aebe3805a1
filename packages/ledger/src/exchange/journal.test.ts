import { describe, expect, it } from 'vitest'
import { balanceSheet } from '../reports/balance-sheet.ts'
import { cr, dr, emptyBook, smallBook } from '../reports/test/book.ts'
import type { Ledger } from '../types.ts'
import { hledgerJournal } from './hledger-export.ts'
import { importHledger } from './journal-import.ts'

const said = (ledger: Ledger) =>
  ledger.entries().map(({ date, description, lines, metadata, key }) => ({ date, description, lines, metadata, key }))

describe('an hledger journal', () => {
  it('says what is in the books', () => {
    const lines = hledgerJournal(smallBook()).split('\n')
    expect(lines.slice(1, 12)).toEqual([
      'commodity 1000.00 EUR',
      'commodity 1000. JPY',
      'commodity 1000.00 USD',
      'account Assets  ; type:A',
      'account Assets:Bank  ; type:C',
      'account Assets:Receivable  ; type:A',
      'account Assets:Stripe  ; type:A, ledger-clearing:',
      'account Equity  ; type:E',
      'account Equity:Capital  ; type:E',
      'account Equity:Trading  ; type:E',
      'account Expenses  ; type:X',
    ])
    expect(lines.join('\n')).toContain('P 2026-03-15 EUR 1.2345 USD')
    expect(lines.join('\n')).toMatch(
      /2026-03-01 \* \(7\) Yen\n {4}; ledger-hash:[0-9a-f]{16}\n {4}Assets:Bank {4}3333 JPY\n {4}Revenue:Sales {4}-3333 JPY\n$/,
    )
  })

  it('comes back as it went: names, tags, items, keys, limits, whatever characters they have', () => {
    const ledger = emptyBook()
    ledger.currencies.define('POINT2', 0)
    ledger.accounts.open({
      name: '(odd);  two  blanks %41:[x]',
      type: 'asset',
      guarded: true,
      currencies: ['USD', 'POINT2'],
      metadata: { type: 'x', 'a b': 'c, d: e' },
    })
    ledger.accounts.open({ name: '* star', type: 'liability', clearing: true, cash: true, bounds: { min: -5n, max: 10n ** 15n } })
    ledger.accounts.open({ name: '日本:収益', type: 'revenue' })
    ledger.accounts.open({ name: 'Expenses:Old', type: 'expense' })
    ledger.accounts.close('Expenses:Old')
    const odd = ['a;b', '  lead', 'trail ', 'new\nline\r\t', '%41 100%', '', '(1) x | y', '= 2', 'e\u0301 \u2028 🎉']
    odd.forEach((text, index) => {
      ledger.post(
        {
          date: `2026-01-0${index + 1}`,
          description: text,
          lines: [
            dr('(odd);  two  blanks %41:[x]', 9_007_199_254_740_993n, 'POINT2', { item: `i${text}`, due: '2026-05-05' }),
            cr('日本:収益', 9_007_199_254_740_993n, 'POINT2'),
          ],
          metadata: { [`k${text}`]: text, date: '2020-01-01', 'ledger-key': 'x' },
        },
        index % 2 === 0 ? { key: `key ${text}` } : {},
      )
    })
    const other = emptyBook()
    other.currencies.define('POINT2', 0)
    const text = hledgerJournal(ledger)
    expect(importHledger(other, text)).toMatchObject({ posted: odd.length, known: 0 })
    // Entries without a key get one; all else is equal.
    expect(said(other).map(({ key, ...rest }) => rest)).toEqual(said(ledger).map(({ key, ...rest }) => rest))
    expect(
      said(other)
        .filter(({ key }) => !key?.startsWith('hledger:'))
        .map(({ key }) => key),
    ).toEqual(said(ledger).flatMap(({ key }) => key ?? []))
    const accounts = (one: Ledger) =>
      one.accounts.list().map(({ id, openedAt, closedAt, ...account }) => ({ ...account, closed: closedAt !== undefined }))
    expect(accounts(other)).toEqual(accounts(ledger))
    expect(other.verify().ok).toBe(true)
  })

  it('imported twice changes nothing, nor into the book it came from', () => {
    const ledger = smallBook()
    const text = hledgerJournal(ledger)
    expect(importHledger(ledger, text)).toMatchObject({ accounts: 0, posted: 0, known: 7 })
    const other = emptyBook()
    expect(importHledger(other, text)).toMatchObject({ accounts: 14, prices: 3, posted: 7, known: 0 })
    const before = hledgerJournal(other)
    expect(importHledger(other, text)).toMatchObject({ accounts: 0, posted: 0, known: 7 })
    expect(hledgerJournal(other)).toBe(before)
    expect(balanceSheet(other, { to: '2026-12-31' })).toEqual(balanceSheet(ledger, { to: '2026-12-31' }))
  })

  it('with a part of the days only', () => {
    const text = hledgerJournal(smallBook(), { from: '2026-01-01', to: '2026-01-31' })
    expect(text.match(/^\d{4}-.*$/gm)).toEqual(['2026-01-15 * (3) Sale', '2026-01-31 * (4) Rent'])
  })
})

describe('an hledger journal written by hand', () => {
  const journal = `
; a comment
# another
comment
2026-01-01 not an entry
end comment

commodity $1,000.00
commodity EUR
  format 1.000,00 EUR

account assets:bank  ; type:Cash, branch: north
account fees  ; type:X
P 2026/1/2 EUR $1.25

2026/01/05 * (INV 7) Customer | first   ; project:alpha
    ; a note
    assets:bank      $1,234.50  ; item:A-1, due:2026-02-01
    income:sales    $-1,000
    income:sales    -$200.00   ; kind:extra
    fees

2026-1-6 ! Euro
\tassets:bank\t\t1.000,50 EUR
\t* equity:start
2026-01-06 ! Euro
    assets:bank    1.000,50 EUR
    equity:start
2026-01-07 No tags   ; just text
    assets:bank    -1 USD
    fees           +1 USD
`

  it('is read: comments, tags, marks, symbols on either side, digit groups, an amount left out', () => {
    const ledger = emptyBook()
    expect(importHledger(ledger, journal)).toEqual({ accounts: 7, prices: 1, posted: 4, known: 0 })
    expect(said(ledger).map(({ key, ...rest }) => rest)).toEqual([
      {
        date: '2026-01-05',
        description: 'Customer | first',
        metadata: { code: 'INV 7', kind: 'extra', project: 'alpha' },
        lines: [
          dr('assets:bank', 123_450n, 'USD', { item: 'A-1', due: '2026-02-01' }),
          cr('income:sales', 100_000n),
          cr('income:sales', 20_000n),
          cr('fees', 3_450n),
        ],
      },
      ...[1, 2].map(() => ({
        date: '2026-01-06',
        description: 'Euro',
        metadata: { status: 'pending' },
        lines: [dr('assets:bank', 100_050n, 'EUR'), cr('equity:start', 100_050n, 'EUR')],
      })),
      { date: '2026-01-07', description: 'No tags', metadata: undefined, lines: [cr('assets:bank', 100n), dr('fees', 100n)] },
    ])
    expect(ledger.accounts.get('assets:bank')).toMatchObject({ type: 'asset', cash: true, metadata: { branch: 'north' } })
    expect(ledger.prices.list()).toEqual([{ date: '2026-01-02', currency: 'EUR', in: 'USD', rate: '1.25' }])
    expect(importHledger(ledger, journal)).toEqual({ accounts: 0, prices: 1, posted: 0, known: 4 })
  })

  it('learns currencies from their directives, types and symbols from options', () => {
    const ledger = emptyBook()
    const text =
      'commodity 1.0000 "HOUR2"\n2026-01-01\n  Time    2.5 "HOUR2"\n  Owed    -2.5 "HOUR2"\n2026-01-02\n  Time    3 d\n  Owed\n'
    importHledger(ledger, text, { types: { Time: 'asset', Owed: 'liability' }, symbols: { d: 'DAYS' } })
    expect(ledger.currencies.exponent('HOUR2')).toBe(4)
    expect(ledger.currencies.exponent('DAYS')).toBe(0)
    expect(ledger.balance('Time', 'HOUR2').posted).toBe(25_000n)
    expect(ledger.balance('Owed', 'DAYS').posted).toBe(3n)
  })

  it('takes the type of a parent that the books have', () => {
    const ledger = emptyBook()
    ledger.accounts.open({ name: 'Things', type: 'asset' })
    importHledger(ledger, '2026-01-01\n  Things:Old:Chair    5 USD\n  equity\n')
    expect(ledger.accounts.get('Things:Old:Chair')?.type).toBe('asset')
  })

  it.for([
    ['an unbalanced entry', '2026-01-01 x\n  assets    1 USD\n  equity    -2 USD', 'unbalanced', 1],
    ['two amounts left out', '2026-01-01 x\n  assets    1 USD\n  equity\n  income', 'unbalanced', 4],
    ['nothing that is not zero', '2026-01-01 x\n  assets    0 USD\n  equity', 'unbalanced', 1],
    ['a number that is a thousand or one', '2026-01-01 x\n  assets    1,000 USD\n  equity', 'amount', 2],
    ['more digits than the currency has', '2026-01-01 x\n  assets    1.005 USD\n  equity', 'amount', 2],
    ['more digits than the currency has, in a smaller number', '2026-01-01 x\n  assets    0.005 USD\n  equity', 'amount', 2],
    ['marks out of place', '2026-01-01 x\n  assets    1,00,0.5.0 USD\n  equity', 'amount', 2],
    ['an amount without a currency', '2026-01-01 x\n  assets    12\n  equity', 'amount', 2],
    ['an amount in words', '2026-01-01 x\n  assets    twelve\n  equity', 'amount', 2],
    ['an exponent', '2026-01-01 x\n  assets    1E3 USD\n  equity', 'amount', 2],
    ['a commodity that is no currency', '2026-01-01 x\n  assets    1 apples\n  equity', 'amount', 1],
    ['a cost', '2026-01-01 x\n  assets    1 EUR @ 1.10 USD\n  equity', 'unsupported', 2],
    ['a balance assertion', '2026-01-01 x\n  assets    1 EUR = 1 EUR\n  equity', 'unsupported', 2],
    ['a virtual posting', '2026-01-01 x\n  (assets)    1 EUR\n  equity', 'unsupported', 2],
    ['a date of a posting', '2026-01-01 x\n  assets    1 EUR  ; date:2026-01-02\n  equity', 'unsupported', 2],
    ['a date of a posting in brackets', '2026-01-01 x\n  assets    1 EUR  ; [2026-01-02]\n  equity', 'unsupported', 2],
    ['a secondary date', '2026-01-01=2026-01-02 x\n  assets    1 EUR\n  equity', 'unsupported', 1],
    ['a day that is none', '\n2026-02-30 x\n  assets    1 EUR\n  equity', 'syntax', 2],
    ['a date without a year', '01-02 x\n  assets    1 EUR\n  equity', 'syntax', 1],
    ['a periodic entry', '~ monthly\n  assets    1 EUR\n  equity', 'unsupported', 1],
    ['an automatic posting', '= assets\n  equity    1 EUR', 'unsupported', 1],
    ['an include', 'include /etc/passwd', 'unsupported', 1],
    ['an alias', 'alias a = b', 'unsupported', 1],
    ['an indented line by itself', '\n  assets    1 EUR', 'syntax', 2],
    ['a comment without an end', 'comment\nx', 'syntax', 1],
    ['a price without a price', 'P 2026-01-01 EUR', 'syntax', 1],
    ['a type that is none', 'account things  ; type:Z\n2026-01-01 x\n  things    1 EUR\n  equity', 'account_type', 1],
    ['an account of no known type', '2026-01-01 x\n  things    1 EUR\n  equity', 'account_type', 2],
    ['a due day that is none', '2026-01-01 x\n  assets    1 EUR  ; due:soon\n  equity', 'syntax', 2],
    ['an account that the books know otherwise', 'account Equity:Capital  ; type:A', 'account_type', 1],
    [
      'what the books refuse',
      '2026-01-02 x\n  assets    1 EUR\n  equity\n2025-01-01 x\n  assets    1 EUR\n  equity',
      'refused',
      4,
    ],
    ['a posting beyond 2^63', '2026-01-02 x\n  assets    92233720368547758.08 EUR\n  equity', 'refused', 1],
  ] as const)('refuses %s, with the line, and writes nothing', ([, text, code, line]) => {
    const ledger = smallBook()
    ledger.periods.lock('2025-12-31')
    const before = hledgerJournal(ledger)
    // What stands before the error is as good as what stands behind it.
    const good = '\n2026-01-01 good\n  assets:cash    1.00 USD\n  equity\n'
    expect(() => importHledger(ledger, `${text}\n${good}`)).toThrow(expect.objectContaining({ name: 'JournalError', code, line }))
    expect(hledgerJournal(ledger)).toBe(before)
    expect(ledger.verify()).toMatchObject({ ok: true, entries: 7 })
  })
})
