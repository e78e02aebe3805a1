import type { Book } from './book.ts'
import { checkEntry } from './check.ts'
import { isRefusal } from './errors.ts'
import { type Found, readHead } from './head.ts'
import { expireDue } from './hold-expiry.ts'
import { asLedgerError, doneUnder, forgetRefusal, type Key, keyOf, rememberRefusal } from './keys.ts'
import { createLimits } from './limits.ts'
import { entryOf } from './post.ts'
import { endOf, makePosting, type Posting } from './posting.ts'
import { asEntry, readEntries } from './read.ts'
import { plainKey, requestOf } from './request.ts'
import type { Entry, EntryInput, PostOptions } from './types.ts'
import { writePostings } from './write.ts'

type Items = readonly { readonly entry: EntryInput; readonly key?: string }[]

/**
 * Many entries, all or nothing, one after the other as far as bounds go. An entry whose key was applied before is not posted
 * again. When the books refuse one, it is that entry's key which is remembered as refused.
 */
export function postAll(book: Book, items: Items, { retryRefused = false }: Omit<PostOptions, 'key'> = {}): Entry[] {
  const asked = items.map(({ entry, key }, index) => {
    const at = `entries[${index}].`
    const checked = checkEntry(entry, at)
    if (key === undefined) return { checked, at, key: undefined }
    return { checked, at, key: keyOf(key, () => requestOf('post', checked), `${at}key`) }
  })
  let current: Key | undefined
  try {
    return book.sql.transaction(() => {
      const head = readHead(book, undefined)
      expireDue(book, head.nextExpiry)
      const found = findKeys(
        book,
        asked.flatMap(({ key }) => key?.key ?? []),
      )
      const end = endOf(head, book.now())
      const limits = createLimits(book)
      const postings: Posting[] = []
      const sequences = asked.map(({ checked, at, key }) => {
        current = key
        const before = key && found.get(key.key)
        const done = key && doneUnder(book, key, before, retryRefused)
        if (done !== undefined) return done.kind === 'entry' ? done.sequence : undefined
        if (key !== undefined && before !== undefined) forgetRefusal(book, before, key)
        const posting = makePosting(book, head, end, limits, checked, { key: plainKey(checked, key) }, at)
        postings.push(posting)
        // The same key twice in one batch is one entry.
        if (key !== undefined) found.set(key.key, inThisBatch(key, posting.sequence))
        return posting.sequence
      })
      current = undefined
      if (postings.length > 0) writePostings(book, postings)
      book.end = { version: head.version, ...end }
      return answer(book, sequences, postings)
    })
  } catch (error) {
    const problem = asLedgerError(error)
    if (current !== undefined && isRefusal(problem)) rememberRefusal(book, current, problem)
    throw problem
  }
}

function inThisBatch(key: Key, sequence: number): Found {
  return {
    kind: 'entry',
    sequence,
    get request() {
      return key.request
    },
  }
}

function answer(book: Book, sequences: readonly (number | undefined)[], postings: readonly Posting[]): Entry[] {
  const entries = new Map<number | undefined, Entry>()
  for (const posting of postings) {
    const entry = asEntry(posting)
    entries.set(posting.sequence, entry)
    book.tell?.({ collection: 'entries', operation: 'create', key: entry.id, after: entry })
  }
  const earlier = sequences.filter((sequence) => sequence !== undefined && !entries.has(sequence))
  for (const entry of readEntries(book, earlier as number[])) entries.set(entry.sequence, entry)
  return sequences.map((sequence) => entries.get(sequence) ?? entryOf(book, sequence))
}

function findKeys({ sql, tables: t }: Book, keys: readonly string[]): Map<string, Found> {
  const found = new Map<string, Found>()
  for (let from = 0; from < keys.length; from += 1000) {
    const list = JSON.stringify(keys.slice(from, from + 1000))
    const rows = sql.all<{ key: string; found: string }>(
      `SELECT e.key, json_object('kind', 'entry', 'request', request, 'sequence', sequence) AS found
        FROM json_each(?1) AS j CROSS JOIN ${t.entries} AS e ON e.key = j.value
      UNION ALL SELECT h.key, json_object('kind', 'hold', 'request', request, 'id', h.id)
        FROM json_each(?1) AS j CROSS JOIN ${t.holds} AS h ON h.key = j.value
      UNION ALL SELECT r.key, json_object('kind', 'refused', 'request', request, 'code', code, 'message', message, 'at', at)
        FROM json_each(?1) AS j CROSS JOIN ${t.refusals} AS r ON r.key = j.value`,
      list,
    )
    for (const row of rows) found.set(row.key, JSON.parse(row.found))
  }
  return found
}
