import { type Budget, type BudgetStore, createBudget } from '@do/gateway'
import { readConfig } from '../tenant/config.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { budgetTable } from './budget-table.ts'

interface Books {
  readonly budget: Budget
  readonly store: BudgetStore
}

const open = new WeakMap<Tenant, Books>()

function booksOf(tenant: Tenant): Books {
  const known = open.get(tenant)
  if (known !== undefined) return known
  const store = budgetTable(tenant.ctx.storage)
  const limits = () => {
    const { day, month } = readConfig(tenant).models?.budget ?? {}
    return [
      ...(day === undefined ? [] : [{ period: 'day', microUsd: day } as const]),
      ...(month === undefined ? [] : [{ period: 'month', microUsd: month } as const]),
    ]
  }
  const made = { store, budget: createBudget({ limits, store, clock: tenant.clock }) }
  open.set(tenant, made)
  return made
}

export const budgetOf = (tenant: Tenant): Budget => booksOf(tenant).budget

/** What a tenant has spent and set aside, in millionths of a US dollar; days and months are those of UTC. */
export interface Spending {
  readonly day: number
  readonly month: number
  /** For requests that are under way. */
  readonly held: number
}

export function spendingOf(tenant: Tenant): Spending {
  const { store } = booksOf(tenant)
  const now = tenant.clock.now()
  const today = new Date(now).toISOString().slice(0, 10)
  const spent = (period: string) => store.spent(tenant.$name, period)
  return { day: spent(today), month: spent(today.slice(0, 7)), held: store.held(tenant.$name, now) }
}
