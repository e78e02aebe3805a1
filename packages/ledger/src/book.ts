import { type Chart, readChart } from './chart.ts'
import type { Tables } from './schema.ts'
import type { Invariant, LedgerMutation, Sql } from './types.ts'

/** What the parts of a ledger share. */
export interface Book {
  readonly sql: Sql
  readonly tables: Tables
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Undefined where nobody listens: nothing is then made to be told. */
  readonly tell: ((mutation: LedgerMutation) => void) | undefined
  /** Accounts and currencies, as of now or of the version that was just read. */
  chart(version?: string): Chart
  /** Accounts and currencies as of that version, where they are remembered. */
  remembered(version: string): Chart | undefined
  /** Where the last posting left the books. They may have moved since, or gone back: only the books know. */
  end: Remembered | undefined
}

/** The end of the chain, and the version of accounts and currencies that it was posted under. */
export interface Remembered {
  readonly version: string
  readonly sequence: number
  readonly recordedAt: number
  readonly hash: string
}

export function createBook(shared: Omit<Book, 'chart' | 'remembered' | 'end'>): Book {
  let chart: Chart | undefined
  const book: Book = {
    ...shared,
    // What is remembered holds for one version, which is in the database: a rollback, or somebody else, cannot make it stale.
    chart: (version = readVersion(book)) => {
      if (chart?.version !== version) chart = readChart(book, version)
      return chart
    },
    remembered: (version) => (chart?.version === version ? chart : undefined),
    end: undefined,
  }
  return book
}

export function readVersion({ sql, tables }: Book): string {
  return sql.all<{ version: string }>(`SELECT version FROM ${tables.state}`)[0]?.version ?? ''
}

/** To be called with every change of accounts and currencies, inside its transaction. */
export function renewVersion({ sql, tables }: Book): void {
  sql.run(`UPDATE ${tables.state} SET version = hex(randomblob(8))`)
}

export type Report = (invariant: Invariant, where: string, message: string) => void
