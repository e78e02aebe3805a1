import type { Sql } from '../types.ts'

/** Thrown in place of a storage step: the process is gone. Nobody in the ledger may take it for an answer. */
export class Crash extends Error {}

export interface FaultySql extends Sql {
  /** The next crash: before so many steps are done; -1 is right after the commit. Undefined for none. */
  crashAfter: number | undefined
}

/** A database that ends the process in the middle of a storage step. */
export function faulty(sql: Sql): FaultySql {
  let depth = 0
  const step = () => {
    if (faultySql.crashAfter === undefined || faultySql.crashAfter < 0) return
    if (faultySql.crashAfter === 0) crash()
    faultySql.crashAfter = (faultySql.crashAfter as number) - 1
  }
  const crash = () => {
    faultySql.crashAfter = undefined
    throw new Crash('the process ended')
  }
  const faultySql: FaultySql = {
    crashAfter: undefined,
    all: (statement, ...parameters) => {
      step()
      return sql.all(statement, ...parameters)
    },
    run: (statement, ...parameters) => {
      step()
      sql.run(statement, ...parameters)
    },
    transaction: (work) => {
      depth += 1
      try {
        const result = sql.transaction(() => {
          const done = work()
          // The last moment before the commit.
          step()
          return done
        })
        if (depth === 1 && faultySql.crashAfter === -1) crash()
        return result
      } finally {
        depth -= 1
      }
    },
  }
  return faultySql
}
