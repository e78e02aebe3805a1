import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Sql, SqlValue } from '../types.ts'

/**
 * The database of `node:sqlite` for the ledger. Statements are prepared once. A transaction takes the write lock at its start,
 * so that what it reads cannot change before it writes, whoever else has the file open.
 */
export function nodeSqlite(database: DatabaseSync): Sql {
  const prepared = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    const known = prepared.get(text)
    if (known !== undefined) return known
    const statement = database.prepare(text)
    prepared.set(text, statement)
    return statement
  }
  let depth = 0
  return {
    all: <Row extends object>(text: string, ...parameters: readonly SqlValue[]) => prepare(text).all(...parameters) as Row[],
    run: (text, ...parameters) => {
      prepare(text).run(...parameters)
    },
    transaction: (work) => {
      const [begin, end, undo] = depth === 0 && !database.isTransaction ? outermost : nested
      database.exec(begin)
      depth += 1
      let result: ReturnType<typeof work>
      try {
        result = work()
        database.exec(end)
      } catch (error) {
        // SQLite may have rolled back by itself (a full disk): there is nothing left to undo then.
        if (database.isTransaction) database.exec(undo)
        throw error
      } finally {
        depth -= 1
      }
      return result
    },
  }
}

const outermost = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'] as const
// Savepoints nest by name: the innermost of that name is meant.
const nested = ['SAVEPOINT ledger', 'RELEASE ledger', 'ROLLBACK TO ledger; RELEASE ledger'] as const
