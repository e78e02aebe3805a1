import { createAccounts } from './accounts.ts'
import { balance, balances } from './balances.ts'
import { createBook } from './book.ts'
import { createCurrencies } from './currency-rows.ts'
import { formatInstant } from './days.ts'
import { discard, draft, listDrafts, postDraft, readDraft, redraft } from './drafts.ts'
import { readHead } from './head.ts'
import { createHolds } from './holds.ts'
import { countItems, listItems } from './items.ts'
import { prepareTables } from './migrate.ts'
import { createPeriods } from './periods.ts'
import { post, reverse } from './post.ts'
import { postAll } from './post-all.ts'
import { createPrices } from './prices.ts'
import { entryId, holdId, listEntries, numberIn, readEntries } from './read.ts'
import { tablesOf } from './schema.ts'
import type { Ledger, LedgerOptions, Outcome, Sql } from './types.ts'
import { verify } from './verify/index.ts'

/**
 * The books in a database: made where there are none, brought up to date where an older copy of this package made them. Cheap; several may be open on the same database.
 * @throws LedgerError `newer_schema` where a newer copy of this package has written them.
 * @throws TypeError unless `prefix` is a name of letters, digits and underscores.
 */
export function openLedger(sql: Sql, { now = Date.now, prefix = 'ledger', onMutation }: LedgerOptions = {}): Ledger {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,40}$/.test(prefix)) {
    throw new TypeError('prefix must be a name of at most 41 letters, digits and underscores, a letter first.')
  }
  const tables = tablesOf(prefix)
  prepareTables(sql, tables, prefix)
  const book = createBook({ sql, tables, now, tell: onMutation })

  return {
    sql,
    tables,
    currencies: createCurrencies(book),
    accounts: createAccounts(book),
    post: (entry, options) => post(book, entry, options),
    postAll: (entries, options) => postAll(book, entries, options),
    drafts: () => listDrafts(book),
    draft: (entry) => draft(book, entry),
    redraft: (id, entry) => redraft(book, id, entry),
    discard: (id) => discard(book, id),
    postDraft: (id, options) => postDraft(book, id, options),
    reverse: (id, options) => reverse(book, id, options),
    entry: (id) => {
      const sequence = numberIn(id, 'entry')
      return sequence === undefined ? readDraft(book, id) : readEntries(book, [sequence])[0]
    },
    entries: (filter) => listEntries(book, filter),
    outcome: (key): Outcome => {
      const { found } = readHead(book, key)
      if (found === undefined) return { state: 'absent' }
      if (found.kind === 'entry') return { state: 'applied', entry: entryId(found.sequence) }
      if (found.kind === 'hold') return { state: 'applied', hold: holdId(found.id) }
      return { state: 'refused', code: found.code, message: found.message, at: formatInstant(found.at) }
    },
    holds: createHolds(book),
    balance: (account, currency, at) => balance(book, account, currency, at),
    balances: (account, at) => balances(book, account, at),
    items: (account, filter) => listItems(book, account, filter),
    countItems: (account) => countItems(book, account),
    periods: createPeriods(book),
    prices: createPrices(book),
    verify: () => verify(book),
  }
}
