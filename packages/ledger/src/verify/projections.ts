import type { Book, Report } from '../book.ts'
import { formatDay } from '../days.ts'
import type { Invariant } from '../types.ts'
import type { Sum, SumMap, Sums } from './sums.ts'

interface Row {
  readonly key: string
  readonly debit: string
  readonly credit: string
}

/** What is stored as sums is the sum of the lines: balances, days, what runs up through them, openings; and all debits are all credits. */
export function verifyProjections(book: Book, sums: Sums, report: Report): void {
  const { sql, tables: t } = book
  const amounts = 'CAST(debit AS TEXT) AS debit, CAST(credit AS TEXT) AS credit'
  const read = (table: string, key: string) => sql.all<Row>(`SELECT ${key} AS key, ${amounts} FROM ${table}`)
  const name = (key: string) => {
    const [id, currency, day] = key.split(' ')
    const account = book.chart().byId.get(Number(id))?.name ?? `account ${id}`
    return `${account} ${currency}${day === undefined ? '' : ` ${day}`}`
  }
  const day = (key: string) => {
    const [id, currency, effective, recorded] = key.split(' ')
    return `${name(`${id} ${currency}`)} ${formatDay(Number(effective))}, recorded ${formatDay(Number(recorded))}`
  }
  compare('balances', read(t.balances, "account_id || ' ' || currency"), sums.balances, name, report)
  const days = read(t.days, "account_id || ' ' || currency || ' ' || day || ' ' || recorded_day")
  compare('days', days, sums.days, day, report)
  const running = sql.all<Row>(
    `SELECT account_id || ' ' || currency || ' ' || day || ' ' || recorded_day AS key, CAST(run_debit AS TEXT) AS debit,
      CAST(run_credit AS TEXT) AS credit FROM ${t.days}`,
  )
  compare('days', running, runningOf(sums.days), day, report)
  const openings = read(t.openings, "account_id || ' ' || currency || ' ' || block")
  const block = (key: string) => `${name(key)}, block ${key.slice(key.lastIndexOf(' ') + 1)}`
  compare('days', openings, openingsOf(sums.blocks), block, report)
  verifyEquation(book, sums.balances, report)
}

/** What each block of days has moved up to each of its rows, from what moved on them. */
function runningOf(days: SumMap): SumMap {
  const rows = [...days].map(([key, sum]) => {
    const [id, currency, day, recorded] = key.split(' ')
    return { key, block: `${id} ${currency} ${Number(day) >> 5}`, day: Number(day), recorded: Number(recorded), sum }
  })
  const running: SumMap = new Map()
  const blocks: SumMap = new Map()
  for (const { key, block, sum } of rows.sort((one, other) => one.day - other.day || one.recorded - other.recorded)) {
    const before = blocks.get(block) ?? { debit: 0n, credit: 0n }
    const after = { debit: before.debit + sum.debit, credit: before.credit + sum.credit }
    running.set(key, after)
    blocks.set(block, after)
  }
  return running
}

/** What stood at the beginning of each block of days in which something moved, from what moved in them. */
function openingsOf(blocks: SumMap): SumMap {
  const split = [...blocks].map(([key, sum]) => {
    const end = key.lastIndexOf(' ')
    return { key, balance: key.slice(0, end), block: Number(key.slice(end + 1)), sum }
  })
  const openings: SumMap = new Map()
  const running: SumMap = new Map()
  for (const { key, balance, sum } of split.sort((one, other) => one.block - other.block)) {
    const before = running.get(balance) ?? { debit: 0n, credit: 0n }
    openings.set(key, before)
    running.set(balance, { debit: before.debit + sum.debit, credit: before.credit + sum.credit })
  }
  return openings
}

function compare(
  invariant: Invariant,
  rows: readonly Row[],
  expected: SumMap,
  where: (key: string) => string,
  report: Report,
): void {
  const seen = new Set<string>()
  const zero: Sum = { debit: 0n, credit: 0n }
  for (const { key, debit, credit } of rows) {
    const sum = expected.get(key) ?? zero
    seen.add(key)
    if (BigInt(debit) === sum.debit && BigInt(credit) === sum.credit) continue
    report(invariant, where(key), `Stored are ${debit} and ${credit}; the lines sum to ${sum.debit} and ${sum.credit}.`)
  }
  for (const [key, sum] of expected) {
    if (!seen.has(key)) report(invariant, where(key), `Nothing is stored; the lines sum to ${sum.debit} and ${sum.credit}.`)
  }
}

/** Assets = liabilities + equity + (revenue - expenses), in every currency. */
function verifyEquation(book: Book, balances: SumMap, report: Report): void {
  const { byId } = book.chart()
  const sides = new Map<string, { left: bigint; right: bigint }>()
  for (const [key, { debit, credit }] of balances) {
    const [id, currency = ''] = key.split(' ')
    const side = sides.get(currency) ?? { left: 0n, right: 0n }
    const account = byId.get(Number(id))
    if (account === undefined) {
      report('accounts', `account ${id}`, 'Lines are on an account that does not exist.')
      continue
    }
    const { type } = account.account
    if (type === 'asset') side.left += debit - credit
    else side.right += credit - debit
    sides.set(currency, side)
  }
  for (const [currency, { left, right }] of sides) {
    if (left !== right) report('equation', currency, `Assets are ${left}; liabilities, equity and results are ${right}.`)
  }
}
