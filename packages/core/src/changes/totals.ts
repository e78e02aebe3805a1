import type { Kernel } from '../kernel/types.ts'
import { ensure, rowsIn, run } from '../storage/sql.ts'
import { type Aggregates, add, aggregateSource, type Deltas, fold } from './aggregates.ts'
import { parsed } from './decode.ts'
import type { ChangeLog } from './log.ts'
import type { Total } from './types.ts'

const table = `CREATE TABLE IF NOT EXISTS do_totals (
  child TEXT NOT NULL, name TEXT NOT NULL, bucket TEXT NOT NULL, total REAL NOT NULL, PRIMARY KEY (child, name, bucket)) STRICT, WITHOUT ROWID`

export interface Totals {
  /** Of all, or of what came from one child; `''` is this object itself. */
  read(child?: string): Total[]
  /** Takes the log in up to now. Before anything of it is dropped. */
  catchUp(): void
  /** What must be added for this child to have these totals. */
  difference(child: string, wanted: readonly Total[]): Deltas
}

/**
 * Totals are a view of the log, with the place up to which it was counted in the same database: no write pays for them, and what
 * came twice or was rolled back was never in the log twice.
 */
export function createTotals(kernel: Kernel, log: ChangeLog, aggregates: Aggregates): Totals {
  const { storage } = kernel
  const names = Object.keys(aggregates)

  /** Each has a place of its own: one that is declared later counts what is kept. */
  const places = () => Map.groupBy(names, (name) => Number(log.meta(`counted ${name}`) ?? 0))

  const count = (from: number, to: number, some: Aggregates) => {
    const sources = JSON.stringify([...new Set(Object.values(some).map(({ source }) => source)), aggregateSource])
    const byChild = new Map<string, Deltas>()
    for (const row of log.rows(from, to, 'source IN (SELECT value FROM json_each(?))', [sources])) {
      const child = row.child ?? ''
      const deltas: Deltas = byChild.get(child) ?? new Map()
      byChild.set(child, deltas)
      const { source, key } = row
      fold(some, { source, key, before: parsed(log.body(row, 'before')), after: parsed(log.body(row, 'after')) }, deltas)
    }
    for (const [child, deltas] of byChild) {
      for (const [name, buckets] of deltas) {
        for (const [bucket, delta] of buckets) {
          const query = 'INSERT INTO do_totals VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET total = total + excluded.total'
          run(storage, query, child, name, bucket, delta)
        }
      }
    }
  }

  const catchUp = () => {
    const last = log.last()
    if (names.length === 0 || last === 0) return
    for (const [from, behind] of places()) {
      if (from >= last) continue
      kernel.transaction(() => {
        ensure(storage, table)
        count(from, last, Object.fromEntries(Object.entries(aggregates).filter(([name]) => behind.includes(name))))
        for (const name of behind) log.setMeta(`counted ${name}`, String(last))
      })
    }
  }

  const read = (child?: string): Total[] => {
    catchUp()
    const query =
      'SELECT name, bucket, sum(total) AS total FROM do_totals WHERE ?1 IS NULL OR child = ?1 GROUP BY name, bucket ORDER BY 1, 2'
    const found = rowsIn<{ name: string; bucket: string; total: number }>(storage, 'do_totals', query, child ?? null)
    return found.filter(({ name }) => Object.hasOwn(aggregates, name))
  }

  return {
    read,
    catchUp,
    difference: (child, wanted) => {
      const deltas: Deltas = new Map()
      for (const { name, bucket, total } of read(child)) add(deltas, name, bucket, -total)
      for (const { name, bucket, total } of wanted) if (Object.hasOwn(aggregates, name)) add(deltas, name, bucket, total)
      return deltas
    },
  }
}
