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
  const all = rows.flatMap(({ account_id, currency, net, pending_debit = '0', pending_credit = '0' }) => {
    const account = chart.byId.get(account_id)
    return account === undefined ? [] : [{ account, currency, net: BigInt(net), pending_debit, pending_credit }]
  })
  return all
    .sort((a, b) => a.account.rank - b.account.rank || (a.currency < b.currency ? -1 : 1))
    .map(({ account, currency, net, pending_debit, pending_credit }) => ({
      account: account.name,
      currency,
      posted: account.normal === 1 ? net : -net,
      pendingDebit: BigInt(pending_debit),
      pendingCredit: BigInt(pending_credit),
    }))
}

export interface SumRow {
  readonly account_id: number
  readonly currency: string
  /** Debits less credits. */
  readonly net: string
  readonly pending_debit?: string
  readonly pending_credit?: string
}

function current({ sql, tables }: Book, ids: readonly number[] | undefined): SumRow[] {
  const select = `SELECT account_id, currency, CAST(debit - credit AS TEXT) AS net, CAST(pending_debit AS TEXT) AS pending_debit,
    CAST(pending_credit AS TEXT) AS pending_credit FROM ${tables.balances}`
  return ids === undefined
    ? sql.all<SumRow>(select)
    : sql.all<SumRow>(`${select} WHERE account_id IN (SELECT value FROM json_each(?))`, JSON.stringify(ids))
}
