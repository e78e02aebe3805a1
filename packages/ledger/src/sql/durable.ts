import type { Sql, SqlValue } from '../types.ts'

/** What the ledger needs of a Durable Object's `ctx.storage` (with SQLite behind it). */
export interface DurableStorage {
  readonly sql: {
    exec(statement: string, ...parameters: SqlValue[]): { toArray(): unknown[] }
  }
  transactionSync<T>(work: () => T): T
}

/**
 * A Durable Object's own SQLite for the ledger. Its interface cannot carry integers beyond 2^53 (cloudflare/workerd#4195): the
 * ledger binds and reads them as text. Writes are confirmed by the object's output gate, as everything it stores.
 */
export function durableSqlite(storage: DurableStorage): Sql {
  const { sql } = storage
  return {
    all: <Row extends object>(text: string, ...parameters: readonly SqlValue[]) =>
      sql.exec(text, ...parameters).toArray() as Row[],
    run: (text, ...parameters) => {
      sql.exec(text, ...parameters)
    },
    transaction: (work) => storage.transactionSync(work),
  }
}
