import { firstDayOf, monthOf, parseDay, parseInstant } from '../days.ts'
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
 * line by line: whole months come from what stood where they begin, the rest from daily rows; only a look at what was once known reads lines.
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
  readonly debit: string
  readonly credit: string
}

const sums = (sign: '' | '-' = '') => `CAST(${sign}sum(d.debit) AS TEXT) AS debit, CAST(${sign}sum(d.credit) AS TEXT) AS credit`

function fromSums(ledger: Ledger, boundaries: readonly number[]): Sum[] {
  const t = ledger.tables
  const [first, ...later] = boundaries
  if (first === undefined) return []
  if (boundaries.every(endsMonth)) return betweenOpenings(ledger, boundaries.map(monthOf))
  const opening = openingSums(ledger, first)
  if (later.length === 0) return opening
  const gaps = later.map((day, index) => [boundaries[index], day])
  const between = ledger.sql.all<Sum>(
    `SELECT d.account_id, d.currency, gap.key + 1 AS n, ${sums()} FROM ${t.balances} b CROSS JOIN json_each(?) gap
       CROSS JOIN ${t.days} d ON d.account_id = b.account_id AND d.currency = b.currency
         AND d.day > (gap.value ->> 0) AND d.day <= (gap.value ->> 1)
     GROUP BY d.account_id, d.currency, gap.key`,
    JSON.stringify(gaps),
  )
  return [...opening, ...between]
}

/** What stood at the beginning of a month: its opening or the next one, or the balance where nothing moved since. */
const opening = (t: Ledger['tables'], month: string) =>
  `LEFT JOIN ${t.openings} o ON o.account_id = b.account_id AND o.currency = b.currency AND o.month = (SELECT min(month)
     FROM ${t.openings} WHERE account_id = b.account_id AND currency = b.currency AND month >= ${month})`

/** Whole months need no days: what stood at the end of one less what stood at the end of the one before. */
function betweenOpenings({ sql, tables: t }: Ledger, months: readonly number[]): Sum[] {
  const rows = sql.all<Sum>(
    `SELECT b.account_id, b.currency, m.key AS n, CAST(ifnull(o.debit, b.debit) AS TEXT) AS debit,
       CAST(ifnull(o.credit, b.credit) AS TEXT) AS credit
     FROM ${t.balances} b CROSS JOIN json_each(?) m ${opening(t, 'm.value + 1')} ORDER BY b.account_id, b.currency, m.key`,
    JSON.stringify(months),
  )
  const less = (one: string, other: string) => String(BigInt(one) - BigInt(other))
  return rows.flatMap((row, index) => {
    const before = row.n === 0 ? undefined : rows[index - 1]
    if (before === undefined) return [row]
    if (row.debit === before.debit && row.credit === before.credit) return []
    return [{ ...row, debit: less(row.debit, before.debit), credit: less(row.credit, before.credit) }]
  })
}

/** An opening, and of the month that the day cuts either its first days added or its last ones taken away, whichever are fewer. */
function openingSums({ sql, tables: t }: Ledger, through: number): Sum[] {
  const month = monthOf(through)
  const [first, last] = [firstDayOf(month), firstDayOf(month + 1) - 1]
  const back = last - through < through - first
  const openings = sql.all<Sum>(
    `SELECT b.account_id, b.currency, 0 AS n, CAST(ifnull(o.debit, b.debit) AS TEXT) AS debit,
       CAST(ifnull(o.credit, b.credit) AS TEXT) AS credit FROM ${t.balances} b ${opening(t, '?')}`,
    back ? month + 1 : month,
  )
  const days = sql.all<Sum>(
    `SELECT d.account_id, d.currency, 0 AS n, ${sums(back ? '-' : '')} FROM ${t.balances} b CROSS JOIN ${t.days} d
       ON d.account_id = b.account_id AND d.currency = b.currency AND d.day BETWEEN ? AND ? GROUP BY b.account_id, b.currency`,
    ...(back ? [through + 1, last] : [first, through]),
  )
  return [...openings, ...days]
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

const endsMonth = (day: number): boolean => monthOf(day) !== monthOf(day + 1)
