import { notFound } from '@do/core'
import { recentIntents } from './intents.ts'
import { shownAudit, shownCall, shownMessage, shownNumber, shownProviders } from './shown.ts'
import type { Tenant } from './tenant.ts'

/** For the operator: how a tenant is doing. No text, no digits, no credential. */
export function overviewRoutes(tenant: Tenant): void {
  /** The tenant's own view of its providers: order, credential, breakers. */
  tenant.route('GET', '/status', async () => {
    if (!tenant.$exists) throw notFound('This tenant')
    const { totals, providers } = await totalsOf(tenant)
    return { totals, providers }
  })

  tenant.route('GET', '/overview', async () => {
    if (!tenant.$exists) throw notFound('This tenant')
    const newest = { orderBy: '$createdAt', descending: true } as const
    const { totals, providers } = await totalsOf(tenant)
    return {
      tenant: { id: tenant.$name, name: nameOf(tenant), createdAt: tenant.$createdAt },
      totals,
      providers,
      messages: tenant.messages.list({ ...newest, limit: 100 }).items.map(shownMessage),
      calls: tenant.calls.list({ ...newest, limit: 50 }).items.map(shownCall),
      intents: await recentIntents(tenant, 100),
      numbers: tenant.numbers.list({ limit: 200 }).items.map(shownNumber),
      audit: tenant.audit.list({ ...newest, limit: 100 }).items.map(shownAudit),
    }
  })
}

/** One line about the tenant, for the list of all. */
export async function totalsOf(tenant: Tenant) {
  const [messages, calls, numbers] = [tenant.messages.count(), tenant.calls.count(), tenant.numbers.count()]
  const unresolved = (await tenant.intents.unresolved()).length
  const providers = await shownProviders(tenant)
  const openBreakers = providers.filter(({ breaker }) => breaker === 'open').length
  const optOuts = tenant.state.list({ prefix: 'opt-out/', limit: 1_000 }).items.length
  const totals = {
    messages,
    calls,
    numbers,
    unresolved,
    optOuts,
    audit: tenant.audit.count(),
    providers: providers.length,
  }
  return {
    id: tenant.$name,
    name: nameOf(tenant),
    createdAt: tenant.$createdAt,
    lastActivityAt: tenant.now(),
    messages,
    calls,
    numbers,
    unresolved,
    openBreakers,
    totals,
    providers,
  }
}

function nameOf(tenant: Tenant): string {
  return tenant.state.get<string>('name') ?? tenant.$name
}
