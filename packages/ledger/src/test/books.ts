import { DatabaseSync } from 'node:sqlite'
import { openLedger } from '../open.ts'
import { nodeSqlite } from '../sql/node.ts'
import type { Ledger, LedgerMutation, Sql } from '../types.ts'

export interface Books {
  readonly ledger: Ledger
  readonly sql: Sql
  readonly database: DatabaseSync
  readonly clock: { now: number }
  readonly told: LedgerMutation[]
  /** Rows of all tables: what "nothing was written" is held against. */
  rows(): unknown
}

/** Books in memory with a few accounts, and a clock that stands at noon of 2026-11-21. */
export function openBooks(): Books {
  const database = new DatabaseSync(':memory:')
  const sql = nodeSqlite(database)
  const clock = { now: Date.UTC(2026, 10, 21, 12) }
  const told: LedgerMutation[] = []
  const ledger = openLedger(sql, { now: () => clock.now, onMutation: (mutation) => told.push(mutation) })
  ledger.accounts.open({ name: 'Assets:Bank', type: 'asset' })
  ledger.accounts.open({ name: 'Assets:Wallet', type: 'asset', guarded: true })
  ledger.accounts.open({ name: 'Liabilities:Customers', type: 'liability', guarded: true })
  ledger.accounts.open({ name: 'Equity:Trading', type: 'equity' })
  ledger.accounts.open({ name: 'Revenue:Sales', type: 'revenue' })
  ledger.accounts.open({ name: 'Expenses:Fees', type: 'expense' })
  told.length = 0
  const tables = Object.values(ledger.tables).filter((table) => table !== ledger.tables.postings)
  return {
    ledger,
    sql,
    database,
    clock,
    told,
    rows: () =>
      tables.map((table) => {
        const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all()
        const read = columns.map(({ name }) => `quote(${name})`).join(` || ',' || `)
        return [table, database.prepare(`SELECT ${read} AS row FROM ${table} ORDER BY 1`).all()]
      }),
  }
}

export { sale, transfer } from './entries.ts'

/** The code of what it throws. */
export function codeOf(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error)
  }
}
