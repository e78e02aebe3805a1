import { columnsOf } from './account-input.ts'
import { createBook, renewVersion } from './book.ts'
import { seal } from './chain.ts'
import { checkEntry, checkMetadata } from './check.ts'
import { parseInstant } from './days.ts'
import { ledgerError } from './errors.ts'
import { prepareTables } from './migrate.ts'
import { lastSequence } from './point.ts'
import type { Posting } from './posting.ts'
import { numberIn, readEntries } from './read.ts'
import { replayOther } from './replay-other.ts'
import { resolveLines } from './resolve.ts'
import { tablesOf } from './schema.ts'
import type { Account, Entry, LedgerMutation, Sql } from './types.ts'
import { writePostings } from './write.ts'

/**
 * Makes books again from what `onMutation` told, in its order: row by row what they were, hashes included, up to the last mutation
 * that is given. What is there already is not done again, so that a log may be replayed from any earlier point.
 * @throws LedgerError `diverged` where an entry does not follow from the ones before it.
 */
export function replay(
  sql: Sql,
  mutations: Iterable<LedgerMutation>,
  { prefix = 'ledger' }: { readonly prefix?: string } = {},
): void {
  const tables = tablesOf(prefix)
  const book = createBook({ sql, tables, now: () => 0, tell: undefined })
  sql.transaction(() => {
    prepareTables(sql, tables, prefix)
    for (const mutation of mutations) {
      const { collection, after } = mutation
      if (collection === 'entries') replayEntry(book, after as Entry)
      else if (collection === 'accounts') replayAccount(book, after as Account)
      else replayOther(book, mutation)
    }
  })
}

type Book = ReturnType<typeof createBook>

function replayEntry(book: Book, entry: Entry): void {
  const { id, sequence = 0, recordedAt, key = null, request = null, reverses, hold, draft, hash } = entry
  const last = lastSequence(book)
  const [previous] = sequence === 1 ? [] : readEntries(book, [Math.min(sequence, last + 1) - 1])
  if (sequence <= last) {
    if (readEntries(book, [sequence])[0]?.hash !== hash) throw diverged(id)
    return
  }
  const checked = checkEntry(entry)
  const unsealed = {
    sequence,
    day: checked.day,
    recordedAt: parseInstant(recordedAt, 'recordedAt'),
    description: entry.description,
    key,
    request,
    reverses: reverses === undefined ? null : (numberIn(reverses, 'entry') ?? null),
    hold: hold === undefined ? null : (numberIn(hold, 'hold') ?? null),
    draft: draft === undefined ? null : (numberIn(draft, 'draft') ?? null),
    metadataText: checked.metadataText,
    lines: resolveLines(book.chart(), checked),
  }
  if (sequence !== last + 1 || seal(previous?.hash ?? '', unsealed) !== hash) throw diverged(id)
  const posting: Posting = { ...unsealed, checked, hash }
  writePostings(book, [posting])
}

function diverged(id: string) {
  return ledgerError('diverged', `${id} does not follow from the entries before it: the log is of other books, or has a gap.`, {
    field: id,
  })
}

function replayAccount(book: Book, account: Account): void {
  const { id, name, type, openedAt, closedAt } = account
  const end = name.lastIndexOf(':')
  const parent = end < 0 ? null : (book.chart().byName.get(name.slice(0, end))?.id ?? null)
  checkMetadata(account.metadata, 'metadata')
  book.sql.run(
    `INSERT INTO ${book.tables.accounts}(id, name, parent_id, type, currencies, minimum, maximum, cash, clearing, metadata, opened_at,
      closed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET currencies = excluded.currencies,
      minimum = excluded.minimum, maximum = excluded.maximum, cash = excluded.cash, clearing = excluded.clearing,
      metadata = excluded.metadata, closed_at = excluded.closed_at`,
    ...[id, name, parent, type, ...columnsOf(account), parseInstant(openedAt, 'openedAt')],
    closedAt === undefined ? null : parseInstant(closedAt, 'closedAt'),
  )
  renewVersion(book)
}
