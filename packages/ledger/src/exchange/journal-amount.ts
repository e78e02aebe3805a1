import { journalError } from './journal-error.ts'

/** A decimal as it stood there: digits without marks, and how many of them are behind the point. */
export interface ParsedAmount {
  readonly digits: bigint
  readonly places: number
  readonly commodity: string
}

/** Which mark a commodity's amounts have before their fraction, where a directive has told. */
export type Marks = ReadonlyMap<string, '.' | ','>

const number = String.raw`\d[\d.,' \u00a0\u202f]*\d[.,]?|\d[.,]?|[.,]\d+`
const name = String.raw`"[^"]+"|[^\d\s.,;@={}()"'+*!\[\]-]+`
const left = new RegExp(String.raw`^([+-]?)\s*(${name})\s*([+-]?)\s*(${number})$`, 'u')
const right = new RegExp(String.raw`^([+-]?)\s*(${number})\s*(${name})$`, 'u')

/** `10.00 USD`, `$10`, `-$1,000.50`, `EUR -1.000,50`, `1 000,00 EUR`. @throws JournalError for anything else. */
export function parseAmount(text: string, line: number, marks: Marks): ParsedAmount {
  const before = left.exec(text)
  const after = before === null ? right.exec(text) : null
  const [sign, digits, commodity] = before
    ? [`${before[1]}${before[3]}`, before[4], before[2]]
    : after
      ? [after[1] ?? '', after[2], after[3]]
      : [undefined, undefined, undefined]
  if (sign === undefined || digits === undefined || commodity === undefined || sign.length > 1) throw unreadable(text, line)
  const plain = commodity.startsWith('"') ? commodity.slice(1, -1) : commodity
  const { digits: value, places } = parseDigits(digits.trim(), line, marks.get(plain))
  return { digits: sign === '-' ? -value : value, places, commodity: plain }
}

function unreadable(text: string, line: number): Error {
  if (/[@{}=]/.test(text)) {
    return journalError(
      'unsupported',
      line,
      'costs, lots and balance assertions are not read: book an exchange through a trading account.',
    )
  }
  if (/^[+-]?[\d., ]+$/.test(text)) return journalError('amount', line, `the amount ${text} has no currency.`)
  return journalError('amount', line, `the amount "${text}" cannot be read.`)
}

/** Which of the marks is the point, and which only group digits. */
export function parseDigits(
  text: string,
  line: number,
  mark: '.' | ',' | undefined,
): { readonly digits: bigint; readonly places: number } {
  const point = mark ?? pointOf(text, line)
  const at = point === undefined ? -1 : text.lastIndexOf(point)
  const [whole, fraction] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
  const separators = new Set(whole.match(/[^\d]/g) ?? [])
  const grouped =
    [...separators].length <= 1 && !separators.has(point ?? '') && /^\d{0,3}([.,' \u00a0\u202f]\d{2,3})*$|^\d*$/u.test(whole)
  if (!grouped || !/^\d*$/.test(fraction))
    throw journalError('amount', line, `the number ${text} has its marks in an unusual place.`)
  const digits = whole.replace(/\D/g, '')
  return { digits: BigInt(`${digits}${fraction}` || '0'), places: fraction.length }
}

function pointOf(text: string, line: number): '.' | ',' | undefined {
  const marks = text.match(/[.,]/g) ?? []
  const last = marks.at(-1) as '.' | ',' | undefined
  if (last === undefined) return undefined
  // Two different marks: the last is the point. The same twice: it groups.
  if (new Set(marks).size === 2) return last
  if (marks.length > 1) return last === '.' ? ',' : '.'
  // "1,000" and "1.000" are a thousand or one, and money is too dear to guess.
  if (/^\d{1,3}[.,]\d{3}$/.test(text) && !text.startsWith('0')) {
    throw journalError(
      'amount',
      line,
      `${text} can be a thousand or one: say which with a directive such as "commodity 1,000.00 USD".`,
    )
  }
  return last
}
