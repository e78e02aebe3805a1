import { formatDay, parseDay } from '../days.ts'
import type { Day, Ledger } from '../types.ts'
import { type OpenPosition, openPositions } from './open-positions.ts'
import type { Column, Report, Row, Section } from './report.ts'
import { exponentsOf } from './rows.ts'

export interface AgedOptions {
  /** As of the end of this day. */
  readonly at: Day
  /** Only these accounts and what is below them. Default: every account of the kind on which items were booked. */
  readonly accounts?: readonly string[]
  /** Upper ends of the columns in days. Default: 30, 60, 90. */
  readonly buckets?: readonly number[]
}

/**
 * What customers owe, by how long it is overdue: the open items of asset accounts (lines with `item` and `due`; an item without
 * due day counts from the day it was booked). What was booked on these accounts without an item is settled oldest first.
 *
 * @throws LedgerError `invalid_date`.
 */
export const agedReceivables = (ledger: Ledger, options: AgedOptions): Report =>
  aged(ledger, options, 'asset', 'Aged receivables')

/** What is owed to suppliers, by how long it is overdue: open items of liability accounts. @throws LedgerError `invalid_date`. */
export const agedPayables = (ledger: Ledger, options: AgedOptions): Report => aged(ledger, options, 'liability', 'Aged payables')

function aged(ledger: Ledger, options: AgedOptions, type: 'asset' | 'liability', title: string): Report {
  const { at, accounts, buckets = [30, 60, 90] } = options
  const named = (name: string) => accounts?.some((one) => name === one || name.startsWith(`${one}:`)) ?? true
  const open = openPositions(ledger, at, (account) => account.type === type && named(account.name))
  const withItems = new Set(open.filter(({ item }) => item !== undefined).map(({ account }) => account.id))
  const sign = type === 'asset' ? 1n : -1n
  const today = parseDay(at)
  const columns = [
    { title: 'Not due', kind: 'amount', role: 'bucket', to: at } satisfies Column,
    ...bucketColumns(buckets, at, 1),
  ]
  const rows = open
    .filter(({ account }) => accounts !== undefined || withItems.has(account.id))
    .map((one): AgedRow => {
      const due = one.item === undefined ? one.pieces[0]?.day : (one.due ?? one.pieces[0]?.day)
      const pieces = one.item === undefined ? one.pieces : [{ day: due ?? today, amount: one.amount }]
      const place = (day: number) => (today <= day ? 0 : 1 + bucketOf(today - day, buckets))
      const late = Math.max(0, today - (due ?? today))
      return {
        one,
        texts: [one.item ?? '(no item)', formatDay(due ?? today), String(late)],
        cells: spread(pieces, place, columns.length, sign),
      }
    })
  const sections = sectionsOf(rows)
  return report(ledger, { name: 'aged-items', title, at, headings: ['Item', 'Due', 'Days overdue'], columns, sections })
}

/**
 * Clearing accounts (`clearing: true`) that have not come back to zero, by the age of what is left: what came later on the other
 * side settles the oldest, within an item where lines name one.
 *
 * @throws LedgerError `invalid_date`.
 */
export function agedClearing(ledger: Ledger, options: { readonly at: Day; readonly buckets?: readonly number[] }): Report {
  const { at, buckets = [1, 7, 30] } = options
  const today = parseDay(at)
  const columns = bucketColumns(buckets, at, 0)
  const rows = openPositions(ledger, at, ({ clearing }) => clearing).map((one): AgedRow => {
    const since = one.pieces[0]?.day ?? today
    const sign = one.account.type === 'asset' || one.account.type === 'expense' ? 1n : -1n
    const cells = spread(one.pieces, (day) => bucketOf(today - day, buckets), columns.length, sign)
    return { one, texts: [one.item ?? '(no item)', formatDay(since), String(today - since)], cells }
  })
  const sections = sectionsOf(rows)
  return report(ledger, {
    name: 'aged-clearing',
    title: 'Aged clearing accounts',
    at,
    headings: ['Item', 'Since', 'Days'],
    columns,
    sections,
  })
}

interface AgedRow {
  readonly one: OpenPosition
  readonly texts: readonly string[]
  readonly cells: bigint[]
}

const bucketOf = (days: number, buckets: readonly number[]): number => {
  const index = buckets.findIndex((end) => days <= end)
  return index < 0 ? buckets.length : index
}

function bucketColumns(buckets: readonly number[], at: Day, first: number): Column[] {
  const titles = buckets.map((end, index) => `${index === 0 ? first : (buckets[index - 1] ?? 0) + 1}-${end} days`)
  const amounts = [...titles, `over ${buckets.at(-1) ?? 0} days`]
  return amounts.map((title) => ({ title, kind: 'amount', role: 'bucket', to: at }))
}

/** One amount for each bucket, and their sum. */
function spread(pieces: OpenPosition['pieces'], place: (day: number) => number, count: number, sign: bigint): bigint[] {
  const cells = Array.from({ length: count }, () => 0n)
  for (const { day, amount } of pieces) {
    const index = place(day)
    cells[index] = (cells[index] ?? 0n) + sign * amount
  }
  return [...cells, cells.reduce((sum, cell) => sum + cell, 0n)]
}

function sectionsOf(rows: readonly AgedRow[]): Section[] {
  const byAccount = Map.groupBy(rows, ({ one }) => one.account.name)
  return [...byAccount].map(([account, own]) => ({
    key: account,
    title: account,
    rows: own
      .sort((one, other) => compare(one.texts[1], other.texts[1]) || compare(one.texts[0], other.texts[0]))
      .map(({ one, texts, cells }): Row => ({ kind: 'item', texts, account, depth: 0, currency: one.currency, cells })),
    totals: totals(`Total ${account}`, own),
  }))
}

const compare = (one = '', other = ''): number => (one < other ? -1 : one > other ? 1 : 0)

function totals(
  title: string,
  rows: readonly { readonly cells: readonly bigint[]; readonly one: { readonly currency: string } }[],
): Row[] {
  return [...Map.groupBy(rows, ({ one }) => one.currency)]
    .sort(([one], [other]) => compare(one, other))
    .map(([currency, own]) => ({
      kind: 'total',
      texts: [title, '', ''],
      depth: 0,
      currency,
      cells: (own[0]?.cells ?? []).map((_, index) => own.reduce((sum, { cells }) => sum + (cells[index] ?? 0n), 0n)),
    }))
}

interface AgedReport {
  readonly name: Report['name']
  readonly title: string
  readonly at: Day
  readonly headings: readonly string[]
  readonly columns: readonly Column[]
  readonly sections: readonly Section[]
}

function report(ledger: Ledger, { name, title, at, headings, columns, sections }: AgedReport): Report {
  const all = sections.flatMap(({ rows }) =>
    rows.map(({ currency, cells }) => ({ one: { currency }, cells: cells.map((cell) => cell ?? 0n) })),
  )
  const body = { sections, summary: totals('Total', all) }
  return {
    name,
    title,
    subtitle: `on ${at}`,
    headings,
    columns: [...columns, { title: 'Total', kind: 'amount', role: 'total', to: at }],
    ...body,
    exponents: exponentsOf(ledger, body),
    notes: [],
  }
}
