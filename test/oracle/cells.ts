import type { Report, Row } from '@do/ledger/reports'
import { type HledgerReport, minorUnits } from './hledger.ts'

/** Amounts by what they are about: `Assets | Assets:Bank | USD | 2026-02-01`. Zero and absent are the same. */
export type Cells = ReadonlyMap<string, bigint>

/** Names of hledger's parts in `bse`, `is` and `cf`, by ours. */
const parts: Readonly<Record<string, string>> = {
  assets: 'Assets',
  liabilities: 'Liabilities',
  equity: 'Equity',
  revenue: 'Revenues',
  expenses: 'Expenses',
  cash: 'Cash flows',
}

/** Every cell of hledger's, its totals and its bottom line. */
export function cellsOfHledger(report: HledgerReport, minor = minorUnits): Cells {
  const cells = new Map<string, bigint>()
  const add = (part: string, name: string, amounts: HledgerReport['cbrTotals']['prrAmounts']) => {
    for (const [index, column] of amounts.entries()) {
      const [, end] = report.cbrDates[index] ?? []
      for (const amount of column) put(cells, [part, name, amount.acommodity, end], minor(amount))
    }
  }
  for (const [part, { prRows, prTotals }] of report.cbrSubreports) {
    for (const { prrName, prrAmounts } of prRows) add(part, String(prrName), prrAmounts)
    add(part, 'total', prTotals.prrAmounts)
  }
  add('', 'net', report.cbrTotals.prrAmounts)
  return cells
}

/**
 * Every cell of ours. hledger's equity knows no retained earnings: they are its bottom line, what assets are above liabilities
 * and equity. In the other reports that is the net income, and the net change in cash.
 */
export function cellsOfReport(report: Report): Cells {
  const cells = new Map<string, bigint>()
  const ends = report.columns.map(({ to }) => dayAfter(to))
  const add = (part: string, name: string, row: Row, sign = 1n) => {
    for (const [index, cell] of row.cells.entries()) put(cells, [part, name, row.currency, ends[index]], sign * (cell ?? 0n))
  }
  for (const { key, rows, totals } of report.sections) {
    const part = parts[key] ?? key
    for (const row of rows) {
      if (row.kind === 'account') add(part, row.account ?? '', row)
      else if (row.kind === 'computed') {
        add('', 'net', row)
        add(part, 'total', row, -1n)
      } else throw new Error(`${report.title} has a row of ${row.kind} although nothing is valued.`)
    }
    for (const row of totals) {
      add(part, 'total', row)
      if (key === 'cash') add('', 'net', row)
    }
  }
  if (report.name === 'profit-and-loss') for (const row of report.summary) add('', 'net', row)
  return cells
}

function put(cells: Map<string, bigint>, names: readonly (string | undefined)[], value: bigint): void {
  const key = names.join(' | ')
  const sum = (cells.get(key) ?? 0n) + value
  if (sum === 0n) cells.delete(key)
  else cells.set(key, sum)
}

export const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

/** Cells that are not the same, in words. */
export function differences(ours: Cells, theirs: Cells): string[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((key) => (ours.get(key) ?? 0n) !== (theirs.get(key) ?? 0n))
    .map((key) => `${key}: ours ${ours.get(key) ?? 0n}, hledger's ${theirs.get(key) ?? 0n}`)
}
