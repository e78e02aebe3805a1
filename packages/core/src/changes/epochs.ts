import { isoTime } from '../kernel/iso-time.ts'
import type { Kernel } from '../kernel/types.ts'
import { ensure, firstIn, run } from '../storage/sql.ts'
import type { ChangeLog } from './log.ts'

const table = `CREATE TABLE IF NOT EXISTS do_change_epochs (
  epoch INTEGER PRIMARY KEY, start INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL) STRICT`

/**
 * The lives of this log. A restore takes the database back, and the same numbers are given to other changes: the epoch tells
 * them apart. It must not come from the restored database alone, so whoever has read further tells it here.
 */
export interface Epochs {
  current(): number
  /** The epoch of a change. */
  of(sequence: number): number
  /** The last change that an epoch has in common with the present; undefined when it is the present one. */
  endOf(epoch: number): number | undefined
  /** Begins the next one, higher than `seen`; with `start` everything from there on is of it. */
  begin(reason: string, seen?: number, start?: number): number
}

export function createEpochs(kernel: Kernel, log: ChangeLog): Epochs {
  const { storage } = kernel
  const one = (query: string, ...bindings: number[]) =>
    firstIn<{ n: number | null }>(storage, 'do_change_epochs', query, ...bindings)?.n ?? undefined
  const current = () => one('SELECT max(epoch) AS n FROM do_change_epochs') ?? 1

  return {
    current,
    of: (sequence) => one('SELECT max(epoch) AS n FROM do_change_epochs WHERE start <= ?', sequence) ?? 1,
    endOf: (epoch) => {
      const next = one('SELECT min(start) AS n FROM do_change_epochs WHERE epoch > ?', epoch)
      return next === undefined ? undefined : next - 1
    },
    begin: (reason, seen = 0, start) =>
      kernel.transaction(() => {
        log.open()
        ensure(storage, table)
        const epoch = Math.max(current(), seen) + 1
        const at = kernel.clock().now()
        run(storage, 'INSERT INTO do_change_epochs VALUES (?, ?, ?, ?)', epoch, start ?? log.last() + 1, reason.slice(0, 200), at)
        kernel.log({ at: isoTime(at), level: 'warn', event: 'changes.epoch', epoch, sequence: log.last() })
        return epoch
      }),
  }
}

/** What cursors are signed with. */
export function secretOf(log: ChangeLog): string {
  log.open()
  return log.meta('secret') as string
}
