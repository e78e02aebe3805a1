import type { Ledger } from '@do/ledger'
import { balanceSheet, cashFlow, type Interval, profitAndLoss, type Report } from '@do/ledger/reports'
import { type Cells, cellsOfHledger, cellsOfReport, differences, headingOf } from './cells.ts'
import { hledgerTable } from './hledger.ts'

const intervals = { '-W': 'week', '-M': 'month', '-Q': 'quarter', '-Y': 'year' } as const satisfies Record<string, Interval>

type Days = { readonly from: string; readonly to: string }

/** hledger's commands and the reports of ours that must say the same. */
const statements: Readonly<Record<string, (ledger: Ledger, days: Days & { readonly every: Interval }) => Report>> = {
  bse: balanceSheet,
  is: profitAndLoss,
  cf: cashFlow,
}

export interface Question {
  readonly command: string
  readonly interval: keyof typeof intervals
}

/** Balance sheet, income statement and cash flow by each of the intervals. */
export const questions = (...wanted: readonly Question['interval'][]): Question[] =>
  Object.keys(statements).flatMap((command) => wanted.map((interval) => ({ command, interval })))

/** What hledger was asked, and what it answered. */
export interface Answer extends Question {
  readonly headings: readonly string[]
  readonly cells: Cells
}

export async function ask(program: string, journal: string, { command, interval }: Question): Promise<Answer> {
  const table = await hledgerTable(program, journal, [command, interval])
  return { command, interval, headings: table.headings, cells: cellsOfHledger(table) }
}

/** What our report says otherwise, columns and cells. */
export function disagreements(ledger: Ledger, days: Days, { command, interval, headings, cells }: Answer): string[] {
  const report = statements[command]?.(ledger, { ...days, every: intervals[interval] })
  if (report === undefined) throw new Error(`Nothing is compared with hledger ${command}.`)
  const own = report.columns.map((column) => headingOf(command, interval, column))
  const columns = own.join() === headings.join() ? [] : [`columns: ours ${own}, hledger's ${headings}`]
  return [...columns, ...differences(cellsOfReport(report), cells)].map((text) => `${command} ${interval}: ${text}`)
}
