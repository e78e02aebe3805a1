import type { Book } from './book.ts'
import { checkEntry, checkText } from './check.ts'
import { formatInstant } from './days.ts'
import { isOverflow, isRefusal, type LedgerError, ledgerError, overflow } from './errors.ts'
import { type Found, type Head, readHead } from './head.ts'
import { expireDue } from './hold-expiry.ts'
import { readEntries } from './read.ts'
import { requestOf } from './request.ts'
import { sha256 } from './sha256.ts'
import type { PostOptions } from './types.ts'

/**
 * One change of the books under an idempotency key (or none), in one transaction. `request` says all that was asked, so that the
 * same key with something else is found out. A key has three states: absent, applied (it is on the entry or the hold that it
 * made, written with it) and refused. Refused is remembered after the transaction is gone: a crash in between leaves it absent.
 */
export function underKey<T>(
  book: Book,
  { key, retryRefused = false }: PostOptions,
  request: () => string,
  { work, again, quick }: Work<T>,
): T {
  const asked = key === undefined ? undefined : keyOf(key, request)
  try {
    return book.sql.transaction(() => {
      const quickly = quick?.(asked)
      if (quickly !== undefined) return quickly
      const head = readHead(book, key)
      const done = asked === undefined ? undefined : doneUnder(book, asked, head.found, retryRefused)
      if (done !== undefined) return again(done)
      expireDue(book, head.nextExpiry)
      if (head.found !== undefined) forgetRefusal(book, head.found, asked as Key)
      return work(head, asked)
    })
  } catch (error) {
    const problem = asLedgerError(error)
    if (asked !== undefined && isRefusal(problem)) rememberRefusal(book, asked, problem)
    throw problem
  }
}

interface Work<T> {
  work(head: Head, key: Key | undefined): T
  again(found: Exclude<Found, { kind: 'refused' }>): T
  /** Does it from what is remembered of the books, if they still stand so and the key is new; undefined, and nothing, if not. */
  quick?(key: Key | undefined): T | undefined
}

export interface Key {
  readonly key: string
  /** Digest of what was asked, 128 bits: it tells apart, it does not protect. */
  readonly request: string
}

export function keyOf(key: string, request: () => string, field = 'key'): Key {
  checkKey(key, field)
  return new AskedKey(key, request)
}

/** The digest is made when it is asked for, which is seldom; a getter on each object would cost as much as all the rest of it. */
class AskedKey implements Key {
  readonly key: string
  readonly ask: () => string

  constructor(key: string, ask: () => string) {
    this.key = key
    this.ask = ask
  }

  get request(): string {
    return sha256(this.ask()).slice(0, 32)
  }
}

export function checkKey(key: string, field = 'key'): void {
  try {
    checkText(key, field, 500, 1)
  } catch {
    throw ledgerError('invalid_key', `${field} must be well-formed text of 1 to 500 characters.`, { field })
  }
}

/** What was done under the key already. @throws LedgerError `idempotency_key_reused`, `refused`. */
export function doneUnder(
  book: Book,
  asked: Key,
  found: Found | undefined,
  retryRefused: boolean,
): Exclude<Found, { kind: 'refused' }> | undefined {
  if (found === undefined) return undefined
  const { key } = asked
  if ((found.request ?? requestIn(book, found)) !== asked.request) {
    throw ledgerError(
      'idempotency_key_reused',
      `The key "${key}" was used for another request. A new request needs a key of its own; the same one must be the same in every field.`,
      { field: 'key' },
    )
  }
  if (found.kind !== 'refused') return found
  if (retryRefused) return undefined
  throw ledgerError(
    'refused',
    `The request under the key "${key}" was refused (${found.code}): ${found.message} When that has changed, ask again with retryRefused, or with another key.`,
    { field: 'key', reason: found.code },
  )
}

/** The digest of the plain posting that made an entry. */
function requestIn(book: Book, found: Found): string {
  const [entry] = found.kind === 'entry' ? readEntries(book, [found.sequence]) : []
  return entry === undefined ? '' : sha256(requestOf('post', checkEntry(entry))).slice(0, 32)
}

export function asLedgerError(error: unknown): unknown {
  return isOverflow(error) ? overflow(error) : error
}

export function rememberRefusal(book: Book, { key, request }: Key, { code, message, field }: LedgerError): void {
  const { sql, tables: t, tell } = book
  const at = book.now()
  sql.transaction(() => {
    // Another process may have applied the key since: that stands.
    const { found } = readHead(book, key)
    if (found !== undefined && found.kind !== 'refused') return
    sql.run(
      `INSERT INTO ${t.refusals}(key, request, code, field, message, at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET request = excluded.request, code = excluded.code, field = excluded.field,
          message = excluded.message, at = excluded.at`,
      ...[key, request, code, field ?? null, message, at],
    )
    const after = { key, request, code, field: field ?? null, message, at: formatInstant(at) }
    tell?.({ collection: 'refusals', operation: found === undefined ? 'create' : 'update', key, after })
  })
}

export function forgetRefusal({ sql, tables, tell }: Book, found: Found, { key }: Key): void {
  sql.run(`DELETE FROM ${tables.refusals} WHERE key = ?`, key)
  tell?.({ collection: 'refusals', operation: 'delete', key, before: { key, request: found.request } })
}
