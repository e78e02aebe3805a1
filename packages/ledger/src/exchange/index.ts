// In and out of the books: CSV of reports, journals for hledger and Beancount, and an import of hledger's.
export { beancountJournal, beancountLines } from './beancount-export.ts'
export { csv, reportCsv } from './csv.ts'
export { type ExportOptions, hledgerJournal, hledgerLines } from './hledger-export.ts'
export { isJournalError, type JournalError, type JournalErrorCode } from './journal-error.ts'
export { type Imported, type ImportOptions, importHledger } from './journal-import.ts'
