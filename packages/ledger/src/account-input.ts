import { checkMetadata, maxAmount } from './check.ts'
import { checkCurrency } from './currencies.ts'
import { ledgerError } from './errors.ts'
import type { Account, AccountInput } from './types.ts'

const types = ['asset', 'liability', 'equity', 'revenue', 'expense']

/** @throws LedgerError `invalid_account`, `invalid_currency`, `invalid_amount`, `invalid_metadata`. */
export function checkAccount({ name, type, currencies, bounds, metadata }: AccountInput): void {
  const segments = typeof name === 'string' ? name.split(':') : []
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const good = (segment: string) => segment.trim() === segment && segment !== '' && !/[\u0000-\u001f\u007f]/.test(segment)
  if (segments.length === 0 || !segments.every(good) || name.length > 500 || !name.isWellFormed()) {
    throw ledgerError(
      'invalid_account',
      'name must be a path like Assets:Bank of at most 500 characters, its segments not empty, without control characters or outer spaces.',
      { field: 'name' },
    )
  }
  if (type !== undefined && !types.includes(type)) {
    throw ledgerError('invalid_account', `type must be one of ${types.join(', ')}.`, { field: 'type' })
  }
  if (currencies !== undefined) {
    if (!Array.isArray(currencies) || currencies.length === 0) {
      throw ledgerError('invalid_account', 'currencies must be a list of at least one; leave it out for any.', {
        field: 'currencies',
      })
    }
    currencies.forEach((currency, index) => {
      checkCurrency(currency, `currencies[${index}]`)
    })
  }
  checkBound(bounds?.min, 'bounds.min', -maxAmount, 0n)
  checkBound(bounds?.max, 'bounds.max', 0n, maxAmount)
  checkMetadata(metadata, 'metadata')
}

// Zero has to be inside: it is where every account begins.
function checkBound(bound: bigint | undefined, field: string, least: bigint, most: bigint): void {
  if (bound === undefined || (typeof bound === 'bigint' && bound >= least && bound <= most)) return
  throw ledgerError('invalid_amount', `${field} must be a bigint from ${least} to ${most}, in minor units.`, { field })
}

type Columns = readonly [
  currencies: string | null,
  minimum: string | null,
  maximum: string | null,
  cash: number,
  clearing: number,
  metadata: string | null,
]

export function columnsOf({ currencies, bounds, guarded, cash, clearing, metadata }: AccountInput): Columns {
  const min = guarded === true && (bounds?.min === undefined || bounds.min < 0n) ? 0n : bounds?.min
  return [
    currencies === undefined ? null : JSON.stringify([...new Set(currencies)].sort()),
    min === undefined ? null : String(min),
    bounds?.max === undefined ? null : String(bounds.max),
    cash === true ? 1 : 0,
    clearing === true ? 1 : 0,
    checkMetadata(metadata, 'metadata'),
  ]
}

/** Whether an account is open as it is asked for. */
export function sameAccount(asked: AccountInput, is: Account): boolean {
  if (is.closedAt !== undefined || (asked.type !== undefined && asked.type !== is.type)) return false
  return JSON.stringify(columnsOf(asked)) === JSON.stringify(columnsOf(is))
}
