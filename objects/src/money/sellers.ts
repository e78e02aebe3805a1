import { notFound, problem } from '@do/core/full'
import { payments } from '@do/payments'
import { checked } from '../tenant/checked.ts'
import { pageOf } from '../tenant/paging.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { viewOf } from '../tenant/undertaking.ts'
import { answerOnce, askedOf } from './asking.ts'
import { sellerDeed } from './deeds.ts'
import { lookAt } from './learn.ts'

const name = 'sellers'
const { operations } = payments

/**
 * Vendors restrict accounts without telling, so beside their webhooks each account is looked at every day.
 * What has changed is noted in the audit log as `seller.<status>`.
 */
export function defineSellers(tenant: Tenant): void {
  tenant.$actions.define(name, {
    run: async (_, step) => step.do('look', () => lookAtAll(tenant), { sideEffect: 'none' }),
  })
}

function lookAtAll(tenant: Tenant): number {
  let looked = 0
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = tenant.sellers.list({ limit: 500, ...(cursor === undefined ? {} : { cursor }) })
    for (const { handle } of page.items) {
      if (handle === undefined) continue
      lookAt(tenant, 'account', handle)
      looked += 1
    }
    cursor = page.cursor
  }
  return looked
}

export function sellerRoutes(tenant: Tenant): void {
  tenant.route('POST', '/sellers', async (context) => {
    const asked = askedOf(operations.accounts.create.input, await context.json())
    const { country } = asked as { country: string }
    const fresh = { country, chargesEnabled: false, payoutsEnabled: false, requirements: [] }
    if (tenant.$schedules.get(name) === undefined) tenant.$schedules.every('daily at 5am', name, {}, { name })
    return answerOnce(tenant, context, 'sellers', sellerDeed, tenant.sellers, { asked, fresh })
  })

  tenant.route('GET', '/sellers', ({ url }) => {
    const page = tenant.sellers.list(pageOf(url))
    return { ...page, items: page.items.map(viewOf) }
  })

  tenant.route('GET', '/sellers/:id', ({ params }) => viewOf(sellerOf(tenant, params.id as string)))

  /** A fresh link to the vendor's page: it lives for minutes and is never kept. */
  tenant.route('POST', '/sellers/:id/onboarding', async (context) => {
    const { handle: account } = sellerOf(tenant, context.params.id as string)
    if (account === undefined)
      throw problem(409, 'not_made', 'No provider has this seller yet. Repeat the creation with its key.')
    const input = checked(operations.accounts.onboardingLink.input, { ...((await context.json()) as object), account })
    const { url, expiresAt } = await (await tenant.live()).payments.accounts.onboardingLink(input)
    return { url, ...(expiresAt === undefined ? {} : { expiresAt }) }
  })
}

function sellerOf(tenant: Tenant, id: string) {
  const record = tenant.sellers.get(id)
  if (record === undefined) throw notFound(`Seller "${id}"`)
  return record
}
