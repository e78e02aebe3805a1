import { conditionOf, listRuns } from './list.ts'
import type { Room } from './room.ts'
import type { RunRow } from './run-row.ts'
import type { ActionDetails, DeadFilter, DeadLetters } from './types.ts'

const dead = "state = 'failed' AND kind <> 'try'"

export function deadLettersOf(room: Room, details: (row: RunRow) => ActionDetails): DeadLetters {
  const { table, journal, kernel } = room
  const get = (id: string) => table.select(`${dead} AND id = ?`, id)[0]

  /** Each of them once, a page at a time; `change` takes it out of the dead letters. */
  const each = (which: string | readonly string[] | DeadFilter, change: (row: RunRow) => void): number =>
    kernel.transaction(() => {
      if (typeof which === 'string' || Array.isArray(which)) {
        const rows = [...new Set([which].flat() as string[])].flatMap((id) => get(id) ?? [])
        for (const row of rows) change(row)
        return rows.length
      }
      const { sql, bindings } = conditionOf(which as DeadFilter, dead)
      let count = 0
      for (;;) {
        const rows = table.select(`${sql} ORDER BY seq LIMIT 500`, ...bindings)
        for (const row of rows) change(row)
        count += rows.length
        if (rows.length < 500) return count
      }
    })

  return {
    list: (query = {}) => listRuns(table, query, dead),
    get: (id) => {
      const row = get(id)
      return row === undefined ? undefined : details(row)
    },
    redrive: (which, { at = room.now() } = {}) =>
      kernel.transaction(() => {
        const count = each(which, (row) => {
          journal.failed(row.seq)
          const deadline = row.total_ms === null ? null : at + row.total_ms
          const over = { finished_at: null, forget_at: null }
          const change = { state: 'pending', due: at, attempts: 0, updated_at: room.now() } as const
          room.changed(table.update(row, { ...change, ...over, deadline }))
        })
        room.arm()
        return count
      }),
    discard: (which) =>
      each(which, (row) => {
        table.remove(row)
        room.changed(row)
      }),
  }
}
