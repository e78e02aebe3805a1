import { deserialize, serialize } from 'capnweb'
import { fromWire } from '../expose/errors.ts'
import { isPromise } from '../kernel/promises.ts'
import type { Kernel } from '../kernel/types.ts'
import { ensure, run as execute, first, hasTable } from '../storage/sql.ts'
import { answerLost, callInterrupted, wireFields } from './errors.ts'

export interface HowOften {
  /** The client sends the call a second time. */
  readonly repeated: boolean
  /** One of many calls of one `map()`, which have one number. */
  readonly mapped: boolean
  /** Maps that this life of the session has begun. */
  readonly begun: Set<string>
}

/** What calls of clients that may repeat them have done: so that none is run twice. */
export interface Journal {
  once(session: string, call: string, how: HowOften, run: () => unknown): unknown
  /** The client has the answer and will not ask again. */
  acknowledged(session: string, call: number): void
  /** Its connection is gone; what is left goes by age. */
  closed(session: string): void
}

const table = `CREATE TABLE IF NOT EXISTS core_rpc_calls (
  session TEXT NOT NULL, call TEXT NOT NULL, state TEXT NOT NULL, answer TEXT, at INTEGER NOT NULL,
  PRIMARY KEY (session, call)
) STRICT, WITHOUT ROWID`

type State = 'started' | 'done' | 'failed' | 'lost'

const forgetJob = 'core.rpc.forget'
const maxAnswer = 1_000_000

export function createJournal(kernel: Kernel, retentionMs: number): Journal {
  const { storage, transaction } = kernel
  const now = () => kernel.clock().now()
  /** Writes under way in this life of the object: who repeats one waits for the same end. */
  const running = new Map<string, Promise<unknown>>()
  /** Entries made in this life; true once the client has the answer. They go with the next write, so that forgetting costs no transaction of its own. */
  const made = new Map<string, Map<string, boolean>>()
  let watched = false

  kernel.jobs.define(forgetJob, () => {
    if (!hasTable(storage, 'core_rpc_calls')) return
    execute(storage, 'DELETE FROM core_rpc_calls WHERE at <= ?', now() - retentionMs)
    const rest = first<{ at: number | null }>(storage, 'SELECT MIN(at) AS at FROM core_rpc_calls')?.at
    watched = typeof rest === 'number'
    if (typeof rest === 'number')
      return () => void kernel.jobs.schedule({ name: forgetJob, key: forgetJob, at: rest + retentionMs })
  })

  const save = (session: string, call: string, state: State, answer: string | null = null) => {
    const write =
      'INSERT INTO core_rpc_calls VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state, answer = excluded.answer'
    execute(storage, write, session, call, state, answer, now())
    const calls = made.get(session) ?? new Map<string, boolean>()
    made.set(session, calls.set(call, false))
  }
  const saveAnswer = (session: string, call: string, value: unknown) => {
    const answer = written(value)
    save(session, call, answer === undefined ? 'lost' : 'done', answer ?? null)
  }
  const saveFailure = (session: string, call: string, error: unknown) =>
    save(session, call, 'failed', JSON.stringify(wireFields(error)))

  const prepare = (session: string) => {
    ensure(storage, table)
    const calls = made.get(session)
    for (const [call, known] of calls ?? []) {
      if (!known) continue
      execute(storage, 'DELETE FROM core_rpc_calls WHERE session = ? AND call = ?', session, call)
      calls?.delete(call)
    }
    if (watched) return
    watched = true
    if (kernel.jobs.get(forgetJob) === undefined)
      kernel.jobs.schedule({ name: forgetJob, key: forgetJob, at: now() + retentionMs })
  }

  const earlier = (session: string, call: string): { readonly value: unknown } | undefined => {
    if (!hasTable(storage, 'core_rpc_calls')) return undefined
    const query = 'SELECT state, answer FROM core_rpc_calls WHERE session = ? AND call = ?'
    const row = first<{ state: State; answer: string | null }>(storage, query, session, call)
    if (row === undefined) return undefined
    if (row.state === 'started') throw callInterrupted()
    if (row.state === 'lost') throw answerLost()
    if (row.state === 'failed') throw fromWire(Object.assign(new Error(), JSON.parse(row.answer ?? '{}')))
    return { value: deserialize(row.answer ?? 'null') }
  }

  /** What the method writes before its first await, and what is told of it here, are on disk together or not at all. */
  const begin = (session: string, call: string, mapped: boolean, run: () => unknown): unknown => {
    let value: unknown
    let failure: { readonly error: unknown } | undefined
    transaction(() => {
      prepare(session)
      try {
        value = run()
      } catch (error) {
        // What it wrote stays, as it would without a journal.
        failure = { error }
      }
      if (mapped || isPromise(value)) save(session, call, 'started')
      else if (failure === undefined) saveAnswer(session, call, value)
      else saveFailure(session, call, failure.error)
    })
    if (failure !== undefined) throw failure.error
    return value
  }

  const finish = async (session: string, call: string, promise: PromiseLike<unknown>): Promise<unknown> => {
    let value: unknown
    try {
      value = await promise
    } catch (error) {
      transaction(() => saveFailure(session, call, error))
      throw error
    }
    transaction(() => saveAnswer(session, call, value))
    return value
  }

  return {
    once: (session, call, { repeated, mapped, begun }, run) => {
      if (mapped) {
        // Whether this very one has run cannot be known.
        if (repeated && !begun.has(call)) earlier(session, call)
        begun.add(call)
        return begin(session, call, mapped, run)
      }
      const key = `${session}/${call}`
      if (repeated) {
        const same = running.get(key)
        if (same !== undefined) return same
        const before = earlier(session, call)
        if (before !== undefined) return before.value
      }
      const value = begin(session, call, mapped, run)
      if (!isPromise(value)) return value
      const promise = finish(session, call, value).finally(() => running.delete(key))
      running.set(key, promise)
      return promise
    },
    acknowledged: (session, call) => {
      const calls = made.get(session)
      if (calls?.has(String(call))) calls.set(String(call), true)
    },
    closed: (session) => made.delete(session),
  }
}

/** Text of an answer; undefined for what cannot be kept: capabilities, streams, too much. */
function written(value: unknown): string | undefined {
  try {
    const text = serialize(value)
    return text.length > maxAnswer ? undefined : text
  } catch {
    return undefined
  }
}
