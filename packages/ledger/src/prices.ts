import type { Book } from './book.ts'
import { exponentOf } from './chart.ts'
import { checkCurrency } from './currencies.ts'
import { formatDay, parseDay } from './days.ts'
import { ledgerError } from './errors.ts'
import { convert, parseRate, type Rounding } from './rates.ts'
import type { Day, Ledger, Money, Price } from './types.ts'

interface PriceRow {
  readonly currency: string
  readonly quote: string
  readonly day: number
  readonly rate: string
}

export function createPrices(book: Book): Ledger['prices'] {
  const { sql, tables: t, tell } = book
  const at = (currency: string, quote: string, day: number) =>
    sql.all<PriceRow>(
      `SELECT currency, quote, day, rate FROM ${t.prices} WHERE currency = ? AND quote = ? AND day <= ? ORDER BY day DESC LIMIT 1`,
      ...[currency, quote, day],
    )[0]
  const get: Ledger['prices']['get'] = (currency, into, day) => {
    const number = parseDay(day, 'day')
    const [direct, inverse] = [at(currency, into, number), at(into, currency, number)]
    // The later of both; of the same day the direct one.
    const row = direct !== undefined && (inverse === undefined || direct.day >= inverse.day) ? direct : inverse
    return row === undefined ? undefined : asPrice(row)
  }
  return {
    set: ({ date, currency, in: quote, rate }) => {
      const day = parseDay(date)
      checkCurrency(currency)
      checkCurrency(quote, 'in')
      if (currency === quote) throw ledgerError('invalid_rate', 'A currency has no price in itself.', { field: 'in' })
      parseRate(rate)
      sql.transaction(() => {
        exponentOf(book.chart(), currency)
        exponentOf(book.chart(), quote, 'in')
        const [before] = sql.all<PriceRow>(
          `SELECT currency, quote, day, rate FROM ${t.prices} WHERE currency = ? AND quote = ? AND day = ?`,
          ...[currency, quote, day],
        )
        if (before?.rate === rate) return
        sql.run(
          `INSERT INTO ${t.prices}(currency, quote, day, rate) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET rate = excluded.rate`,
          ...[currency, quote, day, rate],
        )
        const after = { date, currency, in: quote, rate }
        const key = `${currency}/${quote} ${date}`
        if (before === undefined) tell?.({ collection: 'prices', operation: 'create', key, after })
        else tell?.({ collection: 'prices', operation: 'update', key, before: asPrice(before), after })
      })
    },
    get,
    list: () =>
      sql.all<PriceRow>(`SELECT currency, quote, day, rate FROM ${t.prices} ORDER BY currency, quote, day`).map(asPrice),
    value: (money, into, day, rounding) => valueAt(book, get, money, into, day, rounding),
  }
}

function valueAt(
  book: Book,
  get: Ledger['prices']['get'],
  { amount, currency }: Money,
  into: string,
  day: Day,
  rounding?: Rounding,
): Money | undefined {
  const chart = book.chart()
  const [from, to] = [exponentOf(chart, currency), exponentOf(chart, into, 'into')]
  if (currency === into) return { amount, currency }
  const price = get(currency, into, day)
  if (price === undefined) return undefined
  const conversion = { from, to, rate: price.rate, inverse: price.currency !== currency, ...(rounding && { rounding }) }
  return { amount: convert(amount, conversion), currency: into }
}

function asPrice({ currency, quote, day, rate }: PriceRow): Price {
  return { date: formatDay(day), currency, in: quote, rate }
}
