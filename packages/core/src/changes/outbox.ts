import type { Kernel } from '../kernel/types.ts'
import { ensure, firstIn, rowsIn, run } from '../storage/sql.ts'
import { type Aggregates, aggregateSource, type Deltas, deltaChanges, fold } from './aggregates.ts'
import { decode, parsed } from './decode.ts'
import type { Epochs } from './epochs.ts'
import { compileFilter } from './filter.ts'
import type { Arrived, ChangeLog, Row } from './log.ts'
import type { Reader } from './read.ts'
import type { Totals } from './totals.ts'
import type { ChangeOptions, Origin, UpOptions } from './types.ts'
import { type Delivery, markOf, noMark } from './wire.ts'

const name = 'do_changes_up'
const table = `CREATE TABLE IF NOT EXISTS ${name} (
  parent TEXT PRIMARY KEY, acked INTEGER NOT NULL, mark TEXT NOT NULL, scanned INTEGER NOT NULL) STRICT, WITHOUT ROWID`

/** How far a parent is. */
export interface Place extends Record<string, string | number> {
  /** -1: it must be told anew. */
  acked: number
  mark: string
  /** Up to here nothing more is for it. */
  scanned: number
}

const window = 5_000
const maxBatchBytes = 1_000_000

interface OutboxSetting {
  readonly kernel: Kernel
  readonly log: ChangeLog
  readonly epochs: Epochs
  readonly reader: Reader
  readonly totals: Totals
  readonly options: ChangeOptions
  readonly up: UpOptions
}

export type Outbox = ReturnType<typeof createOutbox>

