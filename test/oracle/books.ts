import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type EntryInput, type Ledger, openLedger } from '@do/ledger'
import { hledgerLines } from '@do/ledger/exchange'
import { nodeSqlite } from '@do/ledger/node'
import type { GeneratedBook } from './generate.ts'

/** The generated book posted, in memory. `entries` may differ from what was generated: that is how errors are seeded. */
export function posted({ accounts, prices, entries }: GeneratedBook, changed: readonly EntryInput[] = entries): Ledger {
  const ledger = openLedger(nodeSqlite(new DatabaseSync(':memory:')), { now: () => Date.UTC(2026, 10, 21) })
  for (const account of accounts) ledger.accounts.open(account)
  for (const price of prices) ledger.prices.set(price)
  for (let first = 0; first < changed.length; first += 5000) {
    ledger.postAll(changed.slice(first, first + 5000).map((entry) => ({ entry })))
  }
  return ledger
}

/** Writes the book as a journal where hledger can read it. */
export function journalFile(ledger: Ledger, name: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'ledger-oracle-')), `${name}.journal`)
  writeFileSync(file, [...hledgerLines(ledger)].join('\n').concat('\n'))
  return file
}

/** First and last day of the entries. */
export function coverage({ entries }: GeneratedBook): { readonly from: string; readonly to: string } {
  const days = entries.map(({ date }) => date).sort()
  return { from: days[0] ?? '', to: days.at(-1) ?? '' }
}
