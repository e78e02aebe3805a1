import type { Handler } from './context.ts'

/** Anything that answers requests: a Hono app, an itty router, a Worker's default export. */
export interface App {
  fetch(request: Request, ...more: never[]): Response | Promise<Response>
}

/** An object, or the router of a worker's `routes`. */
export type Mountable =
  | { route(method: string, pattern: string, handler: Handler): unknown; readonly env: unknown; readonly ctx: unknown }
  | { on(method: string, pattern: string, handler: Handler<WorkerRequest>): void }

interface WorkerRequest {
  readonly request: Request
  readonly env: unknown
  readonly ctx: unknown
}

/**
 * Gives every request below `path` to an app, whose own paths begin there: with `mountApp(this, '/api', app)` the app's `/users` is
 * `/<prefix>/<name>/api/users`. Middleware of the object or worker runs around it; what the app answers is left as it is.
 * @throws TypeError for a path that is none.
 */
export function mountApp(target: Mountable, path: string, app: App): void {
  if (!/^(\/[\w.~-]+)+$/.test(path)) throw new TypeError(`"${path}" must be a path such as "/api".`)
  const run = (request: Request, rest: string, env: unknown, ctx: unknown) => {
    const url = new URL(request.url)
    url.pathname = rest
    const fetch = app.fetch as (request: Request, env: unknown, ctx: unknown) => Response | Promise<Response>
    return fetch.call(app, new Request(url, request), env, ctx)
  }
  const rest = (request: Request) => {
    const { pathname } = new URL(request.url)
    const below = pathname.slice(pathname.indexOf(`${path}/`) + path.length)
    return pathname.includes(`${path}/`) ? below : '/'
  }
  for (const pattern of [path, `${path}/*`]) {
    if ('on' in target) target.on('*', pattern, ({ request, env, ctx }) => run(request, rest(request), env, ctx))
    else {
      const handler: Handler = ({ request, path: below }) => run(request, below.slice(path.length) || '/', target.env, target.ctx)
      target.route('*', pattern, handler)
    }
  }
}
