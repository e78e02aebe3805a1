import type { Book } from './book.ts'
import { accountNamed, idsBelow } from './chart.ts'
import { sweep } from './hold-expiry.ts'
import { pointOf, sumsAt } from './point.ts'
import { sumRows } from './sum-rows.ts'
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
  const rows = point === undefined ? sumRows(book, ids, present) : sumsAt(book, point, ids)
  // The rows of an account come by currency: only the accounts have to be put in order.
  const ranked: Balance[][] = []
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
    const others = ranked[account.rank]
    if (others === undefined) ranked[account.rank] = [balance]
    else others.push(balance)
  }
  return ranked.flat()
}

const present = ['b.debit - b.credit', 'b.pending_debit', 'b.pending_credit'] as const

/** Hardly anything is ever pending. */
const amountIn = (text: string | undefined) => (text === undefined || text === '0' ? 0n : BigInt(text))
