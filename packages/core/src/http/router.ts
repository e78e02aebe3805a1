import type { Handler } from './context.ts'

interface Route<Context> {
  readonly pattern: string
  readonly segments: readonly string[]
  readonly handlers: Map<string, Handler<Context>>
}

/** What a router has for a request. Without a handler the method is not known, without `allow` neither is the path. */
export interface Match<Context> {
  readonly path: string
  readonly handler?: Handler<Context>
  /** The pattern that matched. */
  readonly route?: string
  readonly params?: Readonly<Record<string, string>>
  /** The methods of a path that has the one asked for not. */
  readonly allow?: readonly string[]
}

export interface Router<Context> {
  /** Method `*` takes every one. `/messages/:id` and `/hooks/*` (the rest is `params['*']`). Fixed segments win over parameters, parameters over `*`. */
  on(method: string, pattern: string, handler: Handler<Context>): void
  /** By the URL of a request. What was found is remembered for a while, as most are asked for again. */
  match(method: string, url: string): Match<Context>
}

/** `below`: the part of a URL's path that the patterns are about. */
export function createRouter<Context>(below = (path: string) => path): Router<Context> {
  const routes: Route<Context>[] = []
  const known = new Map<string, Match<Context>>()
  const matchPath = (method: string, path: string): Match<Context> => {
    const given = path.split('/')
    const allow = new Set<string>()
    let route: string | undefined
    for (const { pattern, segments, handlers } of routes) {
      const params = bind(segments, given)
      if (!params) continue
      const handler = handlers.get(method) || (method === 'HEAD' && handlers.get('GET')) || handlers.get('*')
      if (handler) return { path, handler, route: pattern, params }
      route ||= pattern
      for (const other of handlers.keys()) allow.add(other).add('OPTIONS')
    }
    if (!route) return { path }
    if (allow.has('GET')) allow.add('HEAD')
    return { path, allow: [...allow].sort(), route }
  }
  return {
    on: (method, pattern, handler) => {
      known.clear()
      if (pattern[0] !== '/') throw new TypeError(`"${pattern}" must begin with "/".`)
      let route = routes.find((other) => other.pattern === pattern)
      if (!route) {
        route = { pattern, segments: pattern.split('/'), handlers: new Map() }
        routes.push(route)
        routes.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
      }
      route.handlers.set(method.toUpperCase(), handler)
    },
    match: (method, url) => {
      const address = (method + url).replace(/[?#].*/, '')
      let found = known.get(address)
      if (!found) {
        // The platform has normalised it: the whole need not be parsed again.
        found = matchPath(method, below(address.slice(address.indexOf('/', method.length + 8))))
        if (known.size > 500) known.clear()
        // A long path is another one each time.
        if (address.length < 300) known.set(address, found)
      }
      return found
    },
  }
}

/** Sorts fixed (0) before parameter (1) before rest (2), segment by segment. */
function rank({ segments }: Route<never>): string {
  return segments.map((segment) => (segment === '*' ? 2 : segment[0] === ':' ? 1 : 0)).join('')
}

function bind(wanted: readonly string[], given: readonly string[]): Readonly<Record<string, string>> | undefined {
  const rest = wanted.at(-1) === '*'
  if (rest ? given.length < wanted.length : given.length !== wanted.length) return undefined
  const params: Record<string, string> = {}
  for (let index = 1; index < wanted.length; index++) {
    const segment = wanted[index] as string
    const own = given[index] as string
    if (segment === '*') params['*'] = given.slice(index).join('/')
    else if (segment[0] === ':') {
      const value = decode(own)
      if (!value) return undefined
      params[segment.slice(1)] = value
    } else if (segment !== own) return undefined
  }
  return Object.freeze(params)
}

export function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
