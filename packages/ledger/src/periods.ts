import type { Book } from './book.ts'
import { checkText } from './check.ts'
import { formatDay, formatInstant, parseDay } from './days.ts'
import { ledgerError } from './errors.ts'
import type { Day, Ledger } from './types.ts'

export function createPeriods(book: Book): Ledger['periods'] {
  const { sql, tables: t, tell } = book
  const locked = () =>
    sql.all<{ through: number | null }>(`SELECT through FROM ${t.periods} ORDER BY id DESC LIMIT 1`)[0]?.through ?? null
  const write = (through: number | null, reason: string | null) => {
    const at = book.now()
    const [row] = sql.all<{ id: number }>(
      `INSERT INTO ${t.periods}(through, reason, at) VALUES (?, ?, ?) RETURNING id`,
      ...[through, reason, at],
    )
    const after = { through: through === null ? null : formatDay(through), reason, at: formatInstant(at) }
    tell?.({ collection: 'periods', operation: 'create', key: String(row?.id), after })
  }
  return {
    lock: (through: Day) => {
      const day = parseDay(through, 'through')
      sql.transaction(() => {
        const before = locked()
        if (before === null || day > before) write(day, null)
      })
    },
    locked: () => {
      const day = locked()
      return day === null ? undefined : formatDay(day)
    },
    unlock: (through, reason) => {
      const day = through === undefined ? null : parseDay(through, 'through')
      checkText(reason, 'reason', 1000, 1)
      sql.transaction(() => {
        const before = locked()
        if (before === null || (day !== null && day > before)) {
          throw ledgerError('invalid_date', 'Nothing that late is locked: unlock only moves the lock back.', { field: 'through' })
        }
        write(day, reason)
      })
    },
  }
}
