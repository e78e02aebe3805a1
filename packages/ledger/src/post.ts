import type { Book } from './book.ts'
import { type Checked, checkEntry } from './check.ts'
import { dayOfInstant, formatDay, parseDay } from './days.ts'
import { isLedgerError, isOverflow, ledgerError } from './errors.ts'
import type { readHead } from './head.ts'
import { underKey } from './keys.ts'
import { createLimits } from './limits.ts'
import { endOf, makePosting, type Origin, type Posting } from './posting.ts'
import { asEntry, entryId, numberIn, readEntries } from './read.ts'
import { plainKey, requestOf } from './request.ts'
import type { Day, Entry, EntryInput, Line, PostOptions } from './types.ts'
import { isMoved, writePosting } from './write.ts'

export function post(book: Book, entry: EntryInput, options: PostOptions = {}): Entry {
  const checked = checkEntry(entry)
  return underKey(book, options, () => requestOf('post', checked), {
    work: (head, key) => writeEntry(book, head, checked, { key: plainKey(checked, key) }),
    again: (found) => entryOf(book, found.kind === 'entry' ? found.sequence : undefined),
    quick: (key) => postRemembered(book, checked, plainKey(checked, key)),
  })
}

/**
 * Posts without reading the books first: on where they were left, which the statement that writes it holds against where they
 * are. Whatever comes in between, of which a key that is known is one, is for the longer way to tell.
 */
function postRemembered(book: Book, checked: Checked, key: Origin['key']): Entry | undefined {
  const { end } = book
  if (end === undefined || book.remembered(end.version) === undefined) return undefined
  let posting: Posting
  try {
    posting = makePosting(book, { version: end.version, locked: null }, endOf(end, book.now()), createLimits(book), checked, {
      key,
    })
    writePosting(book, posting, end)
  } catch (error) {
    if (isLedgerError(error) || isOverflow(error) || isMoved(error)) return undefined
    throw error
  }
  return posted(book, end.version, posting)
}

export function reverse(
  book: Book,
  id: string,
  options: PostOptions & { readonly date?: Day; readonly description?: string } = {},
): Entry {
  const sequence = numberIn(id, 'entry')
  const { date, description } = options
  if (date !== undefined) parseDay(date)
  return underKey(book, options, () => JSON.stringify(['reverse', id, date ?? null, description ?? null]), {
    work: (head, key) => {
      const original = entryOf(book, sequence, id)
      if (original.reversedBy !== undefined) {
        throw ledgerError('already_reversed', `${id} was reversed by ${original.reversedBy}. Post a new entry instead.`, {
          field: 'id',
        })
      }
      const today = formatDay(dayOfInstant(book.now()))
      const checked = checkEntry({
        // Not in the past unless asked for: reports that were given to somebody stay as they were.
        date: date ?? latest(original.date, today),
        description: description ?? `Reversal of ${id}: ${original.description}`.slice(0, 10_000),
        lines: original.lines.map(opposite),
        ...(original.metadata === undefined ? {} : { metadata: original.metadata }),
      })
      return writeEntry(book, head, checked, { key, reverses: original.sequence as number })
    },
    again: (found) => entryOf(book, found.kind === 'entry' ? found.sequence : undefined),
  })
}

function opposite({ due: _, side, ...line }: Line): Line {
  return { ...line, side: side === 'debit' ? 'credit' : 'debit' }
}

/** Writes one entry and tells it. In a transaction. */
export function writeEntry(book: Book, head: ReturnType<typeof readHead>, checked: Checked, origin: Origin): Entry {
  const end = endOf(head, book.now())
  const posting = makePosting(book, head, end, createLimits(book), checked, origin)
  writePosting(book, posting)
  return posted(book, head.version, posting)
}

/** Remembers and tells what was just written. */
function posted(book: Book, version: string, posting: Posting): Entry {
  const { sequence, recordedAt, hash } = posting
  book.end = { version, sequence, recordedAt, hash }
  const entry = asEntry(posting)
  book.tell?.({ collection: 'entries', operation: 'create', key: entry.id, after: entry })
  return entry
}

/** @throws LedgerError `unknown_entry`. */
export function entryOf(book: Book, sequence: number | undefined, id = sequence === undefined ? 'It' : entryId(sequence)): Entry {
  const [entry] = sequence === undefined ? [] : readEntries(book, [sequence])
  if (entry === undefined) throw ledgerError('unknown_entry', `${id} is no posted entry of this ledger.`, { field: 'id' })
  return entry
}

/** Days are compared as texts. */
const latest = (one: Day, other: Day): Day => (one < other ? other : one)
