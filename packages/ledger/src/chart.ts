import type { Book } from './book.ts'
import { isoExponents } from './currencies.ts'
import { formatInstant } from './days.ts'
import { ledgerError } from './errors.ts'
import type { Account, AccountType } from './types.ts'

/** An account as the posting of lines needs it. */
export interface ChartAccount {
  readonly id: number
  readonly name: string
  /** Its place in the order of the tree. */
  readonly rank: number
  /** 1 where debits make it grow, -1 where credits do. */
  readonly normal: 1 | -1
  readonly closed: boolean
  readonly currencies: ReadonlySet<string> | undefined
  readonly minimum: bigint | undefined
  readonly maximum: bigint | undefined
  readonly account: Account
}

/** All accounts and currencies. */
export interface Chart {
  readonly version: string
  readonly byName: ReadonlyMap<string, ChartAccount>
  readonly byId: ReadonlyMap<number, ChartAccount>
  readonly exponents: ReadonlyMap<string, number>
}

interface AccountRow {
  readonly id: number
  readonly name: string
  readonly type: AccountType
  readonly currencies: string | null
  readonly minimum: string | null
  readonly maximum: string | null
  readonly cash: number
  readonly clearing: number
  readonly metadata: string | null
  readonly opened_at: number
  readonly closed_at: number | null
}

export function readChart({ sql, tables }: Book, version: string): Chart {
  const rows = sql.all<AccountRow>(
    `SELECT id, name, type, currencies, CAST(minimum AS TEXT) AS minimum, CAST(maximum AS TEXT) AS maximum, cash, clearing,
      metadata, opened_at, closed_at FROM ${tables.accounts}`,
  )
  const accounts = rows.sort((a, b) => compareNames(a.name, b.name)).map(toChartAccount)
  const own = sql.all<{ code: string; exponent: number }>(`SELECT code, exponent FROM ${tables.currencies}`)
  return {
    version,
    byName: new Map(accounts.map((account) => [account.name, account])),
    byId: new Map(accounts.map((account) => [account.id, account])),
    exponents: new Map([...isoExponents, ...own.map(({ code, exponent }) => [code, exponent] as const)]),
  }
}

function toChartAccount(row: AccountRow, rank: number): ChartAccount {
  const { id, name, type } = row
  const currencies: string[] | undefined = row.currencies === null ? undefined : JSON.parse(row.currencies)
  const minimum = row.minimum === null ? undefined : BigInt(row.minimum)
  const maximum = row.maximum === null ? undefined : BigInt(row.maximum)
  const bounds = { ...(minimum === undefined ? {} : { min: minimum }), ...(maximum === undefined ? {} : { max: maximum }) }
  const account: Account = {
    id,
    name,
    type,
    ...(currencies === undefined ? {} : { currencies }),
    cash: row.cash === 1,
    clearing: row.clearing === 1,
    guarded: minimum === 0n,
    ...(minimum === undefined && maximum === undefined ? {} : { bounds }),
    ...(row.metadata === null ? {} : { metadata: JSON.parse(row.metadata) }),
    openedAt: formatInstant(row.opened_at),
    ...(row.closed_at === null ? {} : { closedAt: formatInstant(row.closed_at) }),
  }
  return {
    id,
    name,
    rank,
    normal: normalSide(type),
    closed: row.closed_at !== null,
    currencies: currencies === undefined ? undefined : new Set(currencies),
    minimum,
    maximum,
    account,
  }
}

export function normalSide(type: AccountType): 1 | -1 {
  return type === 'asset' || type === 'expense' ? 1 : -1
}

/** @throws LedgerError `unknown_account`. */
export function accountNamed(chart: Chart, name: string, field = 'account'): ChartAccount {
  const account = chart.byName.get(name)
  if (account !== undefined) return account
  throw ledgerError('unknown_account', `There is no account "${name}". Open it with accounts.open first.`, { field })
}

/** @throws LedgerError `unknown_currency`. */
export function exponentOf(chart: Chart, currency: string, field = 'currency'): number {
  const exponent = chart.exponents.get(currency)
  if (exponent !== undefined) return exponent
  throw ledgerError('unknown_currency', `The currency ${currency} is not known. Define it with currencies.define first.`, {
    field,
  })
}

/** The ids of the account and everything below it. */
export function idsBelow(chart: Chart, name: string): number[] {
  accountNamed(chart, name)
  return [...chart.byName.values()]
    .filter((account) => account.name === name || account.name.startsWith(`${name}:`))
    .map(({ id }) => id)
}

/** In the order of the tree: a parent, then all that is below it. */
export function compareNames(a: string, b: string): number {
  // Below every character that a name may have, so that "A:B" comes before "A-B".
  const [left, right] = [a.replaceAll(':', '\u0001'), b.replaceAll(':', '\u0001')]
  return left < right ? -1 : left > right ? 1 : 0
}
