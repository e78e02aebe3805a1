import { problem } from '../http/problem.ts'
import type { Kernel } from '../kernel/types.ts'
import { exceeds, maxRowBytes } from '../storage/json.ts'
import { ensure, first, hasTable, run } from '../storage/sql.ts'

/** What is sent again under the same key. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A wish, by the key that its sender has given it. */
export interface Wish {
  /** Whose key, for what, and the key itself. */
  readonly key: string
  /** Of what is wished for. */
  readonly fingerprint: string
}

/**
 * The answers given under an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), on disk.
 * A key with another wish is refused: 409 `idempotency_key_reused`.
 */
export interface Answers {
  /** The wish, its effect and its answer in one transaction: it happens once, whatever breaks. */
  inTransaction(wish: Wish | undefined, act: () => Answer): Answer
  /**
   * For what cannot be one transaction: the wish is on disk before it begins. When its answer was lost with the object's life, nobody
   * knows: 409 `outcome_unknown`, and nothing is done a second time. While it runs: 409 `request_in_progress`.
   * What fails with the certainty that nothing was done may be tried again.
   */
  around(wish: Wish | undefined, act: () => Promise<Answer>, nothingDone: (error: unknown) => boolean): Promise<Answer>
}

interface Row extends Record<string, string | number | null> {
  fingerprint: string
  answer: string | null
}

const table = `CREATE TABLE IF NOT EXISTS do_answers (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, answer TEXT, at INTEGER NOT NULL) STRICT, WITHOUT ROWID`
const job = 'core.rest.forget'

/** A UUID of chance (RFC 9562, versions 4 and 7). */
const random = /^[\da-f]{8}-[\da-f]{4}-[47][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i

/**
 * The wish of a request; undefined without a key. Each principal has keys of its own. Callers whom nobody knows share one space, in
 * which the key is all that tells one from another: there it must be one that nobody guesses, and is good for this very body only.
 * @throws Problem 400 `invalid_idempotency_key`, `weak_idempotency_key`
 */
export async function wishOf(
  request: Request,
  of: string,
  principal: string | undefined,
  text: string,
): Promise<Wish | undefined> {
  const given = request.headers.get('idempotency-key')
  if (given === null) return undefined
  const key = given.replace(/^"(.*)"$/, '$1')
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw problem(400, 'invalid_idempotency_key', 'The key must be 1 to 255 visible ASCII characters, such as a UUID.')
  }
  const fingerprint = await digest(text)
  if (principal) return { key: [principal, of, key].join('\n'), fingerprint }
  if (!random.test(key)) {
    const detail =
      'Nobody knows who you are, so your key must be one that nobody else has: use a random UUID (version 4 or 7), or sign in.'
    throw problem(400, 'weak_idempotency_key', detail)
  }
  return { key: ['', of, key, fingerprint].join('\n'), fingerprint }
}

export function createAnswers({ storage, transaction, jobs, clock }: Kernel, keepMs: number): Answers {
  /** Wishes that are being fulfilled in this life of the object. */
  const running = new Set<string>()
  const now = () => clock().now()

  jobs.define(job, () => () => {
    run(storage, 'DELETE FROM do_answers WHERE at <= ?', now() - keepMs)
    const oldest = first<{ at: number | null }>(storage, 'SELECT min(at) AS at FROM do_answers')?.at
    if (typeof oldest === 'number') jobs.schedule({ name: job, key: `${job}.${oldest}`, at: oldest + keepMs })
  })

  const find = (wish: Wish): Row | undefined => {
    if (!hasTable(storage, 'do_answers')) return undefined
    const row = first<Row>(storage, 'SELECT fingerprint, answer FROM do_answers WHERE key = ?', wish.key)
    if (row !== undefined && row.fingerprint !== wish.fingerprint) {
      const detail = 'This idempotency key was used for something else. Use a new key for a new wish.'
      throw problem(409, 'idempotency_key_reused', detail)
    }
    return row
  }

  const save = (wish: Wish, answer: Answer | undefined) => {
    ensure(storage, table)
    const begin = first(storage, 'SELECT 1 AS one FROM do_answers LIMIT 1') === undefined
    const query = `INSERT INTO do_answers VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET answer = excluded.answer`
    run(storage, query, wish.key, wish.fingerprint, answer === undefined ? null : encode(answer), now())
    if (begin) jobs.schedule({ name: job, key: `${job}.${now()}`, at: now() + keepMs })
  }

  return {
    inTransaction: (wish, act) =>
      transaction(() => {
        const row = wish === undefined ? undefined : find(wish)
        if (row !== undefined) return decode(row.answer)
        const answer = act()
        if (wish !== undefined) save(wish, answer)
        return answer
      }),
    around: async (wish, act, nothingDone) => {
      if (wish === undefined) return act()
      if (running.has(wish.key)) {
        find(wish)
        const detail = 'The same request is still under way. Repeat it a little later, with the same key.'
        throw problem(409, 'request_in_progress', detail, { headers: { 'retry-after': '1' } })
      }
      const row = find(wish)
      if (row !== undefined) return decode(row.answer)
      transaction(() => save(wish, undefined))
      running.add(wish.key)
      try {
        const answer = await act()
        transaction(() => save(wish, answer))
        return answer
      } catch (error) {
        if (nothingDone(error)) run(storage, 'DELETE FROM do_answers WHERE key = ?', wish.key)
        throw error
      } finally {
        running.delete(wish.key)
      }
    },
  }
}

/** An answer too large for a row is known to have been given, without being kept. */
function encode(answer: Answer): string {
  const text = JSON.stringify(answer)
  return exceeds(text, maxRowBytes - 10_000) ? notKept : text
}

const notKept = 'null'

function decode(text: string | null): Answer {
  if (text === notKept)
    throw problem(409, 'answer_not_kept', 'This was done, and its answer was too large to be kept. Read what it has made.')
  if (text !== null) return JSON.parse(text) as Answer
  const detail = 'This was begun and its answer was lost. Look whether it happened; to do it again, use a new key.'
  throw problem(409, 'outcome_unknown', detail)
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
