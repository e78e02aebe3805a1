import type { Book } from './book.ts'
import { type Checked, checkBalanced, checkEntry } from './check.ts'
import { formatDay, formatInstant } from './days.ts'
import { ledgerError } from './errors.ts'
import { underKey } from './keys.ts'
import { entryOf, writeEntry } from './post.ts'
import { draftId, numberIn } from './read.ts'
import type { Entry, EntryInput, PostOptions } from './types.ts'

interface DraftRow {
  readonly id: number
  readonly day: number
  readonly description: string
  readonly lines: string
  readonly metadata: string | null
  readonly created_at: number
  readonly sequence: number | null
}

/** A draft may be unfinished: unbalanced, or on accounts that do not exist yet. What stands in it must be well-formed. */
export function draft(book: Book, entry: EntryInput): Entry {
  const checked = checkEntry(entry, '', { balanced: false })
  return book.sql.transaction(() => {
    const [row] = book.sql.all<{ id: number }>(
      `INSERT INTO ${book.tables.drafts}(day, description, lines, metadata, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id`,
      ...[...columns(checked), book.now()],
    )
    const after = openDraft(book, draftId(row?.id ?? 0)).entry
    book.tell?.({ collection: 'drafts', operation: 'create', key: after.id, after })
    return after
  })
}

export function redraft(book: Book, id: string, entry: EntryInput): Entry {
  const checked = checkEntry(entry, '', { balanced: false })
  return book.sql.transaction(() => {
    const before = openDraft(book, id)
    book.sql.run(
      `UPDATE ${book.tables.drafts} SET day = ?, description = ?, lines = ?, metadata = ? WHERE id = ?`,
      ...[...columns(checked), before.number],
    )
    const after = openDraft(book, id).entry
    book.tell?.({ collection: 'drafts', operation: 'update', key: id, before: before.entry, after })
    return after
  })
}

export function discard(book: Book, id: string): void {
  book.sql.transaction(() => {
    const before = openDraft(book, id)
    book.sql.run(`DELETE FROM ${book.tables.drafts} WHERE id = ?`, before.number)
    book.tell?.({ collection: 'drafts', operation: 'delete', key: id, before: before.entry })
  })
}

export function postDraft(book: Book, id: string, options: PostOptions = {}): Entry {
  return underKey(book, options, () => JSON.stringify(['draft', id]), {
    work: (head, key) => {
      const { number, entry } = openDraft(book, id)
      const checked = checkEntry(entry)
      checkBalanced(checked.lines)
      const posted = writeEntry(book, head, checked, { key, draft: number })
      book.sql.run(`UPDATE ${book.tables.drafts} SET sequence = ? WHERE id = ?`, posted.sequence ?? null, number)
      book.tell?.({ collection: 'drafts', operation: 'update', key: id, before: entry, after: posted })
      return posted
    },
    again: (found) => entryOf(book, found.kind === 'entry' ? found.sequence : undefined),
  })
}

/** The draft, or the entry that was posted from it. */
export function readDraft(book: Book, id: string): Entry | undefined {
  const row = rowOf(book, id)
  if (row === undefined) return undefined
  return row.sequence === null ? asDraft(row) : entryOf(book, row.sequence)
}

export function listDrafts(book: Book): Entry[] {
  return book.sql.all<DraftRow>(`SELECT * FROM ${book.tables.drafts} WHERE sequence IS NULL ORDER BY id`).map(asDraft)
}

/** @throws LedgerError `unknown_draft`, `already_posted`. */
function openDraft(book: Book, id: string): { readonly number: number; readonly entry: Entry } {
  const row = rowOf(book, id)
  if (row === undefined) throw ledgerError('unknown_draft', `${id} is no draft of this ledger.`, { field: 'id' })
  if (row.sequence !== null) {
    throw ledgerError('already_posted', `${id} was posted as entry_${row.sequence}. Reverse that, or post another entry.`, {
      field: 'id',
    })
  }
  return { number: row.id, entry: asDraft(row) }
}

function rowOf({ sql, tables }: Book, id: string): DraftRow | undefined {
  const number = numberIn(id, 'draft')
  return number === undefined ? undefined : sql.all<DraftRow>(`SELECT * FROM ${tables.drafts} WHERE id = ?`, number)[0]
}

function columns({ day, description, lines, metadataText }: Checked) {
  const text = JSON.stringify(lines, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  return [day, description, text, metadataText] as const
}

function asDraft(row: DraftRow): Entry {
  const lines: (Omit<Entry['lines'][number], 'amount'> & { readonly amount: string })[] = JSON.parse(row.lines)
  return {
    id: draftId(row.id),
    state: 'draft',
    date: formatDay(row.day),
    description: row.description,
    lines: lines.map((line) => ({ ...line, amount: BigInt(line.amount) })),
    ...(row.metadata === null ? {} : { metadata: JSON.parse(row.metadata) }),
    recordedAt: formatInstant(row.created_at),
  }
}
