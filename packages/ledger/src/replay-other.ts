import { type Book, renewVersion } from './book.ts'
import { checkMetadata } from './check.ts'
import { parseDay, parseInstant } from './days.ts'
import { releaseHold, writeHoldLines } from './hold-state.ts'
import { numberIn } from './read.ts'
import type { Entry, Hold, LedgerMutation, Price } from './types.ts'

/** The rows of what is not an account or an entry, as they were told. */
export function replayOther(book: Book, { collection, operation, key, after }: LedgerMutation): void {
  const { sql, tables: t } = book
  if (collection === 'currencies') {
    const { code, exponent } = after as { readonly code: string; readonly exponent: number }
    sql.run(`INSERT INTO ${t.currencies} VALUES (?, ?) ON CONFLICT DO UPDATE SET exponent = excluded.exponent`, code, exponent)
    renewVersion(book)
  } else if (collection === 'prices') {
    const { currency, in: quote, date, rate } = after as Price
    sql.run(
      `INSERT INTO ${t.prices} VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET rate = excluded.rate`,
      ...[currency, quote, parseDay(date), rate],
    )
  } else if (collection === 'periods') {
    const { through, reason, at } = after as {
      readonly through: string | null
      readonly reason: string | null
      readonly at: string
    }
    sql.run(
      `INSERT INTO ${t.periods}(id, through, reason, at) SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM ${t.periods} WHERE id = ?1)`,
      ...[Number(key), through === null ? null : parseDay(through), reason, parseInstant(at, 'at')],
    )
  } else if (collection === 'refusals') {
    sql.run(`DELETE FROM ${t.refusals} WHERE key = ?`, key)
    if (operation === 'delete') return
    const { request, code, field, message, at } = after as Record<'request' | 'code' | 'message' | 'at', string> & {
      readonly field: string | null
    }
    sql.run(`INSERT INTO ${t.refusals} VALUES (?, ?, ?, ?, ?, ?)`, key, request, code, field, message, parseInstant(at, 'at'))
  } else if (collection === 'drafts') replayDraft(book, operation, key, after as Entry | undefined)
  else replayHold(book, operation, after as Hold)
}

function replayDraft(
  { sql, tables: t }: Book,
  operation: LedgerMutation['operation'],
  key: string,
  entry: Entry | undefined,
): void {
  const id = numberIn(key, 'draft') ?? 0
  if (operation === 'delete' || entry === undefined) {
    sql.run(`DELETE FROM ${t.drafts} WHERE id = ?`, id)
  } else if (entry.sequence !== undefined) {
    sql.run(`UPDATE ${t.drafts} SET sequence = ? WHERE id = ?`, entry.sequence, id)
  } else {
    const lines = JSON.stringify(entry.lines, (_, value) => (typeof value === 'bigint' ? String(value) : value))
    sql.run(
      `INSERT INTO ${t.drafts}(id, day, description, lines, metadata, created_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET day = excluded.day, description = excluded.description, lines = excluded.lines,
          metadata = excluded.metadata`,
      ...[id, parseDay(entry.date), entry.description, lines, checkMetadata(entry.metadata, 'metadata')],
      parseInstant(entry.recordedAt, 'recordedAt'),
    )
  }
}

function replayHold(book: Book, operation: LedgerMutation['operation'], hold: Hold): void {
  const { sql, tables: t } = book
  const id = numberIn(hold.id, 'hold') ?? 0
  const [known] = sql.all<{ state: string }>(`SELECT state FROM ${t.holds} WHERE id = ?`, id)
  if (operation === 'create') {
    if (known === undefined) placeAgain(book, id, hold)
  } else if (known?.state === 'pending') {
    const sequence = hold.entry === undefined ? null : (numberIn(hold.entry, 'entry') ?? null)
    const at = hold.resolvedAt === undefined ? 0 : parseInstant(hold.resolvedAt, 'resolvedAt')
    releaseHold({ ...book, now: () => at }, id, hold.state, sequence)
  }
}

function placeAgain(book: Book, id: number, hold: Hold): void {
  const { sql, tables: t } = book
  const { date, description, metadata, key = null, request = null, createdAt, expiresAt = null } = hold
  sql.run(
    `INSERT INTO ${t.holds}(id, day, description, metadata, key, request, created_at, expires_at, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending')`,
    ...[id, parseDay(date), description, checkMetadata(metadata, 'metadata'), key, request],
    ...[parseInstant(createdAt, 'createdAt'), expiresAt],
  )
  writeHoldLines(book, id, hold.lines)
}
