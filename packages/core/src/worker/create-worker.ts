import { systemClock } from '@do/provider'
import { type Handler, toResponse } from '../http/context.ts'
import { consoleLog, errorFacts, type LogLine } from '../http/log.ts'
import { notFound, problem, problemResponse, statusOf } from '../http/problem.ts'
import { requestIdHeader, requestIdOf } from '../http/request-id.ts'
import { createRouter, type Router } from '../http/router.ts'
import { kebab, localOrigin, mount, routeHeader } from '../object/mounts.ts'
import type { ObjectClass } from '../object/tiny.ts'
import type { ExecutionContext, ObjectNamespace } from '../platform/types.ts'
import { withinLimit } from './body.ts'

export interface WorkerOptions<Env = Record<string, unknown>> {
  /** Where each class is mounted. Default: its own `prefix`, then its name in kebab-case. */
  readonly prefixes?: Readonly<Record<string, string>>
  /** The binding of each class. Default: its name. */
  readonly bindings?: Readonly<Record<string, string>>
  /** The public origin. Requests reach the objects under it, so that webhooks are verified over the URL the vendor called. */
  readonly origin?: string | ((env: Env) => string | undefined)
  /** Pages of the worker itself. */
  readonly routes?: (router: Router<WorkerContext<Env>>) => void
  /** Default 1,048,576. */
  readonly maxBodyBytes?: number
  readonly log?: (line: LogLine) => void
}

/** One request to a page of the worker itself. */
export interface WorkerContext<Env = Record<string, unknown>> {
  readonly request: Request
  readonly url: URL
  readonly params: Readonly<Record<string, string>>
  readonly requestId: string
  readonly env: Env
  readonly ctx: ExecutionContext
}

export interface DigitalWorker<Classes, Env = Record<string, unknown>> {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response>
  /** The classes again, for `export const { Tenant } = worker.objects`. */
  readonly objects: Classes
  /** Public URL of an object, with or without its existing. */
  url(env: Env, type: keyof Classes & string, name: string): string
}

interface Answer {
  readonly response: Response
  readonly route: string | null
}

const objectName = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/

/**
 * The Worker in front of Digital Objects: `/<prefix>/:name/…` goes to the object of that name.
 * @throws TypeError when two classes have the same prefix or a prefix is not a path.
 */
export function createWorker<const Classes extends Readonly<Record<string, ObjectClass>>, Env = Record<string, unknown>>(
  objects: Classes,
  options: WorkerOptions<Env> = {},
): DigitalWorker<Classes, Env> {
  const { bindings = {}, maxBodyBytes = 1_048_576, log = consoleLog } = options
  const prefixes = prefixesOf(objects, options.prefixes)
  const router = createRouter<WorkerContext<Env>>()
  const origin = (env: Env) => (typeof options.origin === 'function' ? options.origin(env) : options.origin)?.replace(/\/+$/, '')

  for (const [type, objectClass] of Object.entries(objects)) {
    mount(objectClass, { type, prefix: prefixes[type] as string, origin: (env) => origin(env as Env) ?? localOrigin })
  }
  router.on('GET', '/healthz', () => Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } }))
  options.routes?.(router)
  for (const [type, prefix] of Object.entries(prefixes)) {
    // The objects know their methods; here every one of them passes.
    for (const pattern of [`${prefix}/:name`, `${prefix}/:name/*`]) router.on('*', pattern, forward(type, `${prefix}/:name`))
  }

  function forward(type: string, pattern: string): Handler<WorkerContext<Env>> {
    return async ({ request, url, params, requestId, env }) => {
      const name = params.name ?? ''
      if (!objectName.test(name)) throw notFound('An object of this name')
      const namespace = (env as Record<string, unknown>)[bindings[type] ?? type] as ObjectNamespace | undefined
      if (namespace === undefined) throw new TypeError(`There is no binding "${bindings[type] ?? type}" for the class ${type}.`)
      const publicOrigin = origin(env)
      const target = publicOrigin === undefined ? url.href : `${publicOrigin}${url.pathname}${url.search}`
      const onward = new Request(target, await withinLimit(request, maxBodyBytes))
      onward.headers.set(requestIdHeader, requestId)
      const response = await reach(namespace, name, onward)
      const below = response.headers.get(routeHeader)
      return marked(response, below === null ? pattern : `${pattern}${below === '/' ? '' : below}`)
    }
  }

  async function reach(namespace: ObjectNamespace, name: string, request: Request): Promise<Response> {
    try {
      return await namespace.get(namespace.idFromName(name)).fetch(request)
    } catch (error) {
      log({ at: now(), level: 'error', event: 'object.unreachable', requestId: requestIdOf(request), ...errorFacts(error) })
      throw problem(503, 'object_unavailable', 'The object did not answer. Repeat the request, with the same idempotency key if it had one.', {
        headers: { 'retry-after': '1' },
      })
    }
  }

  async function answer(request: Request, requestId: string, env: Env, ctx: ExecutionContext): Promise<Answer> {
    const url = new URL(request.url)
    const match = router.match(request.method, url.pathname)
    const route = match.found === 'nothing' ? null : match.route
    try {
      if (match.found === 'nothing') throw notFound('This path')
      if (match.found === 'path') {
        const headers = { allow: match.allow.join(', ') }
        if (request.method === 'OPTIONS') return { response: new Response(null, { status: 204, headers }), route }
        throw problem(405, 'method_not_allowed', `Use one of ${headers.allow} here.`, { headers })
      }
      const response = toResponse(await match.handler({ request, url, params: match.params, requestId, env, ctx }))
      return { response, route: response.headers.get(routeHeader) ?? route }
    } catch (error) {
      if (statusOf(error) === 500) log({ at: now(), level: 'error', event: 'failure', requestId, route, ...errorFacts(error) })
      return { response: problemResponse(error, requestId), route }
    }
  }

  return {
    objects,
    url: (env, type, name) => `${origin(env) ?? localOrigin}${prefixes[type]}/${encodeURIComponent(name)}`,
    fetch: async (request, env, ctx) => {
      const started = systemClock.now()
      const requestId = requestIdOf(request)
      const { response, route } = await answer(request, requestId, env, ctx)
      const { status } = response
      const level = status >= 500 ? 'error' : 'info'
      log({ at: now(), level, event: 'request', requestId, method: request.method, route, status, ms: systemClock.now() - started })
      if (status === 101) return response
      const out = new Response(response.body, response)
      out.headers.set(requestIdHeader, requestId)
      out.headers.delete(routeHeader)
      return out
    },
  }
}

function marked(response: Response, route: string): Response {
  if (response.status === 101) return response
  const copy = new Response(response.body, response)
  copy.headers.set(routeHeader, route)
  return copy
}

function now(): string {
  return new Date(systemClock.now()).toISOString()
}

function prefixesOf(objects: Readonly<Record<string, ObjectClass>>, given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const prefixes: Record<string, string> = {}
  for (const [type, objectClass] of Object.entries(objects)) {
    const prefix = given[type] ?? (objectClass as ObjectClass & { prefix?: string }).prefix ?? `/${kebab(type)}`
    if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(prefix)) throw new TypeError(`The prefix "${prefix}" of ${type} must be a path such as "/t".`)
    const other = Object.keys(prefixes).find((name) => prefixes[name] === prefix)
    if (other !== undefined) throw new TypeError(`${type} and ${other} have the same prefix "${prefix}". Give one of them another.`)
    prefixes[type] = prefix
  }
  return prefixes
}
