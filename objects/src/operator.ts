import { notFound, type ObjectBinding } from '@do/core/full'
import type { Environment } from './environment.ts'

/** Where the operator's requests go. */
export type OperatorBindings = Environment

/**
 * The operator API, for the console and for scripts: `GET /operator/tenants`, `GET /operator/tenants/:id`, `GET /operator/events`
 * (the change feed), and RPC with the SaaS at `/operator/rpc`. The objects themselves check the operator token.
 */
export async function operatorApi(request: Request, env: OperatorBindings): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const [, , room, id, ...more] = pathname.split('/')
  const rest = more.length === 0 && id === undefined
  if (rest && room === 'tenants') return saas(request, env, `/overview${search}`)
  if (rest && room === 'events') return saas(request, env, `/changes${search}`)
  if (rest && room === 'rpc') return saas(request, env, '/rpc')
  if (more.length === 0 && room === 'tenants' && id !== undefined) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/.test(id)) throw notFound('This tenant')
    return forward(request, env.Tenant, id, `/t/${id}/overview`)
  }
  throw notFound('This path')
}

function saas(request: Request, env: OperatorBindings, path: string): Promise<Response> {
  return forward(request, env.SaaS, 'main', `/saas/main${path}`)
}

function forward(request: Request, namespace: ObjectBinding, name: string, path: string): Promise<Response> {
  const { method, headers, signal } = request
  const moved = new Request(new URL(path, request.url), { method, headers, signal })
  return namespace.get(namespace.idFromName(name)).fetch(moved)
}
