export { type Books, type BooksOptions, openBooks } from './books.ts'
export type { Chart } from './chart.ts'
export type { ReconcileOptions, ReconcileProgress } from './reconcile.ts'
export type { Finding, ReconciledItem, Reconciliation, ReportOptions } from './report.ts'
