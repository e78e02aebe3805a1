import type { Book } from './book.ts'
import { type Checked, checkEntry } from './check.ts'
import { isLedgerError, isOverflow, isRefusal } from './errors.ts'
import { type Found, type Head, readHead } from './head.ts'
import { expireDue } from './hold-expiry.ts'
import { asLedgerError, doneUnder, forgetRefusal, type Key, keyOf, rememberRefusal } from './keys.ts'
import { createLimits } from './limits.ts'
import { entryOf } from './post.ts'
import { endOf, makePosting, type Posting } from './posting.ts'
import { asEntry, readEntries } from './read.ts'
import { plainKey, requestOf } from './request.ts'
import type { Entry, EntryInput, PostOptions } from './types.ts'
import { isTaken, writePostings } from './write.ts'

type Items = readonly { readonly entry: EntryInput; readonly key?: string }[]

/**
 * Many entries, all or nothing, one after the other as far as bounds go. An entry whose key was applied before is not posted
 * again. When the books refuse one, it is that entry's key which is remembered as refused.
 */
export function postAll(book: Book, items: Items, { retryRefused = false }: Omit<PostOptions, 'key'> = {}): Entry[] {
  const asked = items.map(({ entry, key }, index): Asked => {
    const at = `entries[${index}].`
    const checked = checkEntry(entry, at)
    return { checked, at, key: key === undefined ? undefined : keyOf(key, () => requestOf('post', checked), `${at}key`) }
  })
  const posted = postNew(book, asked)
  if (posted !== undefined) return posted
  let current: Key | undefined
  try {
    return book.sql.transaction(() => {
      const head = readHead(book, undefined)
      expireDue(book, head.nextExpiry)
      const found = findKeys(book, asked)
      const { sequences, postings, end } = makePostings(book, head, asked, (key) => {
        current = key
        const before = key && found.get(key.key)
        const done = key && doneUnder(book, key, before, retryRefused)
        if (done === undefined && key !== undefined && before !== undefined) forgetRefusal(book, before, key)
        return done
      })
      current = undefined
      writePostings(book, postings)
      book.end = { version: head.version, ...end }
      return answer(book, sequences, postings)
    })
  } catch (error) {
    const problem = asLedgerError(error)
    if (current !== undefined && isRefusal(problem)) rememberRefusal(book, current, problem)
    throw problem
  }
}

interface Asked {
  readonly checked: Checked
  readonly at: string
  readonly key: Key | undefined
}

/**
 * Posts them as if every key were new, which the books refuse to write where one is not: looking for each first is as much work
 * again. Whatever comes in between is for the longer way to tell: nothing is written then, and nothing told.
 */
function postNew(book: Book, asked: readonly Asked[]): Entry[] | undefined {
  const first = asked.find(({ key }) => key !== undefined)?.key
  let telling = false
  try {
    return book.sql.transaction(() => {
      const head = readHead(book, first?.key)
      if (head.found !== undefined || (head.nextExpiry !== null && head.nextExpiry <= book.now())) return undefined
      if (first !== undefined && hasOtherKeys(book)) return undefined
      const { sequences, postings, end } = makePostings(book, head, asked, () => undefined)
      writePostings(book, postings)
      book.end = { version: head.version, ...end }
      telling = true
      return answer(book, sequences, postings)
    })
  } catch (error) {
    if (telling || !(isLedgerError(error) || isOverflow(error) || isTaken(error))) throw error
    return undefined
  }
}

/** Keys that no entry has. */
function hasOtherKeys({ sql, tables: t }: Book): boolean {
  const [row] = sql.all<{ any: number }>(
    `SELECT EXISTS (SELECT 1 FROM ${t.holds} WHERE key IS NOT NULL) OR EXISTS (SELECT 1 FROM ${t.refusals}) AS any`,
  )
  return row?.any === 1
}

/** Checks them one after the other; `done` says what was done under a key before. Nothing is written yet. */
function makePostings(
  book: Book,
  head: Head,
  asked: readonly Asked[],
  done: (key: Key | undefined) => Exclude<Found, { kind: 'refused' }> | undefined,
) {
  const end = endOf(head, book.now())
  const limits = createLimits(book)
  const postings: Posting[] = []
  // The same key twice in one batch is one entry.
  const here = new Map<string, { readonly key: Key; readonly sequence: number }>()
  const sequences = asked.map(({ checked, at, key }) => {
    const before = key && here.get(key.key)
    if (key !== undefined && before !== undefined) {
      doneUnder(book, key, { kind: 'entry', sequence: before.sequence, request: before.key.request }, false)
      return before.sequence
    }
    const earlier = done(key)
    if (earlier !== undefined) return earlier.kind === 'entry' ? earlier.sequence : undefined
    const posting = makePosting(book, head, end, limits, checked, { key: plainKey(checked, key) }, at)
    postings.push(posting)
    if (key !== undefined) here.set(key.key, { key, sequence: posting.sequence })
    return posting.sequence
  })
  return { sequences, postings, end }
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

function findKeys({ sql, tables: t }: Book, asked: readonly Asked[]): Map<string, Found> {
  const keys = asked.flatMap(({ key }) => key?.key ?? [])
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
