import type { Kernel } from '../kernel/types.ts'
import { ensure, firstIn, run } from '../storage/sql.ts'
import { deltaChanges } from './aggregates.ts'
import { decode } from './decode.ts'
import type { ChangeLog } from './log.ts'
import type { Reader } from './read.ts'
import type { Totals } from './totals.ts'
import type { ChildBatch } from './types.ts'
import { checkDelivery, type Delivery, deliverDoor, goneMark, noMark, type Receipt } from './wire.ts'

const table = `CREATE TABLE IF NOT EXISTS do_inbox (
  source TEXT PRIMARY KEY, epoch INTEGER NOT NULL, last INTEGER NOT NULL, mark TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID`

interface ReceiverSetting {
  readonly kernel: Kernel
  readonly log: ChangeLog
  readonly reader: Reader
  readonly totals: Totals
  /** Milliseconds to wait, when there is too much to do already. */
  readonly busy: () => number | undefined
  readonly handlers: ReadonlySet<(batch: ChildBatch) => void>
  /** New rows are in the log. */
  readonly taken: () => void
}

/** Takes in what children tell: what it does, and how far it has come, in one transaction. */
export function openReceiver({ kernel, log, reader, totals, busy, handlers, taken }: ReceiverSetting): void {
  const { storage } = kernel
  const find = (source: string): Receipt | undefined =>
    firstIn<{ epoch: number; last: number; mark: string }>(
      storage,
      'do_inbox',
      'SELECT epoch, last, mark FROM do_inbox WHERE source = ?',
      source,
    )

  const take = (delivery: Delivery) => {
    const { source, epoch, to, mark, events, reset } = delivery
    log.open()
    ensure(storage, table)
    const before = log.last()
    const at = kernel.clock().now()
    if (reset !== undefined) {
      const origin = { id: source, epoch, sequence: to }
      const more = { at, version: 0, request: null, principal: null, origin }
      for (const { after, ...correction } of deltaChanges(totals.difference(source, reset))) {
        log.take({ ...correction, after: JSON.stringify(after), ...more }, source)
      }
    }
    const self = kernel.record().$id
    // What comes back to where it happened goes round in a circle of parents.
    for (const event of events) if (event.origin.id !== self) log.take(event, source)
    run(storage, 'INSERT OR REPLACE INTO do_inbox VALUES (?, ?, ?, ?, ?)', source, epoch, to, mark, at)
    const last = log.last()
    if (handlers.size > 0) {
      const shape = reader.decoding(before, last)
      const changes = [...log.rows(before, last)].map((row) => decode(row, shape))
      for (const handler of handlers) handler({ child: source, epoch, changes, reset: reset !== undefined })
    }
    if (last > before) taken()
  }

  kernel.doors.on(deliverDoor, (payload): Receipt => {
    const delivery = checkDelivery(payload)
    kernel.writable()
    const { source, epoch, from, to, previous, mark, reset } = delivery
    const known = find(source)
    // Whoever begins at the beginning of a later epoch after its end is another one of that name.
    const reborn = known?.mark === goneMark && epoch > known.epoch && from === 1 && previous === noMark
    const place = known === undefined || reborn ? { epoch, last: 0, mark: noMark } : known
    const follows = from === place.last + 1 && previous === place.mark
    const anew = epoch > place.epoch || (to >= place.last && mark !== place.mark)
    // Older, repeated, with a gap, or of another past: the sender learns where we are, and goes on from there.
    const ends = mark === goneMark && to >= place.last
    const wanted = epoch >= place.epoch && (reset === undefined ? follows || ends : anew)
    if (!wanted) return place
    const busyMs = busy()
    if (busyMs !== undefined) return { ...place, busyMs }
    kernel.transaction(() => take(delivery))
    return { epoch, last: to, mark }
  })
}
