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
  | { readonly found: 'path'; readonly allow: readonly string[]; readonly route: string }
  | { readonly found: 'nothing' }

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
      if (route === undefined) {
        route = { pattern, segments: pattern.slice(1).split('/'), handlers: new Map() }
        routes.push(route)
        routes.sort((a, b) => (rank(a.segments) < rank(b.segments) ? -1 : 1))
      }
      route.handlers.set(method.toUpperCase(), handler)
    },
    match: (method, path) => {
      const segments = path.slice(1).split('/')
      const allow = new Set<string>()
      let known: string | undefined
      for (const { pattern, segments: wanted, handlers } of routes) {
        const params = bind(wanted, segments)
        if (params === undefined) continue
        const handler = handlers.get(method) ?? (method === 'HEAD' ? handlers.get('GET') : undefined) ?? handlers.get('*')
        if (handler !== undefined) return { found: 'handler', handler, route: pattern, params }
        known ??= pattern
        for (const name of handlers.keys()) allow.add(name)
        if (handlers.has('GET')) allow.add('HEAD')
      }
      return known === undefined ? { found: 'nothing' } : { found: 'path', allow: [...allow, 'OPTIONS'].sort(), route: known }
    },
  }
}

/** Sorts fixed (0) before parameter (1) before rest (2), segment by segment. */
function rank(segments: readonly string[]): string {
  return segments.map((segment) => (segment === '*' ? '2' : segment.startsWith(':') ? '1' : '0')).join('')
}

function bind(wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const rest = wanted.at(-1) === '*'
  if (rest ? given.length < wanted.length : given.length !== wanted.length) return undefined
  // Most patterns fail on a fixed segment: nothing is made before all of those fit.
  const fits = wanted.every((segment, index) => segment === given[index] || segment === '*' || segment.startsWith(':'))
  if (!fits) return undefined
  const params: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    if (segment === '*') params['*'] = given.slice(index).join('/')
    if (!segment.startsWith(':')) continue
    const value = decode(given[index] ?? '')
    if (value === undefined || value === '') return undefined
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
  return url.slice(url.indexOf('/', 8)).split(/[?#]/, 1)[0] as string
}
