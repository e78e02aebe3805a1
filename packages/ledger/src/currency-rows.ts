import { type Book, renewVersion } from './book.ts'
import { exponentOf } from './chart.ts'
import { checkCurrency } from './currencies.ts'
import { ledgerError } from './errors.ts'
import type { Ledger } from './types.ts'

export function createCurrencies(book: Book): Ledger['currencies'] {
  const { sql, tables: t, tell } = book
  return {
    define: (code, exponent) => {
      checkCurrency(code)
      if (!Number.isInteger(exponent) || exponent < 0 || exponent > 18) {
        throw ledgerError('invalid_currency', 'exponent must be a whole number from 0 to 18.', { field: 'exponent' })
      }
      sql.transaction(() => {
        const before = book.chart().exponents.get(code)
        if (before === exponent) return
        const [used] = sql.all(`SELECT 1 AS used FROM ${t.balances} WHERE currency = ? LIMIT 1`, code)
        if (used !== undefined) {
          throw ledgerError('currency_in_use', `Amounts of ${code} are in the books with ${before} digits. Use another code.`, {
            field: 'exponent',
          })
        }
        sql.run(
          `INSERT INTO ${t.currencies}(code, exponent) VALUES (?, ?) ON CONFLICT DO UPDATE SET exponent = excluded.exponent`,
          ...[code, exponent],
        )
        renewVersion(book)
        const change = { collection: 'currencies', operation: before === undefined ? 'create' : 'update', key: code } as const
        tell?.({ ...change, ...(before === undefined ? {} : { before: { code, exponent: before } }), after: { code, exponent } })
      })
    },
    exponent: (code) => exponentOf(book.chart(), code),
  }
}
