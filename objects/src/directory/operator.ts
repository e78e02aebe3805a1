import { notFound } from '@do/core'
import type { Environment, Namespace } from '../environment.ts'

/** Where the operator's requests go. */
export interface OperatorBindings extends Environment {
  readonly Tenant: Namespace
  readonly Directory: Namespace
}

/**
 * The operator API, for the console and for scripts: `GET /operator/tenants`, `GET /operator/tenants/:id`,
 * `GET /operator/events`. The objects themselves check the operator token.
 */
export async function operatorApi(request: Request, env: OperatorBindings): Promise<Response> {
  const url = new URL(request.url)
  const [, , room, id, ...more] = url.pathname.split('/')
  if (more.length === 0 && room === 'events' && id === undefined) return directory(request, env, '/events')
  if (more.length === 0 && room === 'tenants') {
    if (id === undefined) return directory(request, env, '/tenants')
    if (!/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/.test(id)) throw notFound('This tenant')
    return env.Tenant.get(env.Tenant.idFromName(id)).fetch(moved(request, `${url.origin}/t/${id}/overview`))
  }
  throw notFound('This path')
}

function directory(request: Request, { Directory }: OperatorBindings, path: string): Promise<Response> {
  return Directory.get(Directory.idFromName('main')).fetch(moved(request, `${new URL(request.url).origin}/directory/main${path}`))
}

function moved(request: Request, url: string): Request {
  return new Request(url, { method: request.method, headers: request.headers, signal: request.signal })
}
