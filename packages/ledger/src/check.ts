import { checkCurrency } from './currencies.ts'
import { parseDay } from './days.ts'
import { ledgerError } from './errors.ts'
import type { EntryInput, Line } from './types.ts'

/** The largest amount and the largest sum: SQLite's integers are signed 64-bit. */
export const maxAmount = 2n ** 63n - 1n
/** An entry is one bound text of at most 2 MB in a Durable Object. */
export const maxLines = 4_000

/** What can be told of an entry without the books. */
export interface Checked {
  readonly date: string
  readonly day: number
  readonly description: string
  readonly metadata: Readonly<Record<string, string>> | undefined
  /** Canonical JSON: sorted by name. */
  readonly metadataText: string | null
  readonly lines: readonly Line[]
}

/**
 * @throws LedgerError `invalid_date`, `invalid_text`, `invalid_metadata`, `invalid_line`, `invalid_amount`, `invalid_currency`,
 * `unbalanced`; `at` is put before the field.
 */
export function checkEntry(entry: EntryInput, at = '', { balanced = true } = {}): Checked {
  const { date, description, metadata, lines } = entry
  const day = parseDay(date, `${at}date`)
  checkText(description, `${at}description`, 10_000)
  const metadataText = checkMetadata(metadata, `${at}metadata`)
  if (!Array.isArray(lines) || (balanced && lines.length < 2) || lines.length > maxLines) {
    throw ledgerError('invalid_line', `${at}lines must be a list of 2 to ${maxLines} lines.`, { field: `${at}lines` })
  }
  for (let index = 0; index < lines.length; index++) checkLine(lines[index] as Line, `${at}lines`, index)
  if (balanced) checkBalanced(lines, at)
  return { date, day, description, metadata: metadataText === null ? undefined : metadata, metadataText, lines }
}

function checkLine(line: Line, at: string, index: number): void {
  const { account, side, amount, currency, item, due } = line
  if (typeof amount !== 'bigint' || amount <= 0n || amount > maxAmount) throw badAmount(amount, `${at}[${index}].amount`)
  if (side !== 'debit' && side !== 'credit') {
    throw ledgerError('invalid_line', `${at}[${index}].side must be debit or credit.`, { field: `${at}[${index}].side` })
  }
  if (typeof account !== 'string') {
    throw ledgerError('invalid_line', `${at}[${index}].account must be the name of an account.`, {
      field: `${at}[${index}].account`,
    })
  }
  checkCurrency(currency, 'currency')
  if (item !== undefined) checkText(item, `${at}[${index}].item`, 200, 1)
  if (due !== undefined) parseDay(due, `${at}[${index}].due`)
}

export function badAmount(amount: unknown, field: string) {
  const found =
    typeof amount !== 'bigint'
      ? `a ${typeof amount}; write minor units as a bigint, such as 1250n`
      : amount > maxAmount
        ? 'above 2^63 - 1'
        : 'zero or below; the side says which way money goes'
  return ledgerError('invalid_amount', `${field} is ${found}.`, { field })
}

/** @throws LedgerError `unbalanced` with the difference in each currency that has one. */
export function checkBalanced(lines: readonly Line[], at = ''): void {
  const [first, second] = lines
  if (
    lines.length === 2 &&
    first?.currency === second?.currency &&
    first?.amount === second?.amount &&
    first?.side !== second?.side
  )
    return
  const sums = new Map<string, bigint>()
  for (const { currency, side, amount } of lines) {
    sums.set(currency, (sums.get(currency) ?? 0n) + (side === 'debit' ? amount : -amount))
  }
  const off = [...sums].filter(([, sum]) => sum !== 0n)
  if (off.length === 0) return
  const differences = off.map(([currency, sum]) => `${sum > 0n ? 'debits' : 'credits'} of ${currency} are higher by ${abs(sum)}`)
  throw ledgerError('unbalanced', `Debits and credits must be equal in each currency: ${differences.join(', ')}.`, {
    field: `${at}lines`,
  })
}

/** @throws LedgerError `invalid_text`. */
export function checkText(text: unknown, field: string, most: number, least = 0): asserts text is string {
  // Half a surrogate pair would be stored as something else, and NUL ends a text in SQLite's functions.
  if (typeof text === 'string' && text.length <= most && text.length >= least && text.isWellFormed() && !text.includes('\0'))
    return
  throw ledgerError('invalid_text', `${field} must be well-formed text of ${least} to ${most} characters without NUL.`, { field })
}

/** Its canonical JSON, or null where there is none. @throws LedgerError `invalid_metadata`. */
export function checkMetadata(metadata: Readonly<Record<string, string>> | null | undefined, field: string): string | null {
  if (metadata === undefined || metadata === null) return null
  const fail = (why: string) => ledgerError('invalid_metadata', `${field} ${why}.`, { field })
  if (typeof metadata !== 'object' || Array.isArray(metadata)) throw fail('must be an object of texts')
  const entries = Object.entries(metadata)
  if (entries.length === 0) return null
  for (const [name, value] of entries) {
    if (name === '' || !plain(name) || typeof value !== 'string' || !plain(value)) {
      throw fail('must be an object of well-formed texts without NUL')
    }
  }
  const text = JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))))
  if (text.length > 100_000) throw fail('is larger than 100,000 characters')
  return text
}

const plain = (text: string) => text.isWellFormed() && !text.includes('\0')
const abs = (value: bigint) => (value < 0n ? -value : value)
