import type { Column, Report, Row } from '@do/ledger/reports'
import { amountsOf, type HledgerTable } from './hledger.ts'

/** Amounts by what they are about: `Assets | Assets:Bank | USD | 3` (the column). Zero and absent are the same. */
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
export function cellsOfHledger({ rows }: HledgerTable): Cells {
  const cells = new Map<string, bigint>()
  let part = ''
  for (const [name = '', ...columns] of rows) {
    if (Object.values(parts).includes(name) && columns.every((cell) => cell === '')) {
      part = name
      continue
    }
    for (const [index, cell] of columns.entries()) {
      for (const { amount, currency } of amountsOf(cell)) {
        if (name === 'Net:') put(cells, ['', 'net', currency, index], amount)
        else put(cells, [part, name, currency, index], amount)
        // A cash flow statement has no line below its total.
        if (name === 'total' && part === 'Cash flows') put(cells, ['', 'net', currency, index], amount)
      }
    }
  }
  return cells
}

/**
 * Every cell of ours. hledger's equity knows no retained earnings: they are its bottom line, what assets are above liabilities
 * and equity. In the other reports that is the net income, and the net change in cash.
 */
export function cellsOfReport(report: Report): Cells {
  const cells = new Map<string, bigint>()
  const add = (part: string, name: string, row: Row, sign = 1n) => {
    for (const [index, cell] of row.cells.entries()) put(cells, [part, name, row.currency, index], sign * (cell ?? 0n))
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

/** What hledger 1.25 writes above our column. */
export function headingOf(command: string, interval: string, { from = '', to, title }: Column): string {
  if (command.startsWith('bs')) return to
  if (interval === '-W') return `${from}W${title.slice(-2)}`
  return interval === '-Q' ? title.replace(' ', '') : title
}

export function put(cells: Map<string, bigint>, names: readonly (string | number)[], value: bigint): void {
  const key = names.join(' | ')
  const sum = (cells.get(key) ?? 0n) + value
  if (sum === 0n) cells.delete(key)
  else cells.set(key, sum)
}

/** Cells that are not the same, in words. */
export function differences(ours: Cells, theirs: Cells): string[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((key) => (ours.get(key) ?? 0n) !== (theirs.get(key) ?? 0n))
    .map((key) => `${key}: ours ${ours.get(key) ?? 0n}, hledger's ${theirs.get(key) ?? 0n}`)
}
