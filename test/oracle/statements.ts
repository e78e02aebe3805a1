import type { Ledger } from '@do/ledger'
import { balanceSheet, cashFlow, type Interval, profitAndLoss, type Report } from '@do/ledger/reports'
import { type Cells, cellsOfHledger, cellsOfReport } from './cells.ts'
import { type HledgerReport, hledger } from './hledger.ts'

export const intervals: Readonly<Record<string, Interval>> = { '-W': 'week', '-M': 'month', '-Q': 'quarter', '-Y': 'year' }

type Coverage = { readonly from: string; readonly to: string; readonly every: Interval }

/** hledger's commands and the reports of ours that must say the same. */
export const statements: Readonly<Record<string, (ledger: Ledger, coverage: Coverage) => Report>> = {
  bse: balanceSheet,
  is: profitAndLoss,
  cf: cashFlow,
}

/** What hledger was asked, and what it answered. */
export interface Answer {
  readonly command: string
  readonly interval: string
  readonly cells: Cells
  /** First and exclusive last day of each column. */
  readonly dates: HledgerReport['cbrDates']
}

export async function ask(program: string, journal: string, command: string, interval: string): Promise<Answer> {
  const report = await hledger<HledgerReport>(program, journal, [command, interval])
  return { command, interval, cells: cellsOfHledger(report), dates: report.cbrDates }
}

/** Our report for the same question. */
export function ours(ledger: Ledger, { from, to }: { readonly from: string; readonly to: string }, { command, interval }: Answer): Report {
  const make = statements[command]
  const every = intervals[interval]
  if (make === undefined || every === undefined) throw new Error(`Nothing is compared with hledger ${command} ${interval}.`)
  return make(ledger, { from, to, every })
}

export const cells = (ledger: Ledger, coverage: { readonly from: string; readonly to: string }, answer: Answer): Cells =>
  cellsOfReport(ours(ledger, coverage, answer))

export const questions = Object.keys(statements).flatMap((command) => Object.keys(intervals).map((interval) => ({ command, interval })))
