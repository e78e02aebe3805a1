import { columnsOf } from './account-input.ts'
import { createBook, renewVersion } from './book.ts'
import { seal } from './chain.ts'
import type { Chart } from './chart.ts'
import { checkEntry, checkMetadata } from './check.ts'
import { parseInstant } from './days.ts'
import { ledgerError } from './errors.ts'
import { prepareTables } from './migrate.ts'
import { lastSequence } from './point.ts'
import { numberIn } from './read.ts'
import { replayOther } from './replay-other.ts'
import { resolveLines } from './resolve.ts'
import { tablesOf } from './schema.ts'
import type { Account, Entry, LedgerMutation, Sql } from './types.ts'
import { writePosting } from './write.ts'

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
    const last = lastSequence(book)
    const chain: Chain = { sequence: last, hash: hashOf(book, last), chart: undefined }
    for (const mutation of mutations) {
      const { collection, after } = mutation
      if (collection === 'entries') {
        replayEntry(book, chain, after as Entry)
        continue
      }
      chain.chart = undefined
      if (collection === 'accounts') replayAccount(book, after as Account)
      else replayOther(book, mutation)
    }
  })
}

type Book = ReturnType<typeof createBook>

/** Where the books stand: nobody else writes them in the transaction. */
interface Chain {
  sequence: number
  hash: string
  /** Until something else than entries is replayed. */
  chart: Chart | undefined
}

function hashOf({ sql, tables }: Book, sequence: number): string {
  const [row] = sql.all<{ hash: string }>(`SELECT lower(hex(hash)) AS hash FROM ${tables.entries} WHERE sequence = ?`, sequence)
  return row?.hash ?? ''
}

function replayEntry(book: Book, chain: Chain, entry: Entry): void {
  const { id, sequence = 0, recordedAt, key = null, request = null, reverses, hold, draft, hash = '' } = entry
  if (sequence <= chain.sequence) {
    if (hashOf(book, sequence) !== hash) throw diverged(id)
    return
  }
  const checked = checkEntry(entry)
  chain.chart ??= book.chart()
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
    lines: resolveLines(chain.chart, checked),
  }
  if (sequence !== chain.sequence + 1 || seal(chain.hash, unsealed) !== hash) throw diverged(id)
  writePosting(book, { ...unsealed, checked, hash })
  chain.sequence = sequence
  chain.hash = hash
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
