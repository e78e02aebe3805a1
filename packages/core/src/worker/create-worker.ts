import { systemClock } from '@do/provider'
import { busyLog } from '../http/busy-log.ts'
import { answer, type Handler } from '../http/context.ts'
import { consoleLog, errorFacts, type LogLine } from '../http/log.ts'
import { notFound, problem, problemResponse, statusOf } from '../http/problem.ts'
import { requestIdOf, withRequestId } from '../http/request-id.ts'
import { createRouter, type Match, type Router } from '../http/router.ts'
import { inspectFace } from '../inspect/face.ts'
import { isoTime } from '../kernel/iso-time.ts'
import { kebab, localOrigin, mount } from '../object/mounts.ts'
import type { ObjectClass } from '../object/tiny.ts'
import type { ExecutionContext, ObjectNamespace } from '../platform/types.ts'
import { hasNoBody, withinLimit } from './body.ts'

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
  const note = busyLog(() => log)
  const prefixes = prefixesOf(objects, options.prefixes)
  const router = createRouter<WorkerContext<Env>>()
  const forwards = new Set<Handler<WorkerContext<Env>>>()
  const origin = (env: Env) => (typeof options.origin === 'function' ? options.origin(env) : options.origin)?.replace(/\/+$/, '')

  for (const [type, objectClass] of Object.entries(objects)) {
    mount(objectClass, {
      type,
      binding: bindings[type] ?? type,
      prefix: prefixes[type] as string,
      origin: (env) => origin(env as Env) ?? localOrigin,
      log,
    })
  }
  router.on('GET', '/healthz', () => Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } }))
  router.on('*', '/_inspect/*', ({ request, env }) => inspectFace(request, env))
  options.routes?.(router)
  for (const [type, prefix] of Object.entries(prefixes)) {
    // The objects know their methods; here every one of them passes.
    for (const pattern of [`${prefix}/:name`, `${prefix}/:name/*`]) router.on('*', pattern, forward(type))
  }

  // On the way of every request a function that gets a name costs as much as a header: bundlers that keep names give it by hand.
  function forward(type: string): Handler<WorkerContext<Env>> {
    const binding = bindings[type] ?? type
    const idOf = rememberIds()
    const reach = (namespace: ObjectNamespace, name: string, request: Request, arrival: Arrival<Env>) =>
      namespace
        .get(idOf(namespace, name))
        .fetch(request)
        .catch((error: unknown) => refused(arrival, unreachable(error, arrival.requestId)))
    const handler: Handler<WorkerContext<Env>> = (context) => {
      const arrival = context as Arrival<Env>
      const { request, params, env, method, address } = arrival
      const name = params.name ?? ''
      if (!objectName.test(name)) throw notFound('An object of this name')
      const namespace = (env as Record<string, unknown>)[binding] as ObjectNamespace | undefined
      if (namespace === undefined) throw new TypeError(`There is no binding "${binding}" for the class ${type}.`)
      const publicOrigin = origin(env)
      const target = publicOrigin === undefined ? address : publicOrigin + address.slice(address.indexOf('/', 8))
      // A copy costs as much as the hop to the object, and a look at the headers makes them in JavaScript: where the URL is the
      // same, the request goes on as it is. The object reads the request id itself, and makes one where there is none.
      if (hasNoBody(method)) {
        return reach(namespace, name, target === address ? request : new Request(target, request), arrival)
      }
      return withinLimit(request, maxBodyBytes)
        .then((checked) => reach(namespace, name, target === address ? checked : new Request(target, checked), arrival))
        .catch((error: unknown) => refused(arrival, error))
    }
    forwards.add(handler)
    return handler
  }

  function unreachable(error: unknown, requestId: string) {
    note({ at: now(), level: 'error', event: 'object.unreachable', requestId, ...errorFacts(error) })
    const detail = 'The object did not answer. Repeat the request, with the same idempotency key if it had one.'
    return problem(503, 'object_unavailable', detail, { headers: { 'retry-after': '1' } })
  }

  return {
    objects,
    url: (env, type, name) => `${origin(env) ?? localOrigin}${prefixes[type]}/${encodeURIComponent(name)}`,
    fetch: (request, env, ctx) => {
      const { method, url } = request
      const match = router.match(method, url)
      const context = new Arrival(request, env, ctx, match, method, url)
      if (!match.handler || !forwards.has(match.handler)) {
        return Promise.resolve(answer(match, context, (error) => failed(context, error))).then((response) =>
          done(context, response),
        )
      }
      // The object writes the line, and puts its request id on the answer. Not asynchronous: each step more is paid by every request.
      try {
        return match.handler(context) as Promise<Response>
      } catch (error) {
        return Promise.resolve(refused(context, error))
      }
    },
  }

  function done({ requestId, method, route, started, ctx }: Arrival<Env>, response: Response): Response {
    const { status } = response
    const level = status >= 500 ? 'error' : 'info'
    note({ at: now(), level, event: 'request', requestId, method, route, status, ms: systemClock.now() - started }, ctx)
    return withRequestId(response, requestId, status)
  }

  function refused(context: Arrival<Env>, error: unknown): Response {
    return done(context, failed(context, error))
  }

  function failed({ requestId, route }: Arrival<Env>, error: unknown): Response {
    if (statusOf(error) === 500) note({ at: now(), level: 'error', event: 'failure', requestId, route, ...errorFacts(error) })
    return problemResponse(error, requestId)
  }
}

