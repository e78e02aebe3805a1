import { decimal } from '../reports/format.ts'
import type { AccountType, Day, Ledger } from '../types.ts'
import { currenciesOf, type ExportOptions, entriesOf } from './hledger-export.ts'

const roots: Readonly<Record<AccountType, string>> = {
  asset: 'Assets',
  liability: 'Liabilities',
  equity: 'Equity',
  revenue: 'Income',
  expense: 'Expenses',
}

/**
 * The books for Beancount (https://beancount.github.io/docs/beancount_language_syntax.html). Its account names are five roots
 * and words of letters, digits and dashes: names are fitted to that, no two to the same, and the name in the books stands beside.
 */
export const beancountJournal = (ledger: Ledger, options: ExportOptions = {}): string =>
  [...beancountLines(ledger, options)].join('\n').concat('\n')

/** The same line by line. */
export function* beancountLines(ledger: Ledger, options: ExportOptions = {}): Generator<string> {
  const names = accountNames(ledger)
  const first = firstDay(ledger)
  yield `option "title" "Ledger"`
  for (const currency of currenciesOf(ledger))
    yield `${first} commodity ${currency}\n  precision: ${ledger.currencies.exponent(currency)}`
  for (const { name, currencies } of ledger.accounts.list()) {
    yield `${first} open ${names.get(name)}${currencies === undefined ? '' : ` ${currencies.join(',')}`}\n  name: ${text(name)}`
  }
  for (const { date, currency, in: quote, rate } of ledger.prices.list()) yield `${date} price ${currency} ${rate} ${quote}`
  for (const entry of entriesOf(ledger, options)) {
    yield `\n${entry.date} * ${text(entry.description)}`
    yield `  entry: ${text(entry.id)}`
    if (entry.key !== undefined) yield `  key: ${text(entry.key)}`
    if (entry.reverses !== undefined) yield `  reverses: ${text(entry.reverses)}`
    if (entry.metadata !== undefined) yield* metadataLines(entry.metadata)
    for (const { account, side, amount, currency, item, due } of entry.lines) {
      yield `  ${names.get(account)}  ${decimal(side === 'debit' ? amount : -amount, ledger.currencies.exponent(currency))} ${currency}`
      if (item !== undefined) yield `    item: ${text(item)}`
      if (due !== undefined) yield `    due: ${due}`
    }
  }
}

/** In a string only the quote and the backslash have a meaning; a line break is allowed, other control characters are not. */
const text = (value: string): string =>
  `"${value
    .replace(/[\\"]/g, '\\$&')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, ' ')}"`

/** Keys begin with a small letter and hold letters, digits, dashes and underscores. */
function* metadataLines(metadata: Readonly<Record<string, string>>): Generator<string> {
  const used = new Set(['entry', 'key', 'reverses', 'filename', 'lineno'])
  for (const [name, value] of Object.entries(metadata)) {
    const plain = `${/^[a-z]/.test(name) ? '' : 'x-'}${name.replace(/[^A-Za-z0-9_-]/g, '-')}`
    const key = free(plain, used)
    yield `  ${key}: ${text(value)}`
    if (key !== name) yield `  ${free(`${key}-name`, used)}: ${text(name)}`
  }
}

function accountNames(ledger: Ledger): Map<string, string> {
  const used = new Set<string>()
  return new Map(
    ledger.accounts.list().map(({ name, type }) => {
      const segments = name.split(':').map(segment)
      const root = roots[type]
      // "Revenue:Sales" is "Income:Sales" there; what has another root goes below the one of its type.
      const own = new RegExp(`^(${root}|${type}s?)$`, 'i').test(segments[0] ?? '') ? segments.slice(1) : segments
      return [name, free([root, ...(own.length === 0 ? ['All'] : own)].join(':'), used)]
    }),
  )
}

/** Letters outside ASCII are allowed behind the first; what is not allowed becomes a dash. */
function segment(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}-]+/gu, '-')
  const capital = plain.slice(0, 1).toUpperCase()
  return /^[A-Z0-9]/.test(capital) ? `${capital}${plain.slice(1)}` : `X${plain}`
}

function free(wanted: string, used: Set<string>): string {
  let name = wanted
  for (let number = 2; used.has(name); number += 1) name = `${wanted}-${number}`
  used.add(name)
  return name
}

/** Everything is opened on the day of the earliest entry or price. */
function firstDay(ledger: Ledger): Day {
  const { entries, prices } = ledger.tables
  const [row] = ledger.sql.all<{ day: number | null }>(
    `SELECT min(day) AS day FROM (SELECT day FROM ${entries} UNION ALL SELECT day FROM ${prices})`,
  )
  return new Date((row?.day ?? 0) * 86_400_000).toISOString().slice(0, 10)
}
