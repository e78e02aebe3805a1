import { isLedgerError } from '../errors.ts'
import { sha256 } from '../sha256.ts'
import type { AccountType, EntryInput, Ledger, Line, Price } from '../types.ts'
import { openAccounts } from './journal-accounts.ts'
import { currenciesIn } from './journal-currencies.ts'
import { journalError, refusedAt } from './journal-error.ts'
import { type Journal, type Posting, parseJournal, type Transaction } from './journal-parse.ts'

export interface ImportOptions {
  /** Types of accounts that neither a directive nor their name tells: by name, for the account and what is below it. */
  readonly types?: Readonly<Record<string, AccountType>>
  /** Currencies of symbols. `$`, `€`, `£` and `¥` are US dollars, euros, pounds and yen unless this says otherwise. */
  readonly symbols?: Readonly<Record<string, string>>
}

export interface Imported {
  readonly accounts: number
  readonly prices: number
  /** Entries that were posted now. */
  readonly posted: number
  /** Entries that were there already: from an import before, or because the journal came from this book. */
  readonly known: number
}

/**
 * Posts the entries of an hledger journal (https://hledger.org/1.25/hledger.html, "Journal format"), all or nothing: entries
 * with comments, tags, status marks and at most one amount left out; directives account, commodity and P. Everything else, and
 * every amount that can be read in two ways, is an error with its line. A second import of the same text changes nothing: each
 * entry has a key made from what it says (or the key it was exported with).
 *
 * @throws JournalError with the line; nothing is written then.
 */
export function importHledger(ledger: Ledger, text: string, options: ImportOptions = {}): Imported {
  const journal = parseJournal(text)
  const currencies = currenciesIn(journal, ledger, options.symbols)
  const prices = journal.prices.map(({ line, date, commodity, price }): { readonly line: number; readonly price: Price } => ({
    line,
    price: {
      date,
      currency: currencies.code(commodity, line),
      in: currencies.code(price.commodity, line),
      rate: decimal(price.digits, price.places),
    },
  }))
  const entries = journal.transactions.map((transaction) => ({
    transaction,
    entry: entryOf(journal, transaction, currencies.minor, currencies.code),
  }))
  const keyed = withKeys(journal, entries)
  return ledger.sql.transaction(() => {
    currencies.define()
    const accounts = openAccounts(ledger, journal, options.types ?? {}, (code, line) => currencies.code(code, line))
    for (const { line, price } of prices) refusedAt(line, () => ledger.prices.set(price))
    const before = count(ledger)
    const mayBeOwn = journal.own && before > 0
    const fresh = keyed.filter(({ transaction }) => !mayBeOwn || !isOwn(ledger, transaction))
    for (let first = 0; first < fresh.length; first += 1000) postPage(ledger, fresh.slice(first, first + 1000))
    accounts.close()
    const posted = count(ledger) - before
    return { accounts: accounts.opened, prices: prices.length, posted, known: entries.length - posted }
  })
}

interface Read {
  readonly transaction: Transaction
  readonly entry: EntryInput
}

interface Keyed extends Read {
  readonly key: string
}

/** Two entries that say the same are two entries: the second has a key of its own. */
function withKeys(journal: Journal, entries: readonly Read[]): Keyed[] {
  const seen = new Map<string, number>()
  return entries.map(({ transaction, entry }) => {
    const own = journal.own ? transaction.tags.get('ledger-key') : undefined
    if (own !== undefined) return { transaction, entry, key: own }
    const says = JSON.stringify(
      [entry.date, entry.description, Object.entries(entry.metadata ?? {}).sort(), entry.lines],
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    )
    const digest = sha256(says)
    const times = (seen.get(digest) ?? 0) + 1
    seen.set(digest, times)
    return { transaction, entry, key: `hledger:${digest.slice(0, 40)}${times === 1 ? '' : `:${times}`}` }
  })
}

/** The journal was written from this very book, and the entry is still as it says. */
function isOwn(ledger: Ledger, { code, tags }: Transaction): boolean {
  const [sequence, hash] = [Number(code), tags.get('ledger-hash')]
  if (hash === undefined || !Number.isSafeInteger(sequence) || sequence < 1) return false
  const [entry] = ledger.entries({ after: sequence - 1, limit: 1 })
  return entry?.sequence === sequence && entry.hash?.startsWith(hash) === true
}

