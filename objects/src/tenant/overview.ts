import { notFound } from '@do/core/full'
import { shownAnswer, shownSpending } from '../llm/shown.ts'
import { shownBooks, shownDispute, shownMovement, shownPayment, shownSeller } from '../money/shown.ts'
import { recentIntents } from './intents.ts'
import { shownAction, shownAudit, shownCall, shownMessage, shownNumber, shownProviders, shownSchedule } from './shown.ts'
import type { Tenant } from './tenant.ts'

/** One line about a tenant, for the list of all. */
export type TenantSummary = Omit<Awaited<ReturnType<typeof figuresOf>>, 'totals' | 'providers'>

export type TenantOverview = Awaited<ReturnType<typeof overviewOf>>

/** For the operator over HTTP: the same that the methods `summary` and `overview` answer over RPC. */
export function overviewRoutes(tenant: Tenant): void {
  /** The tenant's own view of its providers: order, credential, breakers. */
  tenant.route('GET', '/status', async () => {
    if (!tenant.$exists) throw notFound('This tenant')
    const { totals, providers } = await figuresOf(tenant)
    return { totals, providers }
  })
  tenant.route('GET', '/overview', () => tenant.overview())
}

export async function summaryOf(tenant: Tenant): Promise<TenantSummary> {
  if (!tenant.$exists) throw notFound('This tenant')
  const { totals: _, providers: __, ...summary } = await figuresOf(tenant)
  return summary
}

/** How a tenant is doing: no text, no digits, no credential. */
export async function overviewOf(tenant: Tenant) {
  if (!tenant.$exists) throw notFound('This tenant')
  const newest = { orderBy: '$createdAt', descending: true } as const
  const { totals, providers } = await figuresOf(tenant)
  const { $actions, $schedules } = tenant
  return {
    tenant: { id: tenant.$name, name: nameOf(tenant), createdAt: tenant.$createdAt },
    totals,
    counted: tenant.$changes.totals(),
    providers,
    messages: tenant.messages.list({ ...newest, limit: 100 }).items.map(shownMessage),
    calls: tenant.calls.list({ ...newest, limit: 50 }).items.map(shownCall),
    payments: tenant.payments.list({ ...newest, limit: 100 }).items.map(shownPayment),
    movements: tenant.movements.list({ ...newest, limit: 100 }).items.map(shownMovement),
    disputes: tenant.disputes.list({ ...newest, limit: 50 }).items.map(shownDispute),
    sellers: tenant.sellers.list({ ...newest, limit: 50 }).items.map(shownSeller),
    books: shownBooks(tenant),
    answers: tenant.answers.list({ ...newest, limit: 100 }).items.map(shownAnswer),
    spending: shownSpending(tenant),
    intents: await recentIntents(tenant, 100),
    actions: $actions
      .list({ limit: 50 })
      .items.flatMap(({ id }) => $actions.get(id) ?? [])
      .map(shownAction),
    schedules: $schedules
      .list()
      .map((schedule) => shownSchedule(schedule, $schedules.history({ name: schedule.name, limit: 1 }).items[0])),
    numbers: tenant.numbers.list({ limit: 200 }).items.map(shownNumber),
    audit: tenant.audit.list({ ...newest, limit: 100 }).items.map(shownAudit),
  }
}

async function figuresOf(tenant: Tenant) {
  const [messages, calls, numbers] = [tenant.messages.count(), tenant.calls.count(), tenant.numbers.count()]
  const unresolved = (await tenant.intents.unresolved()).length
  const providers = await shownProviders(tenant)
  const openBreakers = providers.filter(({ breaker }) => breaker === 'open').length
  const optOuts = tenant.state.list({ prefix: 'opt-out/', limit: 1_000 }).items.length
  const totals = {
    messages,
    calls,
    numbers,
    payments: tenant.payments.count(),
    movements: tenant.movements.count(),
    answers: tenant.answers.count(),
    unresolved,
    optOuts,
    audit: tenant.audit.count(),
    providers: providers.length,
  }
  return {
    id: tenant.$name,
    name: nameOf(tenant),
    createdAt: tenant.$createdAt,
    lastActivityAt: lastActivityAt(tenant),
    messages,
    calls,
    numbers,
    unresolved,
    openBreakers,
    totals,
    providers,
  }
}

/** When one of its books was last written to. */
function lastActivityAt({ messages, calls, payments, audit, $createdAt }: Tenant): string | null {
  const latest = { orderBy: '$updatedAt', descending: true, limit: 1 } as const
  const times = [messages, calls, payments, audit].flatMap((books) =>
    books.list(latest).items.map(({ $updatedAt }) => $updatedAt),
  )
  return times.sort().at(-1) ?? $createdAt
}

function nameOf(tenant: Tenant): string {
  return tenant.state.get<string>('name') ?? tenant.$name
}
