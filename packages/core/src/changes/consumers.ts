import { refuse } from '@do/provider'
import type { Kernel } from '../kernel/types.ts'
import type { SqlValue } from '../platform/types.ts'
import { ensure, firstIn, run } from '../storage/sql.ts'
import { type Position, readCursor, writeCursor } from './cursor.ts'
import { type Epochs, secretOf } from './epochs.ts'
import type { ChangeLog } from './log.ts'
import type { Reader } from './read.ts'
import type { ChangeConsumer, ConsumerOptions } from './types.ts'

const table = `CREATE TABLE IF NOT EXISTS do_change_consumers (
  name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID`

export interface Consumers {
  open(name: string, options?: ConsumerOptions): ChangeConsumer
  /** What all of them have acknowledged; undefined when there is none. */
  acknowledged(): number | undefined
}

export function createConsumers(kernel: Kernel, log: ChangeLog, epochs: Epochs, reader: Reader): Consumers {
  const { storage } = kernel
  const one = <Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]) =>
    firstIn<Row>(storage, 'do_change_consumers', query, ...bindings)
  const find = (name: string) =>
    one<{ epoch: number; sequence: number }>('SELECT epoch, sequence FROM do_change_consumers WHERE name = ?', name)
  const put = (name: string, { epoch, sequence }: Position) => {
    log.open()
    ensure(storage, table)
    const at = kernel.clock().now()
    run(storage, 'INSERT OR REPLACE INTO do_change_consumers VALUES (?, ?, ?, ?)', name, epoch, sequence, at)
  }
  const move = (name: string, sequence: number) => put(name, { epoch: epochs.of(sequence), sequence })
  const known = (name: string): Position => {
    const found = find(name)
    if (found !== undefined) return found
    throw refuse('not_found', `There is no consumer "${name}" any more. Open it again.`)
  }
  const cursorAt = (position: Position) => writeCursor(position, secretOf(log))

  return {
    open: (name, { from } = {}) => {
      if (typeof name !== 'string' || !/^[\w.:-]{1,128}$/.test(name)) {
        throw refuse('invalid_input', 'A consumer is named with 1 to 128 letters, digits and "_", ".", ":", "-".', {
          field: 'name',
        })
      }
      if (find(name) === undefined) kernel.transaction(() => move(name, reader.place(from === 'start' ? undefined : from)))
      return {
        name,
        get cursor() {
          return cursorAt(known(name))
        },
        read: (options = {}) => reader.read({ ...options, after: cursorAt(known(name)) }),
        acknowledge: (cursor) => {
          const now = known(name)
          const next = readCursor(cursor, () => log.meta('secret'))
          reader.check(next)
          if (next.epoch > now.epoch || (next.epoch === now.epoch && next.sequence > now.sequence)) put(name, next)
        },
        reset: (cursor) => {
          known(name)
          move(name, reader.place(cursor === 'start' ? undefined : cursor))
        },
        delete: () => one('DELETE FROM do_change_consumers WHERE name = ? RETURNING name', name) !== undefined,
      }
    },
    acknowledged: () => one<{ n: number | null }>('SELECT min(sequence) AS n FROM do_change_consumers')?.n ?? undefined,
  }
}
