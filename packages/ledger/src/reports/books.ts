import { parseDay, parseInstant } from '../days.ts'
import type { AccountType, Day, Instant, Ledger } from '../types.ts'

/** An account as reports need it. */
export interface BookAccount {
  readonly id: number
  readonly name: string
  readonly type: AccountType
  readonly cash: boolean
  readonly clearing: boolean
}

/** What one account moved in one currency, between boundaries. */
export interface Movement {
  readonly account: BookAccount
  readonly currency: string
  /** One more than there are boundaries' gaps: `[0]` is everything up to the first boundary, `[i]` what came after up to the i-th. */
  readonly debit: bigint[]
  readonly credit: bigint[]
}

export function accountsOf(ledger: Ledger): BookAccount[] {
  return ledger.sql
    .all<{ id: number; name: string; type: AccountType; cash: number; clearing: number }>(
      `SELECT id, name, type, cash, clearing FROM ${ledger.tables.accounts}`,
    )
    .map(({ id, name, type, cash, clearing }) => ({ id, name, type, cash: cash === 1, clearing: clearing === 1 }))
    .sort((one, other) => compareNames(one.name, other.name))
}

/** In the order of the tree: a parent before its children, siblings by code point. */
export function compareNames(one: string, other: string): number {
  const [a, b] = [one.split(':'), other.split(':')]
  const index = a.findIndex((segment, place) => segment !== b[place])
  const [left, right] = index < 0 ? [undefined, b[a.length]] : [a[index], b[index]]
  if (left === right) return 0
  return left === undefined || (right !== undefined && left < right) ? -1 : 1
}

/**
 * What every account moved up to the first day, and between each day and the one before it. The days ascend. Nothing is scanned
 * line by line: what stood at a day is two rows, what moved between near ones comes from daily rows; only a look at what was once
 * known reads lines.
 */
export function movements(ledger: Ledger, through: readonly Day[], known?: number | Instant): Movement[] {
  const boundaries = through.map((day) => parseDay(day))
  const accounts = accountsOf(ledger)
  const byId = new Map(accounts.map((account) => [account.id, account]))
  const found = new Map<string, Movement>()
  const rows = known === undefined ? fromSums(ledger, boundaries) : fromLines(ledger, boundaries, known)
  for (const row of rows) {
    const account = byId.get(row.account_id)
    if (account === undefined) continue
    const key = `${row.account_id} ${row.currency}`
    let movement = found.get(key)
    if (movement === undefined) {
      const none = () => boundaries.map(() => 0n)
      movement = { account, currency: row.currency, debit: none(), credit: none() }
      found.set(key, movement)
    }
    movement.debit[row.n] = (movement.debit[row.n] ?? 0n) + BigInt(row.debit)
    movement.credit[row.n] = (movement.credit[row.n] ?? 0n) + BigInt(row.credit)
  }
  const place = new Map(accounts.map((account, index) => [account.id, index]))
  const moved = [...found.values()].filter(({ debit, credit }) => [...debit, ...credit].some((amount) => amount !== 0n))
  return moved.sort(
    (one, other) =>
      (place.get(one.account.id) ?? 0) - (place.get(other.account.id) ?? 0) || (one.currency < other.currency ? -1 : 1),
  )
}

interface Sum {
  readonly account_id: number
  readonly currency: string
  /** Which boundary it lies before. */
  readonly n: number
  readonly debit: string | bigint
  readonly credit: string | bigint
}

/** Between boundaries this many days apart, what stood at each is read sooner than the days between them. */
const farApart = 16

function fromSums(ledger: Ledger, boundaries: readonly number[]): Sum[] {
  const t = ledger.tables
  const [first, ...later] = boundaries
  if (first === undefined) return []
  if ((boundaries.at(-1) ?? first) - first >= farApart * later.length) return differences(ledger, boundaries)
  const gaps = later.map((day, index) => [boundaries[index], day])
  const between = ledger.sql.all<Sum>(
    `SELECT d.account_id, d.currency, gap.key + 1 AS n, CAST(sum(d.debit) AS TEXT) AS debit, CAST(sum(d.credit) AS TEXT) AS credit
     FROM ${t.balances} b CROSS JOIN json_each(?) gap
       CROSS JOIN ${t.days} d ON d.account_id = b.account_id AND d.currency = b.currency
         AND d.day > (gap.value ->> 0) AND d.day <= (gap.value ->> 1)
     GROUP BY d.account_id, d.currency, gap.key`,
    JSON.stringify(gaps),
  )
  return [...differences(ledger, [first]), ...between]
}

interface Standing {
  readonly account_id: number
  readonly currency: string
  /** Which boundary. */
  readonly n: number
  /** Debits and credits, decimal: what the boundary's block of days opened with, and what it has moved since, if anything. */
  readonly opening: string
  readonly moved: string | null
}

/** What stood at the end of each boundary, less what stood at the one before. */
function differences({ sql, tables: t }: Ledger, boundaries: readonly number[]): Sum[] {
  const rows = sql.all<Standing>(
    `SELECT b.account_id, b.currency, m.key AS n,
       ifnull((SELECT debit || ' ' || credit FROM ${t.openings} WHERE account_id = b.account_id AND currency = b.currency
         AND block >= m.value >> 5 ORDER BY block LIMIT 1), b.debit || ' ' || b.credit) AS opening,
       (SELECT run_debit || ' ' || run_credit FROM ${t.days} WHERE account_id = b.account_id AND currency = b.currency
         AND day BETWEEN (m.value >> 5) << 5 AND m.value ORDER BY day DESC, recorded_day DESC LIMIT 1) AS moved
     FROM ${t.balances} b CROSS JOIN json_each(?) m ORDER BY b.account_id, b.currency, m.key`,
    JSON.stringify(boundaries),
  )
  let before: readonly [bigint, bigint] = [0n, 0n]
  return rows.flatMap(({ account_id, currency, n, opening, moved }) => {
    if (n === 0) before = [0n, 0n]
    const standing = added(opening, moved)
    const [debit, credit] = [standing[0] - before[0], standing[1] - before[1]]
    before = standing
    return debit === 0n && credit === 0n ? [] : [{ account_id, currency, n, debit, credit }]
  })
}

function added(opening: string, moved: string | null): readonly [bigint, bigint] {
  const [debit = '0', credit = '0'] = opening.split(' ')
  const [more = '0', less = '0'] = moved?.split(' ') ?? []
  return [BigInt(debit) + BigInt(more), BigInt(credit) + BigInt(less)]
}

/** As the books were known then: by sequence, or by instant. */
function fromLines(ledger: Ledger, boundaries: readonly number[], known: number | Instant): Sum[] {
  const t = ledger.tables
  const gaps = boundaries.map((day, index) => [boundaries[index - 1] ?? null, day])
  const [column, limit] = typeof known === 'number' ? ['sequence', known] : ['recorded_at', parseInstant(known, 'known')]
  return ledger.sql.all<Sum>(
    `SELECT l.account_id, l.currency, gap.key AS n,
       CAST(sum(iif(l.side = 1, l.amount, 0)) AS TEXT) AS debit, CAST(sum(iif(l.side = -1, l.amount, 0)) AS TEXT) AS credit
     FROM ${t.entries} e JOIN ${t.lines} l ON l.sequence = e.sequence
       JOIN json_each(?) gap ON ((gap.value ->> 0) IS NULL OR e.day > (gap.value ->> 0)) AND e.day <= (gap.value ->> 1)
     WHERE e.${column} <= ? GROUP BY l.account_id, l.currency, gap.key`,
    JSON.stringify(gaps),
    limit,
  )
}
