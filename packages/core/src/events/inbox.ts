import { refuse } from '@do/provider'
import type { ObjectStorage } from '../platform/types.ts'
import { ensure, first, run } from '../storage/sql.ts'
import type { ObjectEvent } from './types.ts'

const ddl = `CREATE TABLE IF NOT EXISTS do_event_sequence (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS do_event_inbox (source TEXT NOT NULL, epoch TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (source, epoch, sequence)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS do_event_inbox_at ON do_event_inbox (at)`

/** Senders give up after a week; who has come a month ago comes no more. */
export const sendForMs = 604_800_000
const rememberMs = 2_592_000_000

export interface Parcel {
  readonly event: ObjectEvent
  readonly epoch: string
  /** Where it goes on from there. */
  readonly deep?: 'parent' | 'children'
}

/** Numbers what goes out, and knows what has come in. The caller holds the transaction. */
export interface Inbox {
  nextSequence(): number
  /** False when it was here before. */
  isNew(parcel: { readonly event: Pick<ObjectEvent, 'source' | 'sequence'>; readonly epoch: string }, now: number): boolean
}

export function createInbox(storage: ObjectStorage): Inbox {
  return {
    nextSequence: () => {
      ensure(storage, ddl)
      const query = 'INSERT INTO do_event_sequence VALUES (1, 1) ON CONFLICT (one) DO UPDATE SET last = last + 1 RETURNING last'
      return first<{ last: number }>(storage, query)?.last ?? 1
    },
    isNew: ({ event: { source, sequence }, epoch }, now) => {
      ensure(storage, ddl)
      const old = 'SELECT source, epoch, sequence FROM do_event_inbox WHERE at < ? LIMIT 100'
      run(storage, `DELETE FROM do_event_inbox WHERE (source, epoch, sequence) IN (${old})`, now - rememberMs)
      const query = 'INSERT OR IGNORE INTO do_event_inbox VALUES (?, ?, ?, ?) RETURNING sequence'
      return first(storage, query, source, epoch, sequence, now) !== undefined
    },
  }
}

/** @throws ProviderError `invalid_event` for what no object of this version sends. */
export function checkParcel(payload: unknown): Parcel {
  const { event, epoch } = Object(payload) as Partial<Parcel>
  const right =
    typeof epoch === 'string' &&
    typeof event?.id === 'string' &&
    typeof event.type === 'string' &&
    typeof event.source === 'string' &&
    Number.isSafeInteger(event.sequence)
  if (right) return payload as Parcel
  throw refuse('invalid_event', 'This is no event of this runtime. Deploy the same version of it everywhere.')
}
