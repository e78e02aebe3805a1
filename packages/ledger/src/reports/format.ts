import type { Column, Report, Row } from './report.ts'

/** `-1234567` with exponent 2 is `-12345.67`: a decimal without loss, made of digits only. */
export function decimal(amount: bigint, exponent: number): string {
  if (exponent === 0) return String(amount)
  const digits = String(amount < 0n ? -amount : amount).padStart(exponent + 1, '0')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

/** The same with thousands apart, for people: `-12,345.67`. */
export function grouped(amount: bigint, exponent: number): string {
  const [whole = '', fraction] = decimal(amount, exponent).split('.')
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? apart : `${apart}.${fraction}`
}

/** Digits after the point in this cell. */
export const exponentOf = (report: Report, row: Row, column: Column): number =>
  column.kind === 'percent' ? 2 : (report.exponents[row.currency] ?? 0)

/** What a table shows in the cell; nothing where it has no meaning. */
export function cellText(report: Report, row: Row, index: number, style: 'plain' | 'grouped' = 'plain'): string {
  const column = report.columns[index]
  const cell = row.cells[index]
  if (column === undefined || cell === undefined) return ''
  return (style === 'plain' ? decimal : grouped)(cell, exponentOf(report, row, column))
}