const count = (ledger: Ledger): number =>
  ledger.sql.all<{ count: number }>(`SELECT coalesce(max(sequence), 0) AS count FROM ${ledger.tables.entries}`)[0]?.count ?? 0

function postPage(ledger: Ledger, page: readonly Keyed[]): void {
  try {
    ledger.postAll(page.map(({ entry, key }) => ({ entry, key })))
  } catch (error) {
    if (!isLedgerError(error)) throw error
    const at = /^\w*\[(\d+)\]/.exec(error.field ?? '')
    const line = page[Number(at?.[1] ?? 0)]?.transaction.line ?? 0
    throw journalError('refused', line, error.message, error)
  }
}

type Minor = (posting: Required<Pick<Posting, 'amount' | 'line'>>) => { readonly amount: bigint; readonly currency: string }

function entryOf(
  journal: Journal,
  transaction: Transaction,
  minor: Minor,
  code: (commodity: string, line: number) => string,
): EntryInput {
  const { line, date, description, postings } = transaction
  const amounts = postings.map((posting) =>
    posting.amount === undefined ? undefined : minor({ amount: posting.amount, line: posting.line }),
  )
  const sums = new Map<string, bigint>()
  for (const one of amounts) if (one !== undefined) sums.set(one.currency, (sums.get(one.currency) ?? 0n) + one.amount)
  const open = postings.filter(({ amount }) => amount === undefined)
  if (open.length > 1) throw journalError('unbalanced', open[1]?.line ?? line, 'only one posting may leave its amount out.')
  const off = [...sums].filter(([, sum]) => sum !== 0n)
  if (open.length === 0 && off.length > 0) {
    const currencies = off.map(([currency]) => code(currency, line)).join(', ')
    throw journalError('unbalanced', line, `the postings do not add up to zero in ${currencies}.`)
  }
  const lines = postings.flatMap((posting, index): Line[] => {
    const given = amounts[index]
    const all = given === undefined ? off.map(([currency, sum]) => ({ currency, amount: -sum })) : [given]
    return all.filter(({ amount }) => amount !== 0n).map((money) => lineOf(posting, money))
  })
  if (lines.length < 2) throw journalError('unbalanced', line, 'an entry needs at least two postings that are not zero.')
  const metadata = metadataOf(journal, transaction)
  return { date, description, lines, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) }
}

function lineOf(
  { account, tags, line }: Posting,
  { amount, currency }: { readonly amount: bigint; readonly currency: string },
): Line {
  const [item, due] = [tags.get('item'), tags.get('due')]
  if (due !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(due))
    throw journalError('syntax', line, `due:${due} is no day like 2026-11-21.`)
  return {
    account,
    side: amount > 0n ? 'debit' : 'credit',
    amount: amount > 0n ? amount : -amount,
    currency,
    ...(item === undefined || item === '' ? {} : { item }),
    ...(due === undefined ? {} : { due }),
  }
}

/** Tags of the entry, then those of its postings that say nothing to the ledger; a code and a pending mark as metadata. */
function metadataOf({ own }: Journal, { tags, postings, code, pending }: Transaction): Record<string, string> {
  const metadata: Record<string, string> = {}
  const add = (tag: string, value: string) => {
    const name = tag.replace(/^\0/, '')
    const known = metadata[name]
    metadata[name] = known === undefined || known.split(', ').includes(value) ? (known ?? value) : `${known}, ${value}`
  }
  for (const [name, value] of tags) {
    if (!own || !/^ledger-(key|hash)$/.test(name)) add(name, value)
  }
  for (const posting of postings)
    for (const [name, value] of posting.tags) if (name !== 'item' && name !== 'due') add(name, value)
  if (!own && code !== '') add('code', code)
  if (pending) add('status', 'pending')
  return metadata
}

function decimal(digits: bigint, places: number): string {
  const text = String(digits).padStart(places + 1, '0')
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
}
