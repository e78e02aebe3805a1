import type { Book } from './book.ts'
import { accountNamed, idsBelow } from './chart.ts'
import { sweep } from './hold-expiry.ts'
import { pointOf, sumsAt } from './point.ts'
import type { At, Balance } from './types.ts'

export function balance(book: Book, account: string, currency: string, at?: At): Balance {
  const { id } = accountNamed(book.chart(), account)
  const [found] = read(book, [id], at).filter((one) => one.currency === currency)
  return found ?? { account, currency, posted: 0n, pendingDebit: 0n, pendingCredit: 0n }
}

/** Of the account and everything below it, of each one by itself, in the order of the tree. */
export function balances(book: Book, account: string | undefined, at?: At): Balance[] {
  return read(book, account === undefined ? undefined : idsBelow(book.chart(), account), at)
}

function read(book: Book, ids: readonly number[] | undefined, at: At | undefined): Balance[] {
  const chart = book.chart()
  const point = at === undefined ? undefined : pointOf(book, at)
  if (point === undefined) sweep(book)
  const rows = point === undefined ? current(book, ids) : sumsAt(book, point, ids)
  const rankOf = ({ account_id }: SumRow) => chart.byId.get(account_id)?.rank ?? -1
  return rows
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.currency < b.currency ? -1 : 1))
    .flatMap(({ account_id, currency, debit, credit, pending_debit = '0', pending_credit = '0' }) => {
      const account = chart.byId.get(account_id)
      if (account === undefined) return []
      const net = BigInt(debit) - BigInt(credit)
      const posted = account.normal === 1 ? net : -net
      return {
        account: account.name,
        currency,
        posted,
        pendingDebit: BigInt(pending_debit),
        pendingCredit: BigInt(pending_credit),
      }
    })
}

export interface SumRow {
  readonly account_id: number
  readonly currency: string
  readonly debit: string
  readonly credit: string
  readonly pending_debit?: string
  readonly pending_credit?: string
}

function current({ sql, tables }: Book, ids: readonly number[] | undefined): SumRow[] {
  const columns = ['debit', 'credit', 'pending_debit', 'pending_credit'].map((name) => `CAST(${name} AS TEXT) AS ${name}`)
  const select = `SELECT account_id, currency, ${columns.join(', ')} FROM ${tables.balances}`
  return ids === undefined
    ? sql.all<SumRow>(select)
    : sql.all<SumRow>(`${select} WHERE account_id IN (SELECT value FROM json_each(?))`, JSON.stringify(ids))
}
