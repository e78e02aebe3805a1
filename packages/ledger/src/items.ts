import type { Book } from './book.ts'
import { accountNamed } from './chart.ts'
import { formatDay } from './days.ts'
import { ledgerError } from './errors.ts'
import type { ItemCount, Ledger, OpenItem } from './types.ts'

interface ItemRow {
  readonly item: string
  readonly currency: string
  readonly debit: string
  readonly credit: string
  readonly first: number
  readonly last: number
  readonly due: number | null
}

/** Each item of an account with its sums. The index is named: left alone, SQLite reads every line of the account for one item. */
const sums = (book: Book, which: { readonly item: boolean; readonly open: boolean }) => `
  SELECT item, currency, sum(CASE side WHEN 1 THEN amount ELSE 0 END) AS debit,
    sum(CASE side WHEN -1 THEN amount ELSE 0 END) AS credit, min(due) AS due
  FROM ${book.tables.lines} INDEXED BY ${book.tables.lines}_item
  WHERE account_id = ?1 AND item IS NOT NULL ${which.item ? 'AND item = ?2' : ''}
  GROUP BY item, currency ${which.open ? 'HAVING debit <> credit' : ''}`

export function listItems(book: Book, name: string, filter: Parameters<Ledger['items']>[1] = {}): OpenItem[] {
  const { item, open = false, limit } = filter
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1))
    throw ledgerError('invalid_line', 'limit must be a whole number from 1.', { field: 'limit' })
  const { sql, tables: t } = book
  const { id } = accountNamed(book.chart(), name)
  const days = `FROM ${t.lines} AS l INDEXED BY ${t.lines}_item JOIN ${t.entries} AS e ON e.sequence = l.sequence
    WHERE l.account_id = ?1 AND l.item = s.item AND l.currency = s.currency`
  const rows = sql.all<ItemRow>(
    `SELECT item, currency, CAST(debit AS TEXT) AS debit, CAST(credit AS TEXT) AS credit, due,
      (SELECT min(e.day) ${days}) AS first, (SELECT max(e.day) ${days}) AS last
    FROM (${sums(book, { item: item !== undefined, open })}) AS s
    ORDER BY first, item, currency ${limit === undefined ? '' : `LIMIT ${limit}`}`,
    ...[id, ...(item === undefined ? [] : [item])],
  )
  return rows.map(({ item, currency, debit, credit, first, last, due }) => ({
    item,
    currency,
    debit: BigInt(debit),
    credit: BigInt(credit),
    from: formatDay(first),
    to: formatDay(last),
    ...(due === null ? {} : { due: formatDay(due) }),
  }))
}

export function countItems(book: Book, name: string): ItemCount {
  const { id } = accountNamed(book.chart(), name)
  const [row] = book.sql.all<ItemCount>(
    `SELECT count(*) FILTER (WHERE debit <> credit) AS open, count(*) FILTER (WHERE debit = credit) AS settled
      FROM (${sums(book, { item: false, open: false })})`,
    id,
  )
  return row ?? { open: 0, settled: 0 }
}
