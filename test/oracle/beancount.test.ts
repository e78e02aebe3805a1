import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { beancountJournal } from '@do/ledger/exchange'
import { decimal } from '@do/ledger/reports'
import { initSync, ParsedLedger } from '@rustledger/wasm'
import { beforeAll, describe, expect, it } from 'vitest'
import { posted } from './books.ts'
import { exponents, generate } from './generate.ts'

// An engine of Beancount that comes with npm, so that this oracle is there on every machine. It takes a second for a thousand
// entries; 200 do.
beforeAll(() => {
  initSync({ module: readFileSync(createRequire(import.meta.url).resolve('@rustledger/wasm/rustledger_wasm_bg.wasm')) })
})

const book = generate(7, 200)
const ledger = posted(book)
const journal = beancountJournal(ledger)

describe('the export for Beancount', () => {
  it('is read without a complaint, and every balance is ours', () => {
    const parsed = new ParsedLedger(journal)
    expect(parsed.getErrors()).toEqual([])
    const { columns, rows, errors } = parsed.query(
      'SELECT account, currency, sum(number) AS total GROUP BY account, currency ORDER BY account',
    )
    expect([columns, errors]).toEqual([['account', 'currency', 'total'], []])
    const theirs = rows.map(([account, currency, total]) => `${account} ${currency} ${total}`)
    const ours = ledger.balances().map(({ account, currency, posted }) => {
      const debit = /^(Assets|Expenses)/.test(account) ? posted : -posted
      return `${beancountName(account)} ${currency} ${decimal(debit, exponents[currency as keyof typeof exponents])}`
    })
    expect(theirs.length).toBeGreaterThan(40)
    expect(theirs.sort()).toEqual(ours.sort())
  })

  it('and a seeded error is found', () => {
    const number = journal.match(/^ {2}Assets:\S+ {2}-?(\d+\.\d+) USD$/m)
    const wrong = journal.replace(
      number?.[0] ?? '',
      number?.[0].replace(/\d USD$/, (end) => `${(Number(end[0]) + 1) % 10} USD`) ?? '',
    )
    expect(wrong).not.toBe(journal)
    expect(
      new ParsedLedger(wrong)
        .getErrors()
        .map(({ message }) => message)
        .join(),
    ).toMatch(/balance/i)
  })
})

/** The names of the generated book that Beancount cannot have as they are. */
function beancountName(name: string): string {
  return name
    .replace(/^Revenue/, 'Income')
    .replace('Savings account', 'Savings-account')
    .replace('Equipment; "used" (100%)', 'Equipment-used-100-')
    .replace('Café & Brücke', 'Café-Brücke')
}
