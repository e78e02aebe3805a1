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
  const found: { readonly rank: number; readonly balance: Balance }[] = []
  for (const { account_id, currency, net, pending_debit, pending_credit } of rows) {
    const account = chart.byId.get(account_id)
    if (account === undefined) continue
    const posted = BigInt(net)
    const balance = {
      account: account.name,
      currency,
      posted: account.normal === 1 ? posted : -posted,
      pendingDebit: amountIn(pending_debit),
      pendingCredit: amountIn(pending_credit),
    }
    found.push({ rank: account.rank, balance })
  }
  // The rows come by account and currency, and the order of equals stays: only the accounts have to be put in order.
  return found.sort((one, other) => one.rank - other.rank).map(({ balance }) => balance)
}

/** Hardly anything is ever pending. */
const amountIn = (text: string | undefined) => (text === undefined || text === '0' ? 0n : BigInt(text))

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
