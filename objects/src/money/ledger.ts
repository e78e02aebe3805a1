import { type Books, openBooks } from '@do/books'
import { type Ledger, openLedger } from '@do/ledger'
import { durableSqlite } from '@do/ledger/durable'
import type { Tenant } from '../tenant/tenant.ts'
import { plain } from './wire.ts'

const ledgers = new WeakMap<Tenant, Ledger>()

/** The tenant's own books, in its own database: one transaction with its records, told to change capture. Made on first use. */
export function ledgerOf(tenant: Tenant): Ledger {
  const known = ledgers.get(tenant)
  if (known !== undefined) return known
  const text = (value: object | undefined) => (value === undefined ? undefined : JSON.stringify(plain(value)))
  const ledger = openLedger(
    { ...durableSqlite(tenant.ctx.storage), transaction: (work) => tenant.transaction(work) },
    {
      now: () => tenant.clock.now(),
      onMutation: ({ collection, operation, key, before, after }) => {
        const sides = { before: text(before), after: text(after) }
        tenant.kernel.mutated({
          source: `ledger:${collection}`,
          operation,
          key,
          ...(sides.before === undefined ? {} : { before: sides.before }),
          ...(sides.after === undefined ? {} : { after: sides.after }),
        })
      },
    },
  )
  ledgers.set(tenant, ledger)
  return ledger
}

/** The books of the provider instance that this handle is of. */
export function booksFor(tenant: Tenant, handle: string): Books {
  return booksOf(tenant, handle.slice(0, handle.indexOf(':')))
}

export function booksOf(tenant: Tenant, provider: string): Books {
  return openBooks(ledgerOf(tenant), { provider, now: () => tenant.clock.now() })
}
