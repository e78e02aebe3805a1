import { type Page, refuse } from '@do/provider'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Document, PartQuery, Query, Where } from '../collection/types.ts'
import { anything, kindSchema, list, optional, text } from './check.ts'

/** What has happened, said once and never changed. */
export interface EventRecord {
  /** `Order.placed` */
  readonly type: string
  /** ISO 8601: when it happened, which may be before it was recorded. */
  readonly at: string
  /** What it happened to; an id. */
  readonly subject: string
  /** Who did it. */
  readonly actor?: string
  readonly data?: unknown
  readonly tags?: readonly string[]
}

export interface EventLog {
  /**
   * With a `key`, the same event recorded again is the one that is there; another event under that key is refused:
   * `idempotency_key_reused`. Also `invalid_input`.
   */
  record(
    event: Omit<EventRecord, 'at'> & { readonly at?: string | number },
    options?: { readonly key?: string },
  ): Document<EventRecord>
  get(id: string): Document<EventRecord> | undefined
  /** By `type`, `subject`, `actor`, `at`; the latest first unless ordered otherwise. */
  list(query?: Query): Page<Document<EventRecord>>
  count(where?: Where): number
  /** Forgets what happened before, for a rule of retention; answers how many, at most 1,000 a call. */
  forgetBefore(at: string | number): number
}

const schema = kindSchema<EventRecord>({
  type: text(128, /^[A-Za-z][A-Za-z0-9_.-]*$/),
  at: text(),
  subject: text(2_000),
  actor: optional(text(2_000)),
  data: anything,
  tags: optional(list(text())),
})

export function createEventLog(kernel: CollectionKernel): EventLog {
  const log = collectionIn<EventRecord>(kernel, 'event_log', schema, {
    indexes: ['type', 'actor', ['at'], ['subject', 'at'], ['type', 'at']],
  })
  return {
    record: ({ at, ...event }, { key } = {}) =>
      kernel.transaction(() => {
        const before = key === undefined ? undefined : log.get(key)
        if (before === undefined) {
          const id = key ?? crypto.randomUUID()
          return log.insert({ ...event, at: instant(at ?? kernel.clock().now()) }, { id })
        }
        const same =
          before.type === event.type && before.subject === event.subject && (at === undefined || before.at === instant(at))
        if (same) return before
        throw refuse('idempotency_key_reused', 'Another event was recorded under this key. Use a key of its own.', {
          field: 'key',
        })
      }),
    get: (id) => log.get(id),
    list: (query) => log.list({ orderBy: '-at', ...(query as PartQuery) }) as Page<Document<EventRecord>>,
    count: (where) => log.count(where),
    forgetBefore: (at) =>
      kernel.transaction(() => {
        const old = log.list({ where: { at: { lt: instant(at) } }, orderBy: 'at', limit: 1_000, select: [] })
        for (const { $id } of old.items) log.delete($id)
        return old.items.length
      }),
  }
}

/** One spelling for each instant, so that text is in the order of time. */
function instant(at: string | number): string {
  const date = new Date(at)
  const year = date.getUTCFullYear()
  if (year >= 0 && year <= 9_999) return date.toISOString()
  throw refuse('invalid_input', 'This is no time: give ISO 8601 or epoch milliseconds.', { field: 'at' })
}
