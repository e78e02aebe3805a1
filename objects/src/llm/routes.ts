import { pageOf } from '../tenant/paging.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { shownAnswer, shownSpending } from './shown.ts'

export function modelRoutes(tenant: Tenant): void {
  /** Requests to language models, newest first: who answered, with how many tokens, for how much. */
  tenant.route('GET', '/answers', ({ url }) => {
    const page = tenant.answers.list(pageOf(url))
    return { ...page, items: page.items.map(shownAnswer) }
  })

  tenant.route('GET', '/spending', () => shownSpending(tenant))
}
