import { refuse } from '@do/provider'
import type { SqlStorage, SqlValue } from '../platform/types.ts'
import { exceeds, maxRowBytes } from './json.ts'

/** https://developers.cloudflare.com/durable-objects/platform/limits/ */
export const maxParameters = 100
export const maxStatementBytes = 100_000

/**
 * SQL of your own, with the platform's limits held: a local workerd lets pass what production refuses.
 * @throws ProviderError `too_many_parameters` beyond 100 bound values, `statement_too_long` beyond 100 KB of SQL,
 * `too_large` for a bound value beyond 2 MB.
 */
export function guardSql(sql: SqlStorage): SqlStorage {
  return {
    exec: (query, ...bindings) => {
      if (bindings.length > maxParameters) {
        throw refuse(
          'too_many_parameters',
          `A statement takes ${maxParameters} bound values, not ${bindings.length}. Pass a list as one JSON text and read it with json_each(?).`,
        )
      }
      if (exceeds(query, maxStatementBytes)) {
        throw refuse('statement_too_long', 'A statement is at most 100 KB of SQL. Bind the values, or split it.')
      }
      const large = bindings.findIndex(isTooLarge)
      if (large >= 0) {
        throw refuse('too_large', `Bound value ${large + 1} is larger than 2 MB. Split it, or keep it in an object store.`)
      }
      return sql.exec(query, ...bindings)
    },
    get databaseSize() {
      return sql.databaseSize
    },
  }
}

function isTooLarge(value: SqlValue): boolean {
  return typeof value === 'string' ? exceeds(value, maxRowBytes) : value instanceof ArrayBuffer && value.byteLength > maxRowBytes
}