/** A class, as getters of a literal would be made anew for each request. What is asked of the request once is kept: it costs. */
class Arrival<Env> implements WorkerContext<Env> {
  readonly request: Request
  readonly env: Env
  readonly ctx: ExecutionContext
  readonly params: Readonly<Record<string, string>>
  readonly route: string | null
  readonly method: string
  readonly address: string
  readonly started = systemClock.now()
  #requestId: string | undefined

  constructor(
    request: Request,
    env: Env,
    ctx: ExecutionContext,
    match: Match<WorkerContext<Env>>,
    method: string,
    address: string,
  ) {
    this.request = request
    this.env = env
    this.ctx = ctx
    this.params = match.params ?? {}
    this.route = match.route ?? null
    this.method = method
    this.address = address
  }

  get url(): URL {
    return new URL(this.address)
  }

  /** Made when it is asked for: what goes on to an object gets it there. */
  get requestId(): string {
    this.#requestId ??= requestIdOf(this.request)
    return this.#requestId
  }
}

/**
 * The ids of the objects asked for last: to work one out of its name costs as much as all the rest that is done here for a request.
 * Namespaces of one binding are equal, so ids are kept by name.
 */
function rememberIds(): (namespace: ObjectNamespace, name: string) => unknown {
  const known = new Map<string, unknown>()
  return (namespace, name) => {
    let id = known.get(name)
    if (id === undefined) {
      id = namespace.idFromName(name)
      if (known.size > 1_000) known.clear()
      known.set(name, id)
    }
    return id
  }
}

function now(): string {
  return isoTime(systemClock.now())
}

function prefixesOf(
  objects: Readonly<Record<string, ObjectClass>>,
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const prefixes: Record<string, string> = {}
  for (const [type, objectClass] of Object.entries(objects)) {
    const prefix = given[type] ?? (objectClass as ObjectClass & { prefix?: string }).prefix ?? `/${kebab(type)}`
    if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(prefix))
      throw new TypeError(`The prefix "${prefix}" of ${type} must be a path such as "/t".`)
    const other = Object.keys(prefixes).find((name) => prefixes[name] === prefix)
    if (other !== undefined)
      throw new TypeError(`${type} and ${other} have the same prefix "${prefix}". Give one of them another.`)
    prefixes[type] = prefix
  }
  return prefixes
}
