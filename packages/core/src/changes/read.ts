import { refuse } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import { limitOf } from '../storage/paging.ts'
import { type Position, readCursor, startCursor, writeCursor } from './cursor.ts'
import { type Decoding, decode } from './decode.ts'
import { type Epochs, secretOf } from './epochs.ts'
import { compileFilter } from './filter.ts'
import type { ChangeLog } from './log.ts'
import type { Change, ChangePage, ReadOptions } from './types.ts'

export interface Reader {
  /** @throws ProviderError `invalid_cursor`, `cursor_expired`, `epoch_changed`, `invalid_filter`, `invalid_where`, `invalid_limit` */
  read(options?: ReadOptions): ChangePage
  /** The place a cursor stands for. @throws ProviderError as `read` */
  place(cursor: string | undefined): number
  /** The same for a place that is known already. */
  check(position: Position): number
  cursorOf(sequence: number): string
  /** How the rows after `from` up to `to` become changes. */
  decoding(from: number, to: number): Decoding
}

/** Rows looked at for one page: a filter that finds nothing must not hold up the object. */
const window = 5_000
/** Bytes of values in one page: an object has 128 MB for everything. */
const maxPageBytes = 2_000_000

export function createReader(kernel: Kernel, log: ChangeLog, epochs: Epochs): Reader {
  const cursorOf = (sequence: number) =>
    sequence === 0 ? startCursor : writeCursor({ epoch: epochs.of(sequence), sequence }, secretOf(log))

  const check = ({ epoch, sequence }: Position): number => {
    const present = epochs.current()
    const last = log.last()
    const end = epochs.endOf(epoch)
    if (epoch > present || (epoch === present && sequence > last)) {
      // Signed by us, and longer than what we have: the database was taken back.
      epochs.begin('a reader has read further', epoch)
      throw rewound()
    }
    if (end !== undefined && sequence > end) throw rewound()
    if (sequence + 1 < log.oldest()) {
      throw refuse(
        'cursor_expired',
        'What follows this cursor is no longer kept. Read the present values, then go on from "now".',
        { field: 'cursor' },
      )
    }
    return sequence
  }

  const place = (cursor: string | undefined): number => {
    if (cursor === undefined) return Math.max(log.oldest() - 1, 0)
    if (cursor === 'now') return log.last()
    return check(readCursor(cursor, () => log.meta('secret')))
  }

  let id: string | undefined
  /** What is the same for all rows of a page is asked for once. */
  const decoding = (from: number, to: number): Decoding => {
    const epoch = epochs.of(to)
    const epochOf = epochs.of(from + 1) === epoch ? () => epoch : epochs.of
    id ??= kernel.record().$id
    const own = id
    let secret: string | undefined
    return {
      log,
      id: own,
      epochOf,
      cursorOf: (sequence) => {
        secret ??= secretOf(log)
        return writeCursor({ epoch: epochOf(sequence), sequence }, secret)
      },
    }
  }

  return {
    place,
    check,
    cursorOf,
    decoding,
    read: ({ after, limit, filter } = {}) => {
      const count = limitOf(limit)
      const { sql, bindings, matches } = compileFilter(filter)
      const from = place(after)
      const last = log.last()
      const to = Math.min(from + window, last)
      const shape = decoding(from, to)
      const changes: Change[] = []
      let reached = to
      let bytes = 0
      for (const row of log.rows(from, to, sql, bindings)) {
        const change = decode(row, shape)
        bytes += (row.before?.length ?? 0) + (row.after?.length ?? 0) + (row.large === null ? 0 : maxPageBytes)
        if (matches(change)) changes.push(change)
        if (changes.length < count && bytes < maxPageBytes) continue
        reached = row.sequence
        break
      }
      return { changes, cursor: cursorOf(reached), more: reached < last }
    },
  }
}

function rewound() {
  return refuse('epoch_changed', 'What you have read is no longer its past. Read the present values, then go on from "now".', {
    field: 'cursor',
  })
}
