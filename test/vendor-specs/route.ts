import { type Description, direct, isObject, methods, type Operation, type Parameter, type PathItem } from './description.ts'

/** One operation of one of the vendor's documents. */
export interface Route {
  readonly document: Description
  readonly method: string
  readonly template: string
  /** The vendor's name of it, or method and path. */
  readonly name: string
  readonly operation: Operation
  readonly parameters: readonly Parameter[]
  readonly origin: string
  readonly pattern: RegExp
  readonly names: readonly string[]
}

export type Found =
  | { readonly route: Route; readonly path: Readonly<Record<string, string>> }
  | { readonly route: undefined; readonly why: string }

export function routesOf(document: Description): Route[] {
  return Object.entries(document.paths).flatMap(([template, item]) =>
    methods.filter((method) => isObject(item[method])).map((method) => route(document, template, item, method)),
  )
}

function route(document: Description, template: string, item: PathItem, method: string): Route {
  const operation = item[method] as Operation
  const server = new URL((item.servers ?? document.servers)?.[0]?.url ?? '/', 'https://vendor.invalid')
  const parts = `${server.pathname.replace(/\/$/, '')}${template}`.split(/\{([^}]+)\}/)
  const pattern = parts
    .map((part, index) => (index % 2 === 1 ? '([^/]+?)' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('')
  const given = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) => direct(document, parameter))
  return {
    document,
    method: method.toUpperCase(),
    template,
    name: operation.operationId ?? `${method.toUpperCase()} ${template}`,
    operation,
    parameters: [...new Map(given.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter])).values()],
    origin: server.origin,
    pattern: new RegExp(`^${pattern}$`),
    names: parts.filter((_, index) => index % 2 === 1),
  }
}

/** The operation that a request asks for. The template with the fewest blanks wins, as OpenAPI says. */
export function find(routes: readonly Route[], method: string, url: URL): Found {
  const here = routes.filter(({ pattern, origin }) => origin === url.origin && pattern.test(url.pathname))
  if (here.length === 0) return { route: undefined, why: `there is no path ${url.origin}${url.pathname}` }
  const [best] = here.filter((candidate) => candidate.method === method).sort((a, b) => a.names.length - b.names.length)
  if (best === undefined)
    return {
      route: undefined,
      why: `${method} is not among the methods of this path (${here.map((other) => other.method).join(', ')})`,
    }
  const values = best.pattern.exec(url.pathname)?.slice(1) ?? []
  return {
    route: best,
    path: Object.fromEntries(best.names.map((name, index) => [name, decodeURIComponent(values[index] as string)])),
  }
}
