import type { Day } from '../types.ts'

/** One shape for every report: what CSV, PDF, an HTML table and a chart are drawn from. Plain data; amounts are bigint. */
export interface Report {
  readonly name: ReportName
  readonly title: string
  /** What it covers, in words: "2026-01-01 to 2026-03-31, in USD". */
  readonly subtitle: string
  /** Titles of the text cells of a row: `['Account']`, or date, entry and description in a register. */
  readonly headings: readonly string[]
  readonly columns: readonly Column[]
  readonly sections: readonly Section[]
  /** Rows below all sections: net income, liabilities and equity. */
  readonly summary: readonly Row[]
  /** Digits after the point of every currency that occurs. */
  readonly exponents: Readonly<Record<string, number>>
  /** What a reader must know: how it was valued and rounded. */
  readonly notes: readonly string[]
}

export type ReportName =
  | 'trial-balance'
  | 'profit-and-loss'
  | 'balance-sheet'
  | 'cash-flow'
  | 'aged-items'
  | 'aged-clearing'
  | 'account-register'

export interface Column {
  readonly title: string
  /** Minor units, or hundredths of a per cent. */
  readonly kind: 'amount' | 'percent'
  readonly role: 'period' | 'compared' | 'change' | 'opening' | 'debit' | 'credit' | 'closing' | 'bucket' | 'total'
  readonly from?: Day
  readonly to: Day
}

export interface Section {
  /** Such as `assets` or `revenue`. */
  readonly key: string
  readonly title: string
  readonly rows: readonly Row[]
  readonly totals: readonly Row[]
}

export interface Row {
  /** `computed` is no account (retained earnings); `rounding` is what rounding took from or gave to the rows above it. */
  readonly kind: 'account' | 'item' | 'entry' | 'computed' | 'rounding' | 'total'
  /** One for each of `headings`. */
  readonly texts: readonly string[]
  /** Full name, where the row is an account or belongs to one. */
  readonly account?: string
  /** Steps to the right, in a tree. */
  readonly depth: number
  readonly currency: string
  /** One for each of `columns`, as shown: what a section is made of counts upwards. Absent: it has no meaning there. */
  readonly cells: readonly (bigint | undefined)[]
}

/** A report as a table: headings of sections, rows, totals, in the order they are read. */
export type TableLine =
  | { readonly kind: 'heading'; readonly title: string }
  | { readonly kind: 'row'; readonly row: Row; readonly section?: Section }

/** Every line of the report from top to bottom. */
export function linesOf(report: Report): TableLine[] {
  const sections = report.sections.flatMap((section): TableLine[] => [
    ...(section.title === '' ? [] : [{ kind: 'heading' as const, title: section.title }]),
    ...[...section.rows, ...section.totals].map((row) => ({ kind: 'row' as const, row, section })),
  ])
  return [...sections, ...report.summary.map((row) => ({ kind: 'row' as const, row }))]
}
