import type { ObjectStorage } from '@do/core/full'
import type { BudgetStore, Hold } from '@do/gateway'

const ddl = `CREATE TABLE IF NOT EXISTS llm_spending (period TEXT PRIMARY KEY, micro_usd INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS llm_holds (
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL, micro_usd INTEGER NOT NULL, at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT,
  WITHOUT ROWID`

/** A tenant's budget in its own SQLite: one object, one writer, however many isolates ask. */
export function budgetTable(storage: ObjectStorage): BudgetStore {
  let isOpen = false
  const sql = () => {
    if (!isOpen) storage.sql.exec(ddl)
    isOpen = true
    return storage.sql
  }
  const sum = (query: string, ...bindings: (string | number)[]) =>
    sql()
      .exec<{ sum: number }>(`SELECT coalesce(sum(micro_usd), 0) AS sum FROM ${query}`, ...bindings)
      .one().sum
  return {
    spent: (_, period) => sum('llm_spending WHERE period = ?', period),
    spend: (_, period, microUsd) => {
      const add = 'ON CONFLICT (period) DO UPDATE SET micro_usd = micro_usd + excluded.micro_usd'
      sql().exec(`INSERT INTO llm_spending VALUES (?, ?) ${add}`, period, microUsd)
    },
    held: (_, after) => sum('llm_holds WHERE expires_at > ?', after),
    put: ({ id, tenant, microUsd, at, expiresAt }) =>
      void sql().exec('INSERT INTO llm_holds VALUES (?, ?, ?, ?, ?)', id, tenant, microUsd, at, expiresAt),
    take: (id) => {
      const columns = 'id, tenant, micro_usd AS microUsd, at, expires_at AS expiresAt'
      const [hold] = sql().exec<{ [K in keyof Hold]: Hold[K] }>(`DELETE FROM llm_holds WHERE id = ? RETURNING ${columns}`, id)
      return hold
    },
    forget: (before) => {
      sql().exec('DELETE FROM llm_holds WHERE expires_at < ?', before)
      // By the key, so that only what goes is read. `total` sorts behind all digits.
      sql().exec('DELETE FROM llm_spending WHERE period < ?', new Date(before).toISOString().slice(0, 7))
    },
    atomically: (body) => storage.transactionSync(body),
  }
}
