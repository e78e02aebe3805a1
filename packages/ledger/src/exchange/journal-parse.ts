import type { Day } from '../types.ts'
import { decoded, hasMeaning, header } from './escape.ts'
import { type Marks, type ParsedAmount, parseAmount, parseDigits } from './journal-amount.ts'
import { journalError } from './journal-error.ts'

/** A journal as it stands there, before anything is looked up. Every part knows its line. */
export interface Journal {
  /** It was written by `hledgerJournal`. */
  readonly own: boolean
  /** Commodity directives: digits behind the point. */
  readonly commodities: readonly { readonly line: number; readonly commodity: string; readonly places: number }[]
  readonly accounts: readonly { readonly line: number; readonly name: string; readonly tags: Tags }[]
  readonly prices: readonly {
    readonly line: number
    readonly date: Day
    readonly commodity: string
    readonly price: ParsedAmount
  }[]
  readonly transactions: readonly Transaction[]
}

export type Tags = ReadonlyMap<string, string>

export interface Transaction {
  readonly line: number
  readonly date: Day
  readonly pending: boolean
  readonly code: string
  readonly description: string
  readonly tags: Tags
  readonly postings: readonly Posting[]
}

export interface Posting {
  readonly line: number
  readonly account: string
  /** Left out in at most one posting: the rest of the others. */
  readonly amount?: ParsedAmount
  readonly tags: Tags
}

/** Reads the text and nothing else. @throws JournalError for the first line that is not understood. */
export function parseJournal(text: string): Journal {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  const reader: Reader = { own: lines[0] === header, lines, marks: new Map(), commodities: [] }
  const blocks = blocksOf(lines)
  // How a commodity writes its numbers holds for the whole journal.
  for (const block of blocks) if (/^commodity\s/.test(block.text)) readCommodity(reader, block)
  const accounts: Journal['accounts'][number][] = []
  const prices: Journal['prices'][number][] = []
  const transactions: Transaction[] = []
  for (const block of blocks) {
    if (/^commodity\s/.test(block.text)) continue
    if (/^account\s/.test(block.text)) accounts.push(readAccount(reader, block))
    else if (/^P\s/.test(block.text)) prices.push(readPrice(reader, block))
    else if (/^\d/.test(block.text)) transactions.push(readTransaction(reader, block))
    else throw journalError('unsupported', block.line, `"${block.text.slice(0, 40)}" is nothing that is imported.`)
  }
  return { own: reader.own, commodities: reader.commodities, accounts, prices, transactions }
}

interface Reader {
  readonly own: boolean
  readonly lines: readonly string[]
  readonly marks: Map<string, '.' | ','> & Marks
  readonly commodities: { line: number; commodity: string; places: number }[]
}

/** A line at the left edge with the indented lines below it. */
interface Block {
  readonly line: number
  readonly text: string
  readonly inside: { readonly line: number; readonly text: string }[]
}

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  let comment: number | undefined
  for (const [index, text] of lines.entries()) {
    const line = index + 1
    if (comment !== undefined) {
      if (/^end comment\s*$/.test(text)) comment = undefined
    } else if (/^comment\s*$/.test(text)) {
      comment = line
      open = undefined
    } else if (text.trim() === '') {
      open = undefined
    } else if (/^[;#*]/.test(text)) {
      // A comment of the whole line, wherever it stands.
    } else if (/^\s/.test(text)) {
      if (open !== undefined) open.inside.push({ line, text: text.trim() })
      else if (!text.trim().startsWith(';')) throw journalError('syntax', line, 'an indented line belongs to no entry.')
    } else {
      open = { line, text: text.trimEnd(), inside: [] }
      blocks.push(open)
    }
  }
  if (comment !== undefined) throw journalError('syntax', comment, '"comment" has no "end comment".')
  return blocks
}

/** What stands before the first semicolon, and the comment behind it. */
function split(text: string): readonly [string, string] {
  const at = text.indexOf(';')
  return at < 0 ? [text.trimEnd(), ''] : [text.slice(0, at).trimEnd(), text.slice(at + 1).trim()]
}

function tagsOf(reader: Reader, ...comments: readonly string[]): Map<string, string> {
  const decode = reader.own ? decoded : (text: string) => text
  const found = comments.flatMap((comment) => [...comment.matchAll(/(?:^|[\s,])([^\s:,]+):([^,]*)/g)])
  return new Map(found.map(([, name = '', value = '']) => [tagKey(name, decode(name)), decode(value.trim())]))
}

/** A name that was escaped means nothing but itself: it is told from the one that means something by the NUL before it. */
const tagKey = (name: string, decoded: string): string => (hasMeaning(decoded) && name !== decoded ? `\0${decoded}` : decoded)

const comments = (block: Block): string[] =>
  block.inside.filter(({ text }) => text.startsWith(';')).map(({ text }) => text.slice(1))

