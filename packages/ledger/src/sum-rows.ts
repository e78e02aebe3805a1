import type { Book } from './book.ts'

export interface SumRow {
  readonly account_id: number
  readonly currency: string
  /** Debits less credits. */
  readonly net: string
  /** Where it was asked for. */
  readonly pending_debit?: string
  readonly pending_credit?: string
}

/** Accounts in one answer: with 300 currencies each, a list of it is still shorter than the 2 MB that a Durable Object takes. */
const atOnce = 256

/**
 * A sum for each balance `b`, of these accounts or of all, by account and currency. The answer of many rows comes as one, a list in
 * each column: a row costs as much as reading what stands in it, and in a Durable Object every column as much as a small statement.
 */
export function sumRows(
  book: Book,
  ids: readonly number[] | undefined,
  [net, pendingDebit, pendingCredit]: readonly [net: string, pendingDebit?: string, pendingCredit?: string],
  ...parameters: readonly number[]
): SumRow[] {
  const { sql, tables: t } = book
  const pending = pendingDebit === undefined ? {} : { ups: pendingDebit, downs: pendingCredit }
  const columns = Object.entries({ accounts: 'b.account_id', currencies: 'b.currency', nets: net, ...pending })
  const lists = columns.map(([name, column]) => `group_concat(${column}) AS ${name}`)
  const select = `SELECT ${lists.join()} FROM ${t.balances} AS b`
  const rows: SumRow[] = []
  const read = (which: string, ...more: readonly (string | number)[]) =>
    addRows(rows, sql.all<Lists>(`${select} WHERE ${which}`, ...parameters, ...more)[0])
  if (ids === undefined) {
    const all = [...book.chart().byId.keys()].sort((one, other) => one - other)
    for (let from = 0; from < all.length; from += atOnce) {
      const part = all.slice(from, from + atOnce)
      read('b.account_id BETWEEN ? AND ?', part[0] ?? 0, part.at(-1) ?? 0)
    }
  } else {
    for (let from = 0; from < ids.length; from += atOnce) {
      read('b.account_id IN (SELECT value FROM json_each(?))', JSON.stringify(ids.slice(from, from + atOnce)))
    }
  }
  return rows
}

type Lists = Record<'accounts' | 'currencies' | 'nets', string | null> & { readonly ups?: string; readonly downs?: string }

function addRows(rows: SumRow[], answer: Lists | undefined): void {
  const { accounts, currencies, nets, ups, downs } = answer ?? {}
  if (!accounts || !currencies || !nets) return
  const [ids, names, sums] = [accounts.split(','), currencies.split(','), nets.split(',')]
  const [more, less] = [ups?.split(','), downs?.split(',')]
  for (let at = 0; at < ids.length; at++) {
    const row = { account_id: Number(ids[at]), currency: names[at] as string, net: sums[at] as string }
    rows.push(more && less ? { ...row, pending_debit: more[at] as string, pending_credit: less[at] as string } : row)
  }
}
