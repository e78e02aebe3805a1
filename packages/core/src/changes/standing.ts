import type { ObjectRecord } from '../identity/record.ts'
import { isoTime } from '../kernel/iso-time.ts'
import type { ObjectStorage } from '../platform/types.ts'
import { firstIn, forget, hasTable, once, run } from '../storage/sql.ts'

/**
 * How far the object is, by its newest change, when that was one of its state; otherwise the record says it. For everybody who reads
 * the tables.
 */
export const newestOfState =
  "SELECT version, at, 1 AS ahead FROM do_changes WHERE sequence = (SELECT max(sequence) FROM do_changes) AND source = 'state' AND child IS NULL"

/**
 * An object's version and the time of its last change, while its changes are kept. A change of state has both of them already, so they
 * are not written to the record as well: that would be a third row for every write, in a page of its own. So the record is behind
 * while the newest change is one of state; before any other is written down it is brought up.
 */
export interface Standing {
  /** A change of state is on its way: it has the next version. False where there is no record yet: that is to be made. */
  count(): boolean
  /** The version of a change that is about to be written down. There is a record. */
  of(source: string, at: number): number
  /** Before something is written down that does not tell it. */
  bringUp(): void
  /** Before the record is changed by somebody else. */
  handOver(): void
  /** The record as it is now. */
  read(record: ObjectRecord): ObjectRecord
}

interface Known extends Record<string, number> {
  version: number
  at: number
  /** 1: the newest change knows more than the record. */
  ahead: number
}

const remembered = 'standing'
const byRecord = 'SELECT version, updated_at AS at, 0 AS ahead FROM do_record'

export function createStanding(storage: ObjectStorage): Standing {
  let known: Known | undefined

  /** In memory until something is rolled back. */
  const now = () => {
    once(storage, remembered, () => {
      const both = hasTable(storage, 'do_changes')
        ? `${byRecord} UNION ALL ${newestOfState} ORDER BY version DESC, ahead`
        : byRecord
      known = firstIn<Known>(storage, 'do_record', both)
    })
    if (!known) forget(storage, remembered)
    return known
  }
  const bringUp = () => {
    const standing = now()
    if (!standing?.ahead) return
    run(storage, 'UPDATE do_record SET version = ?, updated_at = ?', standing.version, standing.at)
    standing.ahead = 0
  }

  return {
    count: () => {
      const standing = now()
      if (!standing) return false
      standing.version += 1
      standing.ahead = 1
      return true
    },
    of: (source, at) => {
      const standing = now() as Known
      // A clock that was set back: the record keeps the later time.
      if (source !== 'state' || at < standing.at) bringUp()
      else standing.at = at
      return standing.version
    },
    bringUp,
    handOver: () => {
      bringUp()
      forget(storage, remembered)
    },
    read: (record) => {
      const standing = now()
      return standing?.ahead ? { ...record, $version: standing.version, $updatedAt: isoTime(standing.at) } : record
    },
  }
}