/** What is to be told next, and what was. */
export function createOutbox({ kernel, log, epochs, reader, totals, options, up }: OutboxSetting) {
  const { storage } = kernel
  const { max = 500 } = up.batch ?? {}
  const filter = compileFilter(up.filter)
  const aggregates: Aggregates = options.aggregate ?? {}
  const place = (parent: string): Place => {
    const query = 'SELECT acked, mark, scanned FROM do_changes_up WHERE parent = ?'
    const found = firstIn<Place>(storage, name, query, parent)
    if (found !== undefined) return found
    // A parent that comes later, when the beginning is no longer kept, gets the totals in its place.
    return { acked: log.oldest() > 1 ? -1 : 0, mark: noMark, scanned: 0 }
  }
  const put = (parent: string, { acked, mark, scanned }: Place) => {
    ensure(storage, table)
    run(storage, 'INSERT OR REPLACE INTO do_changes_up VALUES (?, ?, ?, ?)', parent, acked, mark, scanned)
  }
  const markAt = (parent: string, sequence: number): string | undefined => {
    if (sequence === 0) return noMark
    const row = log.row(sequence)
    if (row !== undefined) return markOf(log, row)
    const { acked, mark } = place(parent)
    return sequence === acked ? mark : undefined
  }

  const arrived = (row: Row, own: string): Arrived => {
    const origin: Origin =
      row.origin === null
        ? { id: own, epoch: epochs.of(row.sequence), sequence: row.sequence }
        : (JSON.parse(row.origin) as Origin)
    const before = log.body(row, 'before')
    const after = log.body(row, 'after')
    return {
      source: row.source,
      operation: row.operation as Arrived['operation'],
      key: row.key,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      at: row.at,
      version: row.version,
      request: row.request,
      principal: row.principal,
      origin,
    }
  }

  /** One row as the parent gets it; undefined when it does not. */
  const tell = (row: Row, shape: ReturnType<Reader['decoding']>): Arrived | undefined => {
    const plain = arrived(row, shape.id)
    // Corrections of totals must reach everybody who has counted them.
    if (row.source === aggregateSource || (up.transform === undefined && up.filter === undefined)) return plain
    const change = decode(row, shape)
    if (!filter.matches(change)) return undefined
    if (up.transform === undefined) return plain
    const other = up.transform(change)
    if (other === undefined) return undefined
    const { before: _, after: __, ...rest } = plain
    const texts = Object.entries({ before: other.before, after: other.after }).filter(([, value]) => value !== undefined)
    const { source, operation, key } = other
    return { ...rest, source, operation, key, ...Object.fromEntries(texts.map(([side, value]) => [side, JSON.stringify(value)])) }
  }

  const folded = (events: readonly Arrived[], own: string, to: number): Arrived[] => {
    const deltas: Deltas = new Map()
    for (const { source, key, before, after } of events) {
      fold(aggregates, { source, key, before: parsed(before), after: parsed(after) }, deltas)
    }
    const origin = { id: own, epoch: epochs.of(to), sequence: to }
    const more = { at: kernel.clock().now(), version: 0, request: null, principal: null, origin }
    return deltaChanges(deltas).map((change) => ({ ...change, after: JSON.stringify(change.after), ...more }))
  }

  /** A delivery at the end of the log, without changes. */
  const atEnd = (mark: string): Delivery => {
    const to = log.last()
    return { source: kernel.record().$id, epoch: epochs.current(), from: to + 1, to, previous: noMark, mark, events: [] }
  }

  return {
    place,
    markAt,
    atEnd,
    /** The next delivery; undefined when the parent has everything. */
    next: (parent: string, { acked, mark, scanned }: Place): Delivery | undefined => {
      const last = log.last()
      if (acked < 0) {
        const row = log.row(last)
        return { ...atEnd(row === undefined ? noMark : markOf(log, row)), reset: totals.read() }
      }
      let from = Math.max(acked, scanned)
      const source = kernel.record().$id
      const sql = `source = '${aggregateSource}' OR (${filter.sql})`
      while (from < last) {
        const to = Math.min(from + window, last)
        const shape = reader.decoding(from, to)
        const events: Arrived[] = []
        let reached = to
        let bytes = 0
        let end: Row | undefined
        for (const row of log.rows(from, to, sql, filter.bindings)) {
          const event = tell(row, shape)
          if (event !== undefined) events.push(event)
          bytes += (event?.before?.length ?? 0) + (event?.after?.length ?? 0) + 200
          if (events.length < max && bytes < maxBatchBytes) continue
          end = row
          break
        }
        if (end !== undefined) reached = end.sequence
        const sent = up.send === 'aggregates' ? folded(events, source, reached) : events
        if (sent.length > 0) {
          const at = markAt(parent, reached) as string
          return { source, epoch: epochs.current(), from: acked + 1, to: reached, previous: mark, mark: at, events: sent }
        }
        // Nothing for the parent: it is not woken for that, and these rows are not looked at again.
        from = reached
        put(parent, { acked, mark, scanned: from })
      }
      return undefined
    },
    /** Has it ever been told anything? */
    knows: (parent: string): boolean =>
      firstIn(storage, name, 'SELECT 1 AS found FROM do_changes_up WHERE parent = ?', parent) !== undefined,
    /** It has everything up to here. */
    save: (parent: string, acked: number, mark: string) => put(parent, { acked, mark, scanned: acked }),
    resetNext: (parent: string) => put(parent, { acked: -1, mark: noMark, scanned: 0 }),
    remove: (parent: string) => run(storage, 'DELETE FROM do_changes_up WHERE parent = ?', parent),
    formerParents: (parent: string | null): string[] =>
      rowsIn<{ parent: string }>(storage, name, 'SELECT parent FROM do_changes_up WHERE parent IS NOT ?', parent).map(
        (row) => row.parent,
      ),
    pending(): boolean {
      const parent = kernel.record().$context
      if (this.formerParents(parent).length > 0) return true
      if (parent === null || !log.exists()) return false
      const { acked, scanned } = place(parent)
      return Math.max(acked, scanned) < log.last()
    },
    acknowledged: (parent: string | null): number | undefined => {
      if (parent === null) return undefined
      const { acked, scanned } = place(parent)
      return Math.max(acked, scanned, 0)
    },
  }
}
