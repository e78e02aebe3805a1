import type { Book } from './book.ts'
import { releaseHold, tellHold } from './hold-state.ts'

/** Voids the holds whose time is over. In a transaction. */
export function expireDue(book: Book, nextExpiry: number | null): number {
  const now = book.now()
  if (nextExpiry === null || nextExpiry > now) return 0
  const due = book.sql.all<{ id: number }>(
    `SELECT id FROM ${book.tables.holds} WHERE state = 'pending' AND expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at, id`,
    now,
  )
  for (const { id } of due) {
    const before = releaseHold(book, id, 'expired', null)
    tellHold(book, id, before)
  }
  return due.length
}

/** The same by itself, before something that reads what is pending. */
export function sweep(book: Book): number {
  const next = nextExpiry(book)
  return next === null || next > book.now() ? 0 : book.sql.transaction(() => expireDue(book, next))
}

export function nextExpiry({ sql, tables }: Book): number | null {
  return sql.all<{ next: number | null }>(`SELECT next_expiry AS next FROM ${tables.state}`)[0]?.next ?? null
}
