import { type Middleware, problem, type RequestContext } from '@do/core/full'
import { operator } from '../operator-only.ts'
import { bearer, isOperator, matches, tenantOf } from '../tokens.ts'
import type { Tenant } from './tenant.ts'

/** Who does something, as the audit log names them. */
export type Who = 'operator' | 'tenant' | 'runtime' | `vendor:${string}`

/** What the operator may do beside creating a tenant: read how it goes, never its texts or credentials. */
const operatorRoutes = new Set(['PUT /', 'POST /token', 'GET /overview', 'GET /status', 'HEAD /overview', 'HEAD /status'])

/**
 * Nobody comes further without a token, whether the path exists or not. Webhooks are let through: their signature is
 * checked on the raw bytes by the provider.
 */
export function access(tenant: Tenant): Middleware {
  return async (context, next) => {
    if (context.path.startsWith('/hooks/')) {
      if (!tenant.$exists) throw problem(404, 'not_found', 'There is nobody to take this webhook. Check the URL at the vendor.')
      return next()
    }
    const who = await admitted(tenant, context)
    context.vars.who = who
    context.vars.principal = who === 'operator' ? operator : { id: who, scopes: [] }
    const response = await next()
    // Also a failed or unknown undertaking has a record: this is where it is.
    const location = context.vars.location
    if (typeof location === 'string') response.headers.set('location', location)
    return response
  }
}

async function admitted(tenant: Tenant, { request, route }: RequestContext): Promise<Who> {
  const token = bearer(request)
  if (token === undefined) throw unauthorized('Send the header "authorization: Bearer <token>".')
  if (await isOperator(token, tenant.env.OPERATOR_TOKEN)) {
    if (!operatorRoutes.has(`${request.method} ${route ?? ''}`)) {
      throw problem(
        403,
        'forbidden',
        "The operator may create tenants and see how they are doing. For this, use the tenant's own token.",
      )
    }
    return 'operator'
  }
  const named = tenantOf(token)
  if (named !== undefined && named !== tenant.$name) throw problem(403, 'forbidden', 'This token belongs to another tenant.')
  const digest = tenant.$exists ? tenant.state.get<string>('token') : undefined
  if (digest === undefined || !(await matches(token, digest))) throw unauthorized('The token is not valid. Use the newest one.')
  if (route === '/' && request.method !== 'GET') throw problem(403, 'forbidden', 'Only the operator creates tenants.')
  if (route === '/overview') throw problem(403, 'forbidden', 'The overview is for the operator. Use the lists instead.')
  return 'tenant'
}

function unauthorized(detail: string) {
  return problem(401, 'unauthorized', detail, { headers: { 'www-authenticate': 'Bearer' } })
}

export function whoOf(context: RequestContext): Who {
  return context.vars.who as Who
}
