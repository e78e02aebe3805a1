import type { Book } from './book.ts'
import { accountNamed } from './chart.ts'
import { formatDay } from './days.ts'
import type { Ledger, OpenItem } from './types.ts'

interface ItemRow {
  readonly item: string
  readonly currency: string
  readonly debit: string
  readonly credit: string
  readonly first: number
  readonly last: number
  readonly due: number | null
}

export function listItems(book: Book, name: string, { item, open = false }: Parameters<Ledger['items']>[1] = {}): OpenItem[] {
  const { sql, tables: t } = book
  const { id } = accountNamed(book.chart(), name)
  const only = item === undefined ? '' : 'AND l.item = ?'
  const rows = sql.all<ItemRow>(
    `SELECT item, currency, CAST(debit AS TEXT) AS debit, CAST(credit AS TEXT) AS credit, first, last, due FROM (
      SELECT l.item, l.currency, sum(CASE l.side WHEN 1 THEN l.amount ELSE 0 END) AS debit,
        sum(CASE l.side WHEN -1 THEN l.amount ELSE 0 END) AS credit, min(e.day) AS first, max(e.day) AS last, min(l.due) AS due
      FROM ${t.lines} AS l JOIN ${t.entries} AS e ON e.sequence = l.sequence
      WHERE l.account_id = ? AND l.item IS NOT NULL ${only} GROUP BY l.item, l.currency
    ) ${open ? 'WHERE debit <> credit' : ''} ORDER BY first, item, currency`,
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
