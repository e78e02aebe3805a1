export type LedgerErrorCode =
  // Told from what was given, before the books are opened.
  | 'invalid_amount'
  | 'invalid_date'
  | 'invalid_line'
  | 'invalid_text'
  | 'invalid_metadata'
  | 'invalid_account'
  | 'invalid_currency'
  | 'invalid_rate'
  | 'invalid_key'
  | 'unbalanced'
  // Told by the books.
  | 'unknown_account'
  | 'unknown_currency'
  | 'unknown_entry'
  | 'unknown_draft'
  | 'unknown_hold'
  | 'account_closed'
  | 'account_exists'
  | 'account_not_empty'
  | 'currency_in_use'
  | 'currency_not_allowed'
  | 'overdraft'
  | 'overflow'
  | 'period_locked'
  | 'already_posted'
  | 'already_reversed'
  | 'hold_resolved'
  // Told by the key.
  | 'idempotency_key_reused'
  | 'refused'
  // Two histories that do not fit together (replay).
  | 'diverged'
  // The tables are of a later version of this package.
  | 'newer_schema'
  // Told by reports.
  | 'price_missing'
  | 'invalid_report'

/** Nothing was written. `field` is the place in what was given, such as `lines[1].amount`. */
export interface LedgerError extends Error {
  readonly name: 'LedgerError'
  readonly code: LedgerErrorCode
  readonly field?: string
  /** For `refused`: why the request was refused then. */
  readonly reason?: LedgerErrorCode
}

const brand = Symbol.for('@do/ledger/error')

/** True for errors of every copy of this package. */
export function isLedgerError(error: unknown): error is LedgerError {
  return error instanceof Error && brand in error
}

export function ledgerError(
  code: LedgerErrorCode,
  message: string,
  more: { readonly field?: string; readonly reason?: LedgerErrorCode; readonly cause?: unknown } = {},
): LedgerError {
  const { cause, ...properties } = more
  const error = new Error(message, cause === undefined ? undefined : { cause })
  return Object.assign(error, { name: 'LedgerError', code, [brand]: true, ...properties } as const)
}

/** What the books say today they may not say tomorrow: only these refusals are kept under a key. */
const ofTheBooks: ReadonlySet<LedgerErrorCode> = new Set([
  'unknown_account',
  'unknown_currency',
  'account_closed',
  'currency_not_allowed',
  'overdraft',
  'overflow',
  'period_locked',
  'already_reversed',
  'hold_resolved',
] satisfies LedgerErrorCode[])

export function isRefusal(error: unknown): error is LedgerError {
  return isLedgerError(error) && ofTheBooks.has(error.code)
}

/** SQLite's own word for a sum beyond 2^63 - 1: a STRICT column refuses the float that it would become. */
export function isOverflow(error: unknown): boolean {
  return error instanceof Error && /cannot store REAL|integer overflow/.test(error.message)
}

export function overflow(cause?: unknown): LedgerError {
  return ledgerError('overflow', 'A sum would pass 2^63 - 1 minor units. Use a currency of fewer digits, or another account.', {
    cause,
  })
}