function readCommodity(reader: Reader, block: Block): void {
  const [text] = split(block.text.replace(/^commodity\s+/, ''))
  const format = block.inside.find(({ text }) => text.startsWith('format '))
  const other = block.inside.find(({ text }) => !text.startsWith('format ') && !text.startsWith(';'))
  if (other !== undefined)
    throw journalError('unsupported', other.line, `"${other.text.slice(0, 40)}" is nothing that is imported.`)
  const sample = format === undefined ? text : split(format.text.slice('format '.length))[0]
  const line = format?.line ?? block.line
  // A commodity may be declared by its name alone.
  if (!/\d/.test(sample.replace(/"[^"]*"/g, ''))) return
  const digits = /[\d.,' \u00a0\u202f]*\d[\d.,' \u00a0\u202f]*/.exec(sample.replace(/"[^"]*"/g, ''))?.[0].trim() ?? ''
  const marks = digits.match(/[.,]/g) ?? []
  const last = marks.at(-1) as '.' | ',' | undefined
  // In a directive the point is always written, so the last mark is it.
  const { places } = parseDigits(digits, line, last ?? '.')
  const { commodity } = parseAmount(sample, line, new Map([...reader.marks, ...everyName(sample, last ?? '.')]))
  if (last !== undefined) reader.marks.set(commodity, last)
  reader.commodities.push({ line, commodity, places })
}

/** The name in a sample is not known before the sample is read: whatever it is, this is its mark. */
const everyName = (sample: string, mark: '.' | ','): [string, '.' | ','][] => [
  [(/"([^"]+)"/.exec(sample)?.[1] ?? sample.replace(/[\d.,' \u00a0\u202f+-]/g, '')).trim(), mark],
]

function readAccount(reader: Reader, block: Block): Journal['accounts'][number] {
  const other = block.inside.find(({ text }) => !text.startsWith(';'))
  if (other !== undefined)
    throw journalError('unsupported', other.line, `"${other.text.slice(0, 40)}" is nothing that is imported.`)
  const text = block.text.replace(/^account\s+/, '')
  const [, name = text, rest = ''] = /^(.+?)(?:\s{2,}|\t)\s*(;.*)?$/.exec(text) ?? []
  return { line: block.line, name: nameOf(reader, name, block.line), tags: tagsOf(reader, rest.slice(1), ...comments(block)) }
}

function nameOf(reader: Reader, text: string, line: number): string {
  if (/^[([].*[)\]]$/.test(text))
    throw journalError('unsupported', line, 'virtual postings are not imported: every entry balances here.')
  return reader.own ? decoded(text.trim()) : text.trim()
}

function readPrice(reader: Reader, block: Block): Journal['prices'][number] {
  const [text] = split(block.text)
  const [, day = '', name = '', price = ''] =
    /^P\s+(\S+)\s+(?:\d{1,2}:\d{2}(?::\d{2})?\s+)?("[^"]+"|\S+)\s+(.+)$/.exec(text) ?? []
  if (price === '') throw journalError('syntax', block.line, 'a price is written like "P 2026-11-21 EUR 1.0842 USD".')
  const commodity = name.replaceAll('"', '')
  // A price has as many digits as it needs: its point is a point, however many follow.
  const marks = new Map([...everyPrice(price), ...reader.marks])
  return { line: block.line, date: dayOf(day, block.line), commodity, price: parseAmount(price, block.line, marks) }
}

const everyPrice = (price: string): [string, '.' | ','][] => (/[.]/.test(price) && !/,/.test(price) ? everyName(price, '.') : [])

function dayOf(text: string, line: number): Day {
  const [, year, month = '', day = ''] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text) ?? []
  if (year === undefined) throw journalError('syntax', line, `"${text}" is no date with a year, like 2026-11-21.`)
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const read = Date.parse(`${written}T00:00:00Z`)
  if (Number.isNaN(read) || new Date(read).toISOString().slice(0, 10) !== written) {
    throw journalError('syntax', line, `"${text}" is no day of the calendar.`)
  }
  return written
}

function readTransaction(reader: Reader, block: Block): Transaction {
  const [text, comment] = split(block.text)
  const [, day = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? []
  if (day.includes('=')) throw journalError('unsupported', block.line, 'secondary dates are not imported.')
  const [, status = '', code = '', description = ''] = /^([*!])?\s*(?:\(([^)]*)\))?\s*(.*)$/.exec(rest) ?? []
  // A comment line belongs to the posting above it, the first ones to the entry.
  const own: string[] = [comment]
  const parts: { readonly one: Block['inside'][number]; readonly below: string[] }[] = []
  for (const one of block.inside) {
    if (!one.text.startsWith(';')) parts.push({ one, below: [] })
    else (parts.at(-1)?.below ?? own).push(one.text.slice(1))
  }
  const tags = tagsOf(reader, ...own)
  const postings = parts.map(({ one, below }) => readPosting(reader, one, below))
  return {
    line: block.line,
    date: dayOf(day, block.line),
    pending: status === '!',
    code,
    description: reader.own ? decoded(description) : description,
    tags,
    postings,
  }
}

function readPosting(reader: Reader, { line, text }: Block['inside'][number], below: readonly string[]): Posting {
  const [all, comment] = split(text)
  const plain = all.replace(/^[*!]\s+/, '')
  const [, name = plain, amount = ''] = /^(.+?)(?:\s{2,}|\t\s*)(.*)$/.exec(plain) ?? []
  const tags = tagsOf(reader, comment, ...below)
  if (tags.has('date') || /\[[\d/.-]+(=[\d/.-]+)?\]/.test(comment)) {
    throw journalError('unsupported', line, 'a posting with a date of its own is not imported: an entry has one date.')
  }
  const account = nameOf(reader, name, line)
  return { line, account, tags, ...(amount === '' ? {} : { amount: parseAmount(amount, line, reader.marks) }) }
}
