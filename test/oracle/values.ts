import type { Ledger } from '@do/ledger'
import { balanceSheet, type Report, ratesOf, rounded, worth } from '@do/ledger/reports'
import { type Cells, differences, put } from './cells.ts'
import { amountsOf, fine, fineUnits, type HledgerReport, hledgerJson, hledgerRecords } from './hledger.ts'

type Days = { readonly from: string; readonly to: string }

/** Every balance in dollars at the price of the month's end: exact to the last digit of hledger's, and then as we round it. */
export async function valueDifferences(program: string, journal: string, ledger: Ledger, days: Days): Promise<string[]> {
  const theirs = cellsOfValues(await hledgerJson<HledgerReport>(program, journal, ['bs', '-M', '--value=end,USD']))
  const exact = exactValues(ledger, balanceSheet(ledger, { ...days, every: 'month' }))
  const valued = balanceSheet(ledger, { ...days, every: 'month', currency: 'USD' })
  const own = new Map<string, bigint>()
  for (const { account, cells } of rowsOf(valued))
    for (const [index, cell] of cells.entries()) put(own, [account ?? '', index], cell ?? 0n)
  const halfEven = new Map([...theirs].map(([key, value]) => [key, rounded({ numerator: value, denominator: fine })]))
  return [...differences(exact, theirs), ...differences(own, halfEven)]
}

function cellsOfValues(report: HledgerReport): Cells {
  const cells = new Map<string, bigint>()
  for (const [, { prRows }] of report.cbrSubreports) {
    for (const { prrName, prrAmounts } of prRows) {
      for (const [index, amounts] of prrAmounts.entries()) {
        for (const amount of amounts) put(cells, [prrName.replace(/%[0-9A-F]{2}/g, decodeURIComponent), index], fineUnits(amount))
      }
    }
  }
  return cells
}

const rowsOf = (report: Report) =>
  report.sections.filter(({ key }) => key !== 'equity').flatMap(({ rows }) => rows.filter(({ kind }) => kind === 'account'))

function exactValues(ledger: Ledger, report: Report): Cells {
  const cells = new Map<string, bigint>()
  for (const [index, { to }] of report.columns.entries()) {
    const rates = ratesOf(ledger, Object.keys(report.exponents), 'USD', to)
    for (const { account, currency, cells: amounts } of rowsOf(report)) {
      const { numerator, denominator } = worth(new Map([[currency, amounts[index] ?? 0n]]), rates)
      if ((numerator * fine) % denominator !== 0n) throw new Error('A value has more digits than are compared.')
      put(cells, [account ?? '', index], (numerator * fine) / denominator)
    }
  }
  return cells
}

/** Retained earnings on a day are what revenue was above expenses until then. */
export async function earningsDifferences(program: string, journal: string, ledger: Ledger, day: string): Promise<string[]> {
  const after = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
  const [, total = ''] = (await hledgerRecords(program, journal, ['bal', 'type:RX', '-H', '-e', after])).at(-1) ?? []
  const theirs = new Map(amountsOf(total).map(({ amount, currency }) => [currency, -amount]))
  const own = new Map<string, bigint>()
  const equity = balanceSheet(ledger, { to: day }).sections.find(({ key }) => key === 'equity')
  for (const { kind, currency, cells } of equity?.rows ?? []) if (kind === 'computed') put(own, [currency], cells[0] ?? 0n)
  return differences(own, theirs)
}
