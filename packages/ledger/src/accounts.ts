import { checkAccount, columnsOf, sameAccount } from './account-input.ts'
import { type Book, renewVersion } from './book.ts'
import { accountNamed, type ChartAccount } from './chart.ts'
import { ledgerError } from './errors.ts'
import { expireDue, nextExpiry } from './hold-expiry.ts'
import type { Account, AccountChanges, AccountInput, AccountType, Ledger } from './types.ts'

export function createAccounts(book: Book): Ledger['accounts'] {
  const { sql, tables: t } = book

  const insert = (input: AccountInput & { readonly type: AccountType }, parent: ChartAccount | undefined): ChartAccount => {
    sql.run(
      `INSERT INTO ${t.accounts}(name, parent_id, type, currencies, minimum, maximum, cash, clearing, metadata, opened_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[input.name, parent?.id ?? null, input.type, ...columnsOf(input), book.now()],
    )
    renewVersion(book)
    const opened = accountNamed(book.chart(), input.name)
    book.tell?.({ collection: 'accounts', operation: 'create', key: input.name, after: opened.account })
    return opened
  }

  /** The parent, opened where it is missing, and the type that goes with it. */
  const parentOf = (name: string, type: AccountType | undefined): ChartAccount | undefined => {
    const end = name.lastIndexOf(':')
    if (end < 0) return undefined
    const parentName = name.slice(0, end)
    const parent = book.chart().byName.get(parentName)
    if (parent !== undefined) return parent
    const above = parentOf(parentName, type)
    return insert({ name: parentName, type: typeOf(parentName, type, above) }, above)
  }

  const update = (name: string, work: (account: ChartAccount) => void): Account =>
    sql.transaction(() => {
      const before = accountNamed(book.chart(), name, 'name')
      expireDue(book, nextExpiry(book))
      work(before)
      renewVersion(book)
      const { account } = accountNamed(book.chart(), name)
      book.tell?.({ collection: 'accounts', operation: 'update', key: name, before: before.account, after: account })
      return account
    })

  return {
    open: (input) => {
      checkAccount(input)
      return sql.transaction(() => {
        const known = book.chart().byName.get(input.name)
        if (known === undefined) {
          const parent = parentOf(input.name, input.type)
          return insert({ ...input, type: typeOf(input.name, input.type, parent) }, parent).account
        }
        if (sameAccount(input, known.account)) return known.account
        throw ledgerError('account_exists', `The account "${input.name}" is open with other settings. Use accounts.change.`, {
          field: 'name',
        })
      })
    },
    get: (name) => book.chart().byName.get(name)?.account,
    list: (below) =>
      [...book.chart().byName.values()]
        .map(({ account }) => account)
        .filter(({ name }) => below === undefined || name === below || name.startsWith(`${below}:`)),
    change: (name, changes) =>
      update(name, ({ id, account }) => {
        const next = changed(account, changes)
        checkAccount(next)
        sql.run(
          `UPDATE ${t.accounts} SET currencies = ?, minimum = ?, maximum = ?, cash = ?, clearing = ?, metadata = ? WHERE id = ?`,
          ...[...columnsOf(next), id],
        )
        checkStandings(book, id, name)
      }),
    close: (name) =>
      update(name, ({ id }) => {
        const [left] = sql.all<{ currency: string }>(
          `SELECT currency FROM ${t.balances} WHERE account_id = ? AND (debit <> credit OR pending_debit > 0 OR pending_credit > 0)`,
          id,
        )
        if (left !== undefined) {
          throw ledgerError('account_not_empty', `"${name}" still has ${left.currency}, or holds of it. Move it first.`, {
            field: 'name',
          })
        }
        sql.run(`UPDATE ${t.accounts} SET closed_at = coalesce(closed_at, ?) WHERE id = ?`, book.now(), id)
      }),
    reopen: (name) => update(name, ({ id }) => sql.run(`UPDATE ${t.accounts} SET closed_at = NULL WHERE id = ?`, id)),
  }
}

function typeOf(name: string, type: AccountType | undefined, parent: ChartAccount | undefined): AccountType {
  const inherited = parent?.account.type
  if (type === undefined && inherited === undefined) {
    throw ledgerError('invalid_account', `"${name}" needs a type: no account above it says one.`, { field: 'type' })
  }
  if (type !== undefined && inherited !== undefined && type !== inherited) {
    throw ledgerError(
      'invalid_account',
      `"${name}" lies below an account of type ${inherited}, so it cannot be of type ${type}.`,
      {
        field: 'type',
      },
    )
  }
  return (type ?? inherited) as AccountType
}

function changed(
  { openedAt: _, closedAt: __, id: ___, guarded: ____, ...account }: Account,
  changes: AccountChanges,
): AccountInput {
  const { currencies, bounds, metadata, ...kept } = account
  const pick = <T>(change: T | null | undefined, before: T | undefined) => (change === undefined ? before : (change ?? undefined))
  const next = {
    currencies: pick(changes.currencies, currencies),
    bounds: pick(changes.bounds, bounds),
    metadata: pick(changes.metadata, metadata),
  }
  return {
    ...kept,
    cash: changes.cash ?? account.cash ?? false,
    clearing: changes.clearing ?? account.clearing ?? false,
    ...(next.currencies === undefined ? {} : { currencies: next.currencies }),
    ...(next.bounds === undefined ? {} : { bounds: next.bounds }),
    ...(next.metadata === undefined ? {} : { metadata: next.metadata }),
  }
}

/** New bounds must hold for what is there. */
function checkStandings({ sql, tables: t }: Book, id: number, name: string): void {
  // Differences of sums: each is at most 2^63 - 1, and what passes it is compared as a float, on the right side of any bound.
  const [outside] = sql.all<{ currency: string }>(
    `SELECT b.currency FROM ${t.balances} AS b JOIN ${t.accounts} AS a ON a.id = b.account_id WHERE a.id = ? AND CASE
      WHEN a.type IN ('asset', 'expense') THEN b.debit - b.credit - b.pending_credit < a.minimum
        OR b.debit - b.credit + b.pending_debit > a.maximum
      ELSE b.credit - b.debit - b.pending_debit < a.minimum OR b.credit - b.debit + b.pending_credit > a.maximum END`,
    id,
  )
  if (outside === undefined) return
  throw ledgerError('overdraft', `"${name}" stands outside the new bounds in ${outside.currency}, pending holds counted.`, {
    field: 'bounds',
  })
}
