import { isLedgerError } from '../errors.ts'

export type JournalErrorCode =
  /** Something hledger knows and this import does not. */
  | 'unsupported'
  | 'syntax'
  | 'amount'
  | 'unbalanced'
  /** An account whose type neither a directive, its name nor an option tells. */
  | 'account_type'
  /** The books say no: `cause` is their LedgerError. */
  | 'refused'

/** Nothing was imported. `line` counts from 1. */
export interface JournalError extends Error {
  readonly name: 'JournalError'
  readonly code: JournalErrorCode
  readonly line: number
}

const brand = Symbol.for('@do/ledger/journal-error')

/** True for errors of every copy of this package. */
export const isJournalError = (error: unknown): error is JournalError => error instanceof Error && brand in error

export function journalError(code: JournalErrorCode, line: number, message: string, cause?: unknown): JournalError {
  const error = new Error(`Line ${line}: ${message}`, cause === undefined ? undefined : { cause })
  return Object.assign(error, { name: 'JournalError', code, line, [brand]: true } as const)
}

/** @throws JournalError `refused` where the books say no. */
export function refusedAt<T>(line: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw isLedgerError(error) ? journalError('refused', line, error.message, error) : error
  }
}
