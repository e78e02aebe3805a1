import { decimal } from '../reports/format.ts'
import type { Account, AccountType, Day, Entry, Ledger } from '../types.ts'
import { accountName, description, hasMeaning, header, tagName, tagValue } from './escape.ts'

export interface ExportOptions {
  /** Only entries of these days. Accounts, currencies and prices are always written. */
  readonly from?: Day
  readonly to?: Day
}

const typeLetters: Readonly<Record<AccountType, string>> = { asset: 'A', liability: 'L', equity: 'E', revenue: 'R', expense: 'X' }

/**
 * The books as an hledger journal (https://hledger.org/1.25/hledger.html), in the order of posting: currencies with their digits,
 * accounts with their types, prices, entries with every amount written. What hledger has no word for (limits, keys, due days)
 * stands in tags, from which `importHledger` reads it back. Drafts and holds are not part of it.
 */
export const hledgerJournal = (ledger: Ledger, options: ExportOptions = {}): string =>
  [...hledgerLines(ledger, options)].join('\n').concat('\n')

/** The same line by line, for books that are better not held as one text. */
export function* hledgerLines(ledger: Ledger, options: ExportOptions = {}): Generator<string> {
  yield header
  for (const currency of currenciesOf(ledger)) {
    yield `commodity 1000.${'0'.repeat(ledger.currencies.exponent(currency))} ${symbol(currency)}`
  }
  for (const account of ledger.accounts.list()) yield accountLine(account)
  for (const { date, currency, in: quote, rate } of ledger.prices.list()) {
    yield `P ${date} ${symbol(currency)} ${rate} ${symbol(quote)}`
  }
  for (const entry of entriesOf(ledger, options)) yield* entryLines(ledger, entry)
}

/** Every currency that stands in a line or a price. */
export function currenciesOf(ledger: Ledger): string[] {
  const { balances, prices } = ledger.tables
  const rows = ledger.sql.all<{ currency: string }>(
    `SELECT currency FROM ${balances} UNION SELECT currency FROM ${prices} UNION SELECT quote FROM ${prices} ORDER BY 1`,
  )
  return rows.map(({ currency }) => currency)
}

/** Page by page, in the order of posting. */
export function* entriesOf(ledger: Ledger, { from, to }: ExportOptions): Generator<Entry> {
  const days = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  for (let after = 0; ; ) {
    const page = ledger.entries({ after, limit: 1000, ...days })
    yield* page
    const last = page.at(-1)?.sequence
    if (last === undefined) return
    after = last
  }
}

/** A name with digits has to stand in quotes. */
const symbol = (currency: string): string => (/\d/.test(currency) ? `"${currency}"` : currency)

const tags = (pairs: Readonly<Record<string, string>>): string[] =>
  Object.entries(pairs).map(([name, value]) => `${tagName(name)}:${value === '' ? '' : tagValue(value)}`)

/** Names that this export uses itself; a name in metadata that begins like them is escaped. */
const metadataTags = (metadata: Readonly<Record<string, string>> = {}): string[] =>
  Object.entries(metadata).map(([name, value]) => {
    const own = hasMeaning(name)
    return `${own ? `%${name.charCodeAt(0).toString(16).toUpperCase()}${tagName(name.slice(1))}` : tagName(name)}:${tagValue(value)}`
  })

function accountLine(account: Account): string {
  const { name, type, cash, currencies, bounds, guarded, clearing, closedAt, metadata } = account
  const minimum = bounds?.min ?? (guarded ? 0n : undefined)
  const own = tags({
    type: cash && type === 'asset' ? 'C' : typeLetters[type],
    ...(clearing ? { 'ledger-clearing': '' } : {}),
    ...(cash && type !== 'asset' ? { 'ledger-cash': '' } : {}),
    ...(currencies === undefined ? {} : { 'ledger-currencies': currencies.join(' ') }),
    ...(minimum === undefined ? {} : { 'ledger-minimum': String(minimum) }),
    ...(bounds?.max === undefined ? {} : { 'ledger-maximum': String(bounds.max) }),
    ...(closedAt === undefined ? {} : { 'ledger-closed': '' }),
  })
  return `account ${accountName(name)}  ; ${[...own, ...metadataTags(metadata)].join(', ')}`
}

function* entryLines(ledger: Ledger, entry: Entry): Generator<string> {
  yield ''
  yield `${entry.date} * (${entry.sequence}) ${description(entry.description)}`.trimEnd()
  const own = tags({
    ...(entry.key === undefined ? {} : { 'ledger-key': entry.key }),
    ...(entry.hash === undefined ? {} : { 'ledger-hash': entry.hash.slice(0, 16) }),
    ...(entry.reverses === undefined ? {} : { 'ledger-reverses': entry.reverses }),
  })
  for (const tag of [...own, ...metadataTags(entry.metadata)]) yield `    ; ${tag}`
  for (const { account, side, amount, currency, item, due } of entry.lines) {
    const signed = decimal(side === 'debit' ? amount : -amount, ledger.currencies.exponent(currency))
    const comment = tags({ ...(item === undefined ? {} : { item }), ...(due === undefined ? {} : { due }) })
    yield `    ${accountName(account)}    ${signed} ${symbol(currency)}${comment.length === 0 ? '' : `  ; ${comment.join(', ')}`}`
  }
}
