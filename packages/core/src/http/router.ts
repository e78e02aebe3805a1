import type { Handler } from './context.ts'

interface Route<Context> {
  readonly pattern: string
  readonly segments: readonly string[]
  readonly handlers: Map<string, Handler<Context>>
}

export type Match<Context> =
  | {
      readonly found: 'handler'
      readonly handler: Handler<Context>
      readonly route: string
      readonly params: Readonly<Record<string, string>>
    }
  /** The path is known, the method is not. */
  | { readonly found: 'path'; readonly allow: readonly string[]; readonly route: string; readonly params?: undefined }
  | { readonly found: 'nothing'; readonly route?: undefined; readonly params?: undefined }

export interface Router<Context> {
  /** Method `*` takes every one. `/messages/:id` and `/hooks/*` (the rest is `params['*']`). Fixed segments win over parameters, parameters over `*`. */
  on(method: string, pattern: string, handler: Handler<Context>): void
  match(method: string, path: string): Match<Context>
}

export function createRouter<Context>(): Router<Context> {
  const routes: Route<Context>[] = []
  return {
    on: (method, pattern, handler) => {
      if (!pattern.startsWith('/')) throw new TypeError(`The pattern "${pattern}" must begin with "/".`)
      let route = routes.find((known) => known.pattern === pattern)
      if (!route) {
        route = { pattern, segments: pattern.split('/'), handlers: new Map() }
        routes.push(route)
        routes.sort((a, b) => (rank(a.segments) < rank(b.segments) ? -1 : 1))
      }
      route.handlers.set(method.toUpperCase(), handler)
    },
    match: (method, path) => {
      const segments = path.split('/')
      let known: Route<Context>[] | undefined
      for (const route of routes) {
        const params = bind(route.segments, segments)
        if (!params) continue
        const { handlers, pattern } = route
        const handler = handlers.get(method) || (method === 'HEAD' && handlers.get('GET')) || handlers.get('*')
        if (handler) return { found: 'handler', handler, route: pattern, params }
        known = [...(known ?? []), route]
      }
      if (!known) return { found: 'nothing' }
      const allow = new Set(known.flatMap(({ handlers }) => [...handlers.keys(), 'OPTIONS']))
      if (allow.has('GET')) allow.add('HEAD')
      return { found: 'path', allow: [...allow].sort(), route: (known[0] as Route<Context>).pattern }
    },
  }
}

/** Sorts fixed (0) before parameter (1) before rest (2), segment by segment. */
function rank(segments: readonly string[]): string {
  return segments.map((segment) => (segment === '*' ? 2 : segment[0] === ':' ? 1 : 0)).join('')
}

/** Called for every route of every request, most of which fail on a fixed segment: nothing is made before all of those fit. */
function bind(wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const rest = wanted.at(-1) === '*'
  if (rest ? given.length < wanted.length : given.length !== wanted.length) return undefined
  for (let index = 1; index < wanted.length; index++) {
    const segment = wanted[index] as string
    if (segment !== given[index] && segment !== '*' && segment[0] !== ':') return undefined
  }
  const params: Record<string, string> = {}
  for (let index = 1; index < wanted.length; index++) {
    const segment = wanted[index] as string
    if (segment === '*') params['*'] = given.slice(index).join('/')
    if (segment[0] !== ':') continue
    const value = decode(given[index] as string)
    if (!value) return undefined
    params[segment.slice(1)] = value
  }
  return params
}

export function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** The path of a request's URL, which the platform has normalised: without parsing the whole of it again. */
export function pathOf(url: string): string {
  return url.slice(url.indexOf('/', 8)).replace(/[?#].*/, '')
}
