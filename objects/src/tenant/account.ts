import { problem } from '@do/core/full'
import { sha256 } from '@do/provider'
import * as z from 'zod/mini'
import { newToken } from '../tokens.ts'
import { whoOf } from './access.ts'
import { listed, pageOf } from './paging.ts'
import type { Tenant } from './tenant.ts'

const creation = z.strictObject({ name: z.optional(z.string().check(z.minLength(1), z.maxLength(100))) })

/** Who the tenant is: made by the operator, who alone hands out its token. */
export function accountRoutes(tenant: Tenant): void {
  tenant.route('PUT', '/', async (context) => {
    const { name } = await context.json(creation)
    const isNew = !tenant.$exists
    const token = isNew ? newToken(tenant.$name) : undefined
    const digest = token === undefined ? undefined : await sha256(token)
    tenant.transaction(() => {
      // Somebody else may have been faster while the digest was made.
      if (digest !== undefined && !tenant.$exists) tenant.state.set('token', digest)
      if (name !== undefined) tenant.state.set('name', name)
      // Made before there was a product.
      if (tenant.$context === null && tenant.product !== null) tenant.$setContext(tenant.product)
      tenant.note(whoOf(context), isNew ? 'tenant.created' : 'tenant.changed')
    })
    const given = digest !== undefined && tenant.state.get('token') === digest ? { token } : {}
    return Response.json({ ...describe(tenant), ...given }, { status: isNew ? 201 : 200 })
  })

  tenant.route('GET', '/', () => describe(tenant))

  tenant.route('POST', '/token', async (context) => {
    if (!tenant.$exists) throw problem(404, 'not_found', 'This tenant does not exist. Create it with PUT first.')
    const token = newToken(tenant.$name)
    const digest = await sha256(token)
    tenant.transaction(() => {
      tenant.state.set('token', digest)
      tenant.note(whoOf(context), 'token.replaced')
    })
    return { token }
  })

  tenant.route('GET', '/audit', ({ url }) => listed(tenant.audit.list(pageOf(url))))
  tenant.route('GET', '/events', ({ url }) => listed(tenant.events.list(pageOf(url))))

  tenant.route('GET', '/opt-outs', ({ url }) => {
    const { limit, cursor } = pageOf(url)
    const page = tenant.state.list<object>({ prefix: 'opt-out/', limit, ...(cursor === undefined ? {} : { cursor }) })
    return { ...page, items: page.items.map(({ key, value }) => ({ number: key.slice('opt-out/'.length), ...value })) }
  })
}

function describe(tenant: Tenant) {
  return {
    id: tenant.$name,
    url: tenant.$id,
    name: tenant.state.get<string>('name') ?? tenant.$name,
    createdAt: tenant.$createdAt,
  }
}
