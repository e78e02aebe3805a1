import { parseDay } from '../days.ts'
import type { Day, Ledger } from '../types.ts'
import { accountsOf, type BookAccount } from './books.ts'

/** What is still open of an item, or of all that was booked without one. */
export interface OpenPosition {
  readonly account: BookAccount
  readonly currency: string
  readonly item?: string
  /** Debit minus credit; never zero. */
  readonly amount: bigint
  /** When it is due, as the lines say: day number. */
  readonly due?: number
  /** What is left of it by the day it was booked: the oldest is settled first. */
  readonly pieces: readonly Piece[]
}

export interface Piece {
  readonly day: number
  readonly amount: bigint
}

interface Moved {
  readonly account_id: number
  readonly currency: string
  readonly item: string | null
  readonly day: number
  readonly due: number | null
  readonly amount: string
}

/** Everything that had not come back to zero by the end of the day. */
export function openPositions(ledger: Ledger, at: Day, wanted: (account: BookAccount) => boolean): OpenPosition[] {
  const t = ledger.tables
  const accounts = new Map(accountsOf(ledger).map((account) => [account.id, account]))
  const ids = [...accounts.values()].filter(wanted).map(({ id }) => id)
  const rows = ledger.sql.all<Moved>(
    `SELECT l.account_id, l.currency, l.item, e.day, min(l.due) AS due, CAST(sum(l.side * l.amount) AS TEXT) AS amount
     FROM json_each(?) wanted JOIN ${t.lines} l ON l.account_id = wanted.value JOIN ${t.entries} e ON e.sequence = l.sequence
     WHERE e.day <= ? GROUP BY l.account_id, l.currency, l.item, e.day ORDER BY l.account_id, l.item, l.currency, e.day`,
    JSON.stringify(ids),
    parseDay(at),
  )
  const groups = new Map<string, Moved[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.account_id, row.item, row.currency])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return [...groups.values()].flatMap((moved) => openPosition(moved, accounts) ?? [])
}

function openPosition(moved: readonly Moved[], accounts: ReadonlyMap<number, BookAccount>): OpenPosition | undefined {
  const [first] = moved
  const account = first && accounts.get(first.account_id)
  const pieces = settled(moved.map(({ day, amount }) => ({ day, amount: BigInt(amount) })))
  const amount = pieces.reduce((sum, piece) => sum + piece.amount, 0n)
  if (account === undefined || amount === 0n) return undefined
  const due = moved.reduce<number | null>(
    (earliest, row) => (earliest === null || (row.due !== null && row.due < earliest) ? row.due : earliest),
    null,
  )
  return {
    account,
    currency: first?.currency ?? '',
    ...(first?.item == null ? {} : { item: first.item }),
    amount,
    ...(due === null ? {} : { due }),
    pieces,
  }
}

/** First in, first out: what came later on the other side settles the oldest. */
export function settled(moved: readonly Piece[]): Piece[] {
  const open: Piece[] = []
  for (const { day, amount } of moved) {
    let rest = amount
    while (rest !== 0n && open[0] !== undefined && open[0].amount > 0n !== rest > 0n) {
      const left = open[0].amount + rest
      const over = left !== 0n && left > 0n === rest > 0n
      if (left === 0n || over) open.shift()
      else open[0] = { day: open[0].day, amount: left }
      rest = over ? left : 0n
    }
    if (rest !== 0n) open.push({ day, amount: rest })
  }
  return open
}
